"""Applications for a licence, what is asked and answered in them, who reviews them, and the licence itself."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.audit.models import append_only
from apps.institutions.constants import Field
from apps.institutions.licence_constants import (
    Cause,
    Change,
    Conclusion,
    Criterion,
    DemandKind,
    Duty,
    LicenceStatus,
    ReviewMode,
    Route,
)

# A status is what the latest act on the licence made of it, whoever writes it (as with files: ADR 0011).
_EXPLAINED = """
IF NEW.status IS NOT DISTINCT FROM OLD.status THEN
    RETURN NEW;
END IF;
IF NOT EXISTS (
    SELECT 1 FROM institutions_licencechange AS c
    WHERE c.licence_id = NEW.id AND c.from_status = OLD.status AND c.to_status = NEW.status
        AND c.n = (SELECT max(l.n) FROM institutions_licencechange AS l WHERE l.licence_id = NEW.id)
) THEN
    RAISE EXCEPTION 'licence %: no act explains % after %', OLD.number, NEW.status, OLD.status;
END IF;
RETURN NEW;
"""


class Item(models.Model):
    """One thing that can be applied for, as data: who decides it, on which routes, with which materials."""

    code = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=100)
    summary = models.CharField(max_length=200)
    summary_en = models.CharField(max_length=300)
    competence = models.CharField(max_length=12, help_text="of apps.workflow.constants.Competence")
    commitment = models.BooleanField(default=False)
    review = models.BooleanField(default=True)
    licence_needed = models.BooleanField(default=True)
    describes_change = models.BooleanField(default=False)
    verified = models.BooleanField(default=False)
    position = models.SmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Material(models.Model):
    """A document that an item asks for."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="materials")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=150)
    required = models.BooleanField(default=True)
    position = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "kind"], name="material_once")]

    def __str__(self) -> str:
        return self.name


class Licence(models.Model):
    """A qualification (CMA) as it stands. The number has no gaps under its year and authority (rules.licence)."""

    number = models.CharField(max_length=12, unique=True)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="licences")
    authority = models.CharField(max_length=60)
    holder_name = models.CharField(max_length=200)
    address = models.CharField(max_length=300, blank=True)
    field = models.CharField(max_length=2, choices=Field.choices)
    issued_on = models.DateField()
    valid_from = models.DateField()
    valid_to = models.DateField()
    status = models.CharField(max_length=10, choices=LicenceStatus.choices, default=LicenceStatus.VALID)
    status_since = models.DateField()
    sealed_at = models.DateTimeField(null=True)
    token = models.CharField(max_length=32, unique=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="licence_term_order"),
            models.CheckConstraint(condition=Q(number__regex=r"^[0-9]{12}$"), name="licence_number_digits"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="licence_holder"),
            models.Index(fields=["valid_to"], condition=Q(status=LicenceStatus.VALID), name="licence_expiry"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="licence_status_explained",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                level=pgtrigger.Row,
                declare=[("no_bypass", "TEXT := set_config('pgtrigger.ignore', '{}', true)")],
                func=_EXPLAINED,
            )
        ]

    def __str__(self) -> str:
        return self.number


class Application(models.Model):
    """What an institution asks for; one to one with its file, which holds status, number and hands."""

    file = models.OneToOneField("workflow.File", models.PROTECT, related_name="application")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    route = models.CharField(max_length=12, choices=Route.choices, default=Route.GENERAL)
    licence = models.ForeignKey(Licence, models.PROTECT, null=True, related_name="applications")
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    scope = models.ForeignKey("institutions.ScopeVersion", models.PROTECT, null=True, related_name="applications")
    address = models.CharField(max_length=300, blank=True)
    field = models.CharField(max_length=2, choices=Field.choices, blank=True)
    ministry = models.CharField(max_length=2, default="34", help_text="digits 7 and 8 of a licence number")
    legal_representative = models.CharField(max_length=60, blank=True)
    top_manager = models.CharField(max_length=60, blank=True)
    technical_head = models.CharField(max_length=60, blank=True)
    change_from = models.TextField(blank=True)
    change_to = models.TextField(blank=True)
    statement = models.TextField(blank=True)
    correction_rounds = models.SmallIntegerField(default=0)
    review_mode = models.CharField(max_length=8, choices=ReviewMode.choices, blank=True)
    review_from = models.DateField(null=True)
    review_days = models.SmallIntegerField(null=True)
    answer_number = models.CharField(max_length=60, blank=True)
    version = models.IntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.file_id} {self.item_id}"


class Demand(models.Model):
    """One thing to correct (before acceptance) or to rectify (in the review), with its own answer.

    `told_at`: since when the applicant knows; until then whoever listed it may still change the list.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="demands")
    kind = models.CharField(max_length=13, choices=DemandKind.choices)
    n = models.SmallIntegerField()
    about = models.CharField(max_length=200)
    criterion = models.CharField(max_length=10, choices=Criterion.choices, blank=True)
    problem = models.TextField()
    remedy = models.TextField()
    listed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    listed_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "kind", "n"], name="demand_number"),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(told_at__isnull=False), name="demand_answered_after_told"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.n}"


class TeamMember(models.Model):
    """Somebody on the review team. They see this one file (workflow names them) and sign their own opinion."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    duty = models.CharField(max_length=6, choices=Duty.choices)
    field = models.CharField(max_length=100)
    added_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, help_text="a leader who stepped back: since when another one leads")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "user"], name="team_member_once"),
            models.UniqueConstraint(
                fields=["application"], condition=Q(duty=Duty.LEADER, replaced_at=None), name="team_one_leader"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.user_id} ({self.duty})"


class Opinion(models.Model):
    """A signed opinion. Only grows: a changed opinion is a new row, and the leader signs again after it.

    `team_changes`: how often somebody had joined or left the team by then; the leader concludes on the team as it is.
    """

    member = models.ForeignKey(TeamMember, models.PROTECT, related_name="opinions")
    conclusion = models.CharField(max_length=20, choices=Conclusion.choices)
    text = models.TextField()
    signed_at = models.DateTimeField()
    team_changes = models.SmallIntegerField(default=0)

    class Meta:
        triggers = append_only("review_opinion")

    def __str__(self) -> str:
        return f"{self.member_id}: {self.conclusion}"


class LicenceChange(models.Model):
    """One act on a licence: what it was, what it became, why, by which law and by whose decision. Only grows."""

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="changes")
    n = models.SmallIntegerField()
    kind = models.CharField(max_length=10, choices=Change.choices)
    on = models.DateField()
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="+")
    summary = models.TextField(blank=True)
    from_status = models.CharField(max_length=10, choices=LicenceStatus.choices, blank=True)
    to_status = models.CharField(max_length=10, choices=LicenceStatus.choices, default=LicenceStatus.VALID)
    cause = models.CharField(max_length=20, choices=Cause.choices, blank=True)
    basis = models.CharField(max_length=300, blank=True)
    decided_by = models.CharField(max_length=60, blank=True, help_text="the authority")
    decision_number = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    actor_label = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["licence", "n"], name="licence_change_number")]
        triggers = append_only("licence_change")

    def __str__(self) -> str:
        return f"{self.licence_id}#{self.n} {self.kind}"
