"""Matters as configuration, and the cases that people begin under them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.matters.constants import ACCEPT, CORRECT, DECIDE, DUTY, BodyAnswer, ConfigState, Effect
from apps.workflow.constants import Competence


class Matter(models.Model):
    """One version of what a matter asks and brings. Never changed once approved: a change is the next version.

    `documents`, `fields`, `grounds` and `duties` are lists of plain objects as rules.configuration reads them.
    `limit_…`: codes of statutory limits; `validity_months`: 0 where a decision has no term.
    """

    code = models.CharField(max_length=32)
    n = models.SmallIntegerField()
    state = models.CharField(max_length=9, choices=ConfigState.choices, default=ConfigState.DRAFT)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120)
    who = models.TextField(max_length=1_000)
    who_en = models.TextField(max_length=2_000)
    result = models.TextField(max_length=1_000)
    result_en = models.TextField(max_length=2_000)
    basis = models.TextField(max_length=2_000, help_text="one article a line")
    verified = models.BooleanField(default=False)
    competence = models.CharField(max_length=12, choices=Competence.choices, default=Competence.OWN)
    effect = models.CharField(max_length=8, choices=Effect.choices, default=Effect.NONE)
    consults = models.BooleanField(default=False)
    validity_months = models.SmallIntegerField(default=0)
    documents = models.JSONField(default=list)
    fields = models.JSONField(default=list)
    grounds = models.JSONField(default=list)
    duties = models.JSONField(default=list)
    limit_accept = models.CharField(max_length=60, default=ACCEPT)
    limit_correct = models.CharField(max_length=60, default=CORRECT)
    limit_decide = models.CharField(max_length=60, default=DECIDE)
    limit_duty = models.CharField(max_length=60, default=DUTY)
    effective_from = models.DateField(null=True)
    effective_to = models.DateField(null=True)
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "n"], name="matter_version"),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(state__in=[ConfigState.DRAFT, ConfigState.PROPOSED]),
                name="matter_one_in_the_making",
            ),
            models.CheckConstraint(
                condition=~Q(state=ConfigState.APPROVED) | Q(effective_from__isnull=False),
                name="matter_has_a_first_day",
            ),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")), name="matter_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MatterCase(models.Model):
    """What somebody asks for under a matter; one to one with its file. It keeps the version under which it was begun.

    `values`: the answers by field code; `recorded`: what stood on the certificate when the correction was asked for.
    """

    file = models.OneToOneField("workflow.File", models.PROTECT, related_name="matter_case")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="cases")
    ground = models.CharField(max_length=32, blank=True)
    values = models.JSONField(default=dict)
    certificate = models.ForeignKey("certifications.Certificate", models.PROTECT, null=True, related_name="+")
    recorded = models.TextField(blank=True)
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    correction_rounds = models.SmallIntegerField(default=0)
    body_answer = models.CharField(max_length=9, choices=BodyAnswer.choices, blank=True)
    body_asked_on = models.DateField(null=True)
    body_answered_on = models.DateField(null=True)
    token = models.CharField(max_length=32, unique=True, null=True)
    decided_on = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    decision_number = models.CharField(max_length=60, blank=True)
    version = models.IntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.file_id}: {self.matter_id}"


class Point(models.Model):
    """One thing to correct before acceptance, with its own answer. `told_at`: since when the applicant knows."""

    case = models.ForeignKey(MatterCase, models.PROTECT, related_name="points")
    n = models.SmallIntegerField()
    about = models.CharField(max_length=200)
    problem = models.TextField()
    remedy = models.TextField()
    listed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    listed_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "n"], name="matter_point_number")]

    def __str__(self) -> str:
        return f"{self.case_id}#{self.n}"


class CaseDuty(models.Model):
    """A duty that came with the decision, and how the holder says it was done. Its papers lie with the file."""

    case = models.ForeignKey(MatterCase, models.PROTECT, related_name="duties")
    code = models.CharField(max_length=32)
    done_on = models.DateField(null=True)
    statement = models.TextField(blank=True)
    told_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "code"], name="matter_duty_once")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.code}"
