"""The institution itself: what it is, who owns it, where it works, who answers for it. Each fact has its days."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.institutions.constants import ONE_HOLDER, HolderKind, LegalForm, Ownership, Position


class Institution(models.Model):
    """An inspection and testing institution (检验检测机构): one organisation, one file.

    `token` stands in its permalink and QR code. The CMA number and term are as the register of the licensing authority
    has them (`licence_source`); they say nothing of a licence that this portal decides.
    """

    organisation = models.OneToOneField("parties.Organisation", models.PROTECT, related_name="institution")
    token = models.CharField(max_length=12, unique=True)
    cma_number = models.CharField(max_length=12, blank=True)
    cma_from = models.DateField(null=True)
    cma_to = models.DateField(null=True)
    licence_source = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cma_number"], condition=~Q(cma_number=""), name="one_institution_per_cma")
        ]

    def __str__(self) -> str:
        return self.token


class Profile(models.Model):
    """The profile as it stood from `since` on; the one with the highest `n` is the present one. Never changed."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="profiles")
    n = models.IntegerField()
    since = models.DateField()
    legal_form = models.CharField(max_length=12, choices=LegalForm.choices)
    parent_name = models.CharField(max_length=200, blank=True, help_text="the legal person it belongs to, if a branch")
    ownership = models.CharField(max_length=12, choices=Ownership.choices)
    established_on = models.DateField(null=True)
    phone = models.CharField(max_length=40, blank=True, help_text="the institution's own, public")
    website = models.CharField(max_length=200, blank=True)
    staff_count = models.IntegerField(null=True)
    lab_area = models.IntegerField(null=True, help_text="square metres")
    equipment_count = models.IntegerField(null=True)
    equipment_value = models.DecimalField(max_digits=12, decimal_places=2, null=True, help_text="10,000 yuan")
    equipment_summary = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "n"], name="profile_version")]

    def __str__(self) -> str:
        return f"{self.institution_id} #{self.n}"


class Dated(models.Model):
    """A fact with its days: from `since`, through `until` (null: still so). Ended, never erased."""

    since = models.DateField()
    until = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True


class Shareholder(Dated):
    """Who owns how much of it. Persons are masked in public."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="shareholders")
    kind = models.CharField(max_length=12, choices=HolderKind.choices)
    name = models.CharField(max_length=200)
    percent = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="share_is_a_part"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="share_days"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.percent}%"


class Site(Dated):
    """A place where it tests; the scope names it."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="sites")
    name = models.CharField(max_length=100)
    address = models.CharField(max_length=300)
    division_code = models.CharField(max_length=6, blank=True)
    activity = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "name"], condition=Q(until=None), name="site_name_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="site_days"),
        ]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody who works there. The document number is not kept: `id_hash` recognises it (parties.identity)."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="people")
    name = models.CharField(max_length=100)
    id_kind = models.CharField(max_length=8)
    id_hash = models.CharField(max_length=64)
    id_masked = models.CharField(max_length=20)
    title = models.CharField(max_length=60, blank=True, help_text="professional title (职称)")
    education = models.CharField(max_length=100, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "id_hash"], name="person_once_per_institution"),
        ]
        indexes = [models.Index(fields=["id_hash"], name="person_document")]

    def __str__(self) -> str:
        return self.name


class Appointment(Dated):
    """A post that a person holds; a signatory signs for `fields` only."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="appointments")
    institution = models.ForeignKey(Institution, models.CASCADE, related_name="appointments")
    position = models.CharField(max_length=24, choices=Position.choices)
    fields = models.CharField(max_length=500, blank=True, help_text="what a signatory may sign for")
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "position"],
                condition=Q(until=None, position__in=ONE_HOLDER),
                name="one_holder_of_the_post",
            ),
            models.UniqueConstraint(fields=["person", "position"], condition=Q(until=None), name="post_once_a_person"),
            models.CheckConstraint(condition=~Q(position=Position.SIGNATORY, fields=""), name="signatory_has_fields"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="appointment_days"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.position}"
