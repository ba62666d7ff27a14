"""What an institution may test: standards, the dictionary of capabilities, scopes by version, and who holds what.

A scope of 800 rows in 53,000 institutions would be 42 million texts, but the same object, parameter and standard stand
in thousands of scopes. So the texts are one dictionary (`Capability`), searched by bigrams; rows point into it, and
`Holding` holds the pairs of the scopes in force.
"""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from apps.institutions.constants import Field, ScopeState, StandardStatus
from apps.institutions.models.institution import Institution


class Standard(models.Model):
    """A standard of one year. `code` is its usual form, "GB 6675.4-2014"; `number` is without the year."""

    code = models.CharField(max_length=60, unique=True)
    number = models.CharField(max_length=50, db_index=True)
    year = models.IntegerField()
    title = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=10, choices=StandardStatus.choices)
    effective_on = models.DateField(null=True)
    ended_on = models.DateField(null=True, help_text="replaced or withdrawn from this day on")
    replaced_by = models.ManyToManyField("self", symmetrical=False, related_name="replaces")
    source = models.CharField(max_length=200, help_text="where this row comes from")
    verified = models.BooleanField(default=False)
    updated_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    def __str__(self) -> str:
        return self.code


class Capability(models.Model):
    """A thing that may be tested by a standard: field, object, parameter, standard. One row for all institutions.

    `key` is the digest of the folded texts (rules.scope.capability_key). `holders` counts the scopes in force that name
    it; 0 is in drafts or in the past only.
    """

    key = models.CharField(max_length=32, unique=True)
    field = models.CharField(max_length=2, choices=Field.choices)
    object = models.CharField(max_length=200)
    parameter = models.CharField(max_length=200)
    standard = models.CharField(max_length=200, help_text="as printed; Standard.code where it is one")
    title = models.CharField(max_length=300, blank=True)
    object_text = models.CharField(max_length=200, help_text="folded")
    parameter_text = models.CharField(max_length=200, help_text="folded")
    standard_text = models.CharField(max_length=500, help_text="folded: number and title")
    search = SearchVectorField(null=True, help_text="characters and bigrams of all three")
    holders = models.IntegerField(default=0)

    class Meta:
        indexes = [
            GinIndex(fields=["search"], name="capability_search", condition=Q(holders__gt=0)),
            models.Index(fields=["standard"], name="capability_standard"),
        ]

    def __str__(self) -> str:
        return f"{self.object} {self.parameter} {self.standard}"


class ScopeVersion(models.Model):
    """A whole capability scope (能力附表). One draft and one version in force at most."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="scopes")
    n = models.IntegerField()
    state = models.CharField(max_length=12, choices=ScopeState.choices, default=ScopeState.DRAFT)
    rows_count = models.IntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_on = models.DateField(null=True)
    decision_number = models.CharField(max_length=100, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    superseded_on = models.DateField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "n"], name="scope_version"),
            models.UniqueConstraint(
                fields=["institution"], condition=Q(state=ScopeState.DRAFT), name="one_draft_scope"
            ),
            models.UniqueConstraint(
                fields=["institution"], condition=Q(state=ScopeState.APPROVED), name="one_scope_in_force"
            ),
            models.CheckConstraint(
                condition=~Q(state=ScopeState.APPROVED) | (Q(approved_on__isnull=False) & ~Q(decision_number="")),
                name="scope_approved_by_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} #{self.n} {self.state}"


class ScopeRow(models.Model):
    """One line of a scope, in its order."""

    scope = models.ForeignKey(ScopeVersion, models.CASCADE, related_name="rows")
    n = models.IntegerField()
    capability = models.ForeignKey(Capability, models.PROTECT, related_name="+")
    clause = models.CharField(max_length=60, blank=True, help_text="part of the standard: 第一法")
    restriction = models.CharField(max_length=300, blank=True)
    site = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "n"], name="scope_row")]

    def __str__(self) -> str:
        return f"{self.scope_id}/{self.n}"


class Holding(models.Model):
    """An institution may test a thing today: the pairs of the scopes in force, written at approval."""

    capability = models.ForeignKey(Capability, models.PROTECT, related_name="+", db_index=False)
    division_code = models.CharField(max_length=6)
    institution = models.ForeignKey(Institution, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["capability", "division_code", "institution"], name="holding_once")
        ]
        indexes = [models.Index(fields=["institution", "capability"], name="holding_of_institution")]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.capability_id}"


class ScopeImport(models.Model):
    """A file of scope rows as it was handed in, kept so that the annotated sheet can be made of it again."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="scope_imports")
    file = models.FileField(upload_to="scopes/%Y/%m/")
    original_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=4)
    encoding = models.CharField(max_length=20, blank=True)
    size = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    rows_total = models.IntegerField(default=0)
    rows_bad = models.IntegerField(default=0)
    made = models.ForeignKey(ScopeVersion, models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.original_name
