"""What an institution owes the public and the supervisor: commitments, annual reports, changes, samples of reports."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.institutions.constants import ChangeKind, ChangeState, CommitmentKind, CommitmentState, ReportState
from apps.institutions.models.institution import Institution


class DutyRule(models.Model):
    """When a duty falls due, as a row with its article: `months` then `days` after what begins it."""

    code = models.CharField(max_length=24)
    label = models.CharField(max_length=100)
    label_en = models.CharField(max_length=100)
    begins = models.CharField(max_length=100, help_text="what the time runs from, in words")
    months = models.IntegerField(default=0)
    days = models.IntegerField(default=0)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    legal_basis = models.CharField(max_length=300)
    verified = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "effective_from"], name="duty_rule_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.effective_from}"


class Commitment(models.Model):
    """A public commitment or self-declaration of one year. Its text never changes once it is signed."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="commitments")
    kind = models.CharField(max_length=12, choices=CommitmentKind.choices)
    year = models.IntegerField()
    text = models.TextField()
    state = models.CharField(max_length=12, choices=CommitmentState.choices, default=CommitmentState.DRAFT)
    signed_by = models.CharField(max_length=100, blank=True)
    signed_on = models.DateField(null=True)
    published_on = models.DateField(null=True)
    refresh_due = models.DateField(null=True)
    breached_on = models.DateField(null=True)
    breach_finding = models.TextField(blank=True)
    breach_number = models.CharField(max_length=100, blank=True)
    made_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "kind"],
                condition=Q(state=CommitmentState.PUBLISHED),
                name="one_commitment_in_force",
            ),
            models.UniqueConstraint(
                fields=["institution", "kind"],
                condition=Q(state__in=(CommitmentState.DRAFT, CommitmentState.SIGNED)),
                name="one_commitment_in_the_making",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.kind} {self.year} {self.state}"


class AnnualReport(models.Model):
    """The report on a year, one each. Figures of a filed report stand; a correction is a reason and a new filing."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="annual_reports")
    year = models.IntegerField()
    state = models.CharField(max_length=8, choices=ReportState.choices, default=ReportState.DRAFT)
    due_on = models.DateField()
    reports_issued = models.IntegerField(null=True)
    clients = models.IntegerField(null=True)
    revenue = models.DecimalField(max_digits=14, decimal_places=2, null=True, help_text="10,000 yuan; not public")
    staff_count = models.IntegerField(null=True)
    proficiency_tests = models.IntegerField(null=True)
    complaints = models.IntegerField(null=True)
    summary = models.TextField(blank=True)
    filed_on = models.DateField(null=True)
    filings = models.IntegerField(default=0)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "year"], name="annual_report_once")]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.year}"


class ChangeFiling(models.Model):
    """A change that has to be filed with the licensing authority: opened by the change itself."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=24, choices=ChangeKind.choices)
    occurred_on = models.DateField()
    description = models.CharField(max_length=500)
    due_on = models.DateField()
    state = models.CharField(max_length=16, choices=ChangeState.choices, default=ChangeState.OPEN)
    statement = models.TextField(blank=True)
    filed_on = models.DateField(null=True)
    acknowledged_on = models.DateField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["due_on"], condition=Q(state=ChangeState.OPEN), name="change_open")]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.kind} {self.occurred_on}"


class ReportSample(models.Model):
    """The reports that an institution shows for a quarter, so that a supervisor may ask for any of them."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="samples")
    year = models.IntegerField()
    quarter = models.IntegerField()
    due_on = models.DateField()
    issued = models.IntegerField(help_text="reports issued in the quarter, of which those listed are a sample")
    filed_on = models.DateField()
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "year", "quarter"], name="sample_once"),
            models.CheckConstraint(condition=Q(quarter__gte=1, quarter__lte=4), name="sample_quarter"),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.year}Q{self.quarter}"


class SampledReport(models.Model):
    """One report of a sample. Clients are not named."""

    sample = models.ForeignKey(ReportSample, models.CASCADE, related_name="reports")
    number = models.CharField(max_length=60)
    issued_on = models.DateField()
    object = models.CharField(max_length=200)
    standard = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sample", "number"], name="sampled_report_once")]

    def __str__(self) -> str:
        return self.number
