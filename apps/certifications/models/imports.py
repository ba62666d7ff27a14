"""An import: the file, its staged rows, what is wrong with which cell, and what a clerk must decide."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import ConflictKind, ConflictState, ImportState, RowClass
from apps.certifications.models.certificate import Certificate


class ImportBatch(models.Model):
    """One file on its way in. The same content from the same source is recognised by its hash."""

    source_code = models.CharField(_("来源"), max_length=32)
    file = models.FileField(upload_to="imports/%Y/%m/")
    original_name = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField(_("大小"))
    file_kind = models.CharField(_("格式"), max_length=8, help_text="json, csv or xlsx")
    encoding = models.CharField(_("编码"), max_length=16, blank=True)
    state = models.CharField(_("状态"), max_length=16, choices=ImportState.choices, default=ImportState.UPLOADED)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    rows_total = models.IntegerField(null=True, help_text="known once read")
    rows_read = models.IntegerField(default=0)
    rows_committed = models.IntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="rows per RowClass")
    failure = models.TextField(blank=True)
    lease_until = models.DateTimeField(null=True, help_text="a worker has it until then; later, another may resume")
    claim = models.IntegerField(default=0)
    version = models.IntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.pk} {self.original_name}"


class ImportRow(models.Model):
    """A record of the file, cleaned, waiting for the decision to commit. Written by COPY, deleted when settled."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", db_constraint=False, db_index=False)
    row = models.IntegerField(help_text="row in the file, counting from 1 and including headers")
    row_class = models.CharField(max_length=9, choices=RowClass.choices, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "row"], name="import_row_once")]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.row}"


class ImportProblem(models.Model):
    """One faulty cell."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="problems", db_constraint=False, db_index=False)
    row = models.IntegerField(_("行"))
    column = models.CharField(_("列"), max_length=64)
    value = models.TextField(_("值"), blank=True)
    code = models.CharField(max_length=40, help_text="rule and remedy come from rules by this code")

    class Meta:
        indexes = [models.Index(fields=["batch", "row"], name="import_problem_row")]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.row} {self.column}: {self.code}"


class ImportConflict(models.Model):
    """A row that contradicts what is recorded; a clerk decides with both sides in view."""

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="conflicts")
    row = models.IntegerField()
    certificate = models.ForeignKey(Certificate, models.PROTECT, null=True, related_name="conflicts")
    kind = models.CharField(_("类型"), max_length=24, choices=ConflictKind.choices)
    current = models.JSONField(_("现有数据"), default=dict)
    incoming = models.JSONField(_("新数据"), default=dict)
    state = models.CharField(_("状态"), max_length=8, choices=ConflictState.choices, default=ConflictState.OPEN)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision_reason = models.TextField(_("处理理由"), blank=True)
    version = models.IntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.row} {self.kind}"
