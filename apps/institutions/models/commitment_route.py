"""The informed commitment (告知承诺): its text, what was signed, what bars the route, and the check that follows.

Not the public commitment (公开承诺, models.duties): that one is owed by every institution every year;
this one replaces the review of one application.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.audit.models import append_only
from apps.institutions.licence_constants import Capacity, CheckOutcome, Criterion, RecordKind, Verdict
from apps.institutions.models.licence import Application, Licence


class InformedText(models.Model):
    """A version of what the authority tells and the applicant promises, in both languages. Only grows.

    `zh` (which binds) and `en`: {"basis": [...], "conditions": [...], "consequences": [...], "commitments": [...]}.
    `sha256` is of both texts in canonical form.
    """

    version = models.CharField(max_length=20, primary_key=True)
    effective_from = models.DateField(unique=True)
    zh = models.JSONField()
    en = models.JSONField()
    sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=200)
    verified = models.BooleanField(default=False)

    class Meta:
        triggers = append_only("informed_text")

    def __str__(self) -> str:
        return self.version


class InformedCommitment(models.Model):
    """What an applicant signed. Only grows: an application that changes afterwards is signed again.

    `statement`: the facts that the signature stands for; `sha256`: of the text's hash and the statement together.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="informed")
    text = models.ForeignKey(InformedText, models.PROTECT, related_name="+")
    language = models.CharField(max_length=10, help_text="in which the person read it")
    statement = models.JSONField()
    sha256 = models.CharField(max_length=64)
    signer = models.CharField(max_length=60)
    capacity = models.CharField(max_length=16, choices=Capacity.choices)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        triggers = append_only("informed_commitment")

    def __str__(self) -> str:
        return f"{self.application_id} {self.text_id}"


class RouteRecord(models.Model):
    """A decision against an institution that bears on its choice of route, entered by staff with its source."""

    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="route_records")
    kind = models.CharField(max_length=20, choices=RecordKind.choices)
    decision_number = models.CharField(max_length=100)
    authority = models.CharField(max_length=100)
    decided_on = models.DateField()
    summary = models.CharField(max_length=500)
    source = models.CharField(max_length=300)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    annulled_on = models.DateField(null=True)
    annulled_why = models.CharField(max_length=500, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "decision_number"], name="route_record_once"),
            models.CheckConstraint(
                condition=Q(annulled_on=None) | ~Q(annulled_why=""), name="route_record_annulled_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.decision_number


class PostCheck(models.Model):
    """The check on site after a licence by commitment; one to one with its file, which holds status and hands."""

    file = models.OneToOneField("workflow.File", models.PROTECT, related_name="post_check")
    application = models.OneToOneField(Application, models.PROTECT, related_name="post_check")
    licence = models.ForeignKey(Licence, models.PROTECT, related_name="post_checks")
    visit_on = models.DateField(null=True)
    outcome = models.CharField(max_length=16, choices=CheckOutcome.choices, blank=True)
    outcome_on = models.DateField(null=True)
    version = models.IntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.file_id} {self.licence_id}"


class PostChecker(models.Model):
    """One of the officers who check. `signed_at`: the findings as they stand; a changed finding takes it back."""

    check_of = models.ForeignKey(PostCheck, models.CASCADE, related_name="checkers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_of", "user"], name="post_checker_once")]

    def __str__(self) -> str:
        return f"{self.check_of_id}: {self.user_id}"


class PostFinding(models.Model):
    """What was found of one chapter of the criteria; the institution answers a defect, a checker settles it.

    `lacking`: what a checker missed in the answer, kept for the next one; `lacking_at`: only of the recheck under way.
    """

    check_of = models.ForeignKey(PostCheck, models.CASCADE, related_name="findings")
    criterion = models.CharField(max_length=10, choices=Criterion.choices)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    text = models.TextField()
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    lacking = models.TextField(blank=True, default="")
    lacking_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_of", "criterion"], name="post_finding_once")]

    def __str__(self) -> str:
        return f"{self.check_of_id} {self.criterion} {self.verdict}"
