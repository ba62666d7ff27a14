"""An import: the file, its staged rows, what is wrong with which cell, what a clerk must decide, what it changed."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.certifications.constants import ConflictKind, ConflictState, EffectKind, ImportState, RowClass, Status
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
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    sheet = models.CharField(_("工作表"), max_length=100, blank=True)
    header_row = models.IntegerField(_("表头所在行"), null=True)
    columns = models.JSONField(default=list, help_text="header texts of the file, in order")
    unknown_columns = ArrayField(models.CharField(max_length=200), default=list, help_text="reported once, not used")
    bytes_read = models.BigIntegerField(default=0)
    rows_total = models.IntegerField(null=True, help_text="records in the file, known once read")
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
    """A record of the file, cleaned, waiting for the decision to commit. Written by COPY, deleted when settled.

    The table is UNLOGGED: a crash of the server empties it, and the rows are read again from the stored file.
    Empty text means that the file does not say; it never erases what is recorded.
    """

    pk = models.CompositePrimaryKey("batch_id", "row")
    batch_id = models.BigIntegerField()
    row = models.IntegerField(help_text="row in the file, counting from 1 and including headers")
    bucket = models.SmallIntegerField(help_text="0 to 63 by holder: one chunk writes all rows of a firm")
    row_class = models.CharField(max_length=9, choices=RowClass.choices)
    conflict_kind = models.CharField(max_length=24, choices=ConflictKind.choices, blank=True)
    certificate_id = models.BigIntegerField(null=True, help_text="the recorded certificate of this body and number")
    certificate_version = models.IntegerField(null=True, help_text="its version when the row was compared")
    token = models.CharField(max_length=12, blank=True, help_text="for the certificate, if it is new")
    number = models.CharField(max_length=64, blank=True)
    number_key = models.CharField(max_length=64, blank=True)
    holder_name = models.CharField(max_length=200, blank=True)
    holder_key = models.CharField(
        max_length=210, blank=True, help_text="org_code, or = and the folded name without one"
    )
    code = models.CharField(max_length=40, blank=True, help_text="the holder's code, verbatim")
    uscc = models.CharField(max_length=18, null=True)
    org_code = models.CharField(max_length=9, null=True)
    approval = models.CharField(max_length=20, blank=True)
    body_id = models.BigIntegerField(null=True)
    body_name = models.CharField(max_length=200, blank=True, help_text="as reported, where the body is unknown")
    project_code = models.CharField(max_length=16, blank=True)
    shape = models.SmallIntegerField(null=True)
    status = models.CharField(max_length=9, choices=Status.choices, blank=True)
    status_on = models.DateField(null=True)
    issued_on = models.DateField(null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    first_issued_on = models.DateField(null=True)
    standard_text = models.CharField(max_length=300, blank=True)
    scope = models.TextField(blank=True)
    products = models.TextField(blank=True)
    division_code = models.CharField(max_length=6, blank=True)
    scope_text = models.TextField(blank=True, help_text="scope folded, and the text form of its search vector")
    scope_vector = models.TextField(blank=True)
    products_text = models.TextField(blank=True)
    products_vector = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["batch_id", "bucket"], name="import_row_bucket")]

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


class ImportChunk(models.Model):
    """A range of buckets that was written in one transaction: what a resumed import need not do again."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="chunks", db_index=False)
    first_bucket = models.SmallIntegerField()
    last_bucket = models.SmallIntegerField()
    counts = models.JSONField(default=dict, help_text="rows per RowClass as written")
    committed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "first_bucket"], name="import_chunk_once")]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.first_bucket}-{self.last_bucket}"


class ImportMade(models.Model):
    """The certificates that one chunk, or one decision of a clerk, created: for an undo, and a million in few rows."""

    batch_id = models.BigIntegerField(db_index=True)
    certificates = ArrayField(models.BigIntegerField())

    def __str__(self) -> str:
        return f"{self.batch_id}: {len(self.certificates)}"


class ImportEffect(models.Model):
    """One other thing that a batch created or changed, and what stood there before. With ImportMade all that an undo
    needs."""

    pk = models.CompositePrimaryKey("batch_id", "kind", "object_id")
    batch_id = models.BigIntegerField()
    kind = models.SmallIntegerField(choices=EffectKind.choices)
    object_id = models.BigIntegerField()
    before = models.JSONField(null=True, help_text="null: created by the batch")
    version = models.IntegerField(null=True, help_text="the object's version after the batch")

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.kind} {self.object_id}"


class ImportConflict(models.Model):
    """A row that contradicts what is recorded; a clerk decides with both sides in view."""

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="conflicts")
    row = models.IntegerField()
    certificate = models.ForeignKey(Certificate, models.PROTECT, null=True, related_name="conflicts")
    number_key = models.CharField(max_length=64, blank=True)
    kind = models.CharField(_("类型"), max_length=24, choices=ConflictKind.choices)
    current = models.JSONField(_("现有数据"), default=dict)
    incoming = models.JSONField(_("新数据"), default=dict)
    state = models.CharField(_("状态"), max_length=8, choices=ConflictState.choices, default=ConflictState.OPEN)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision_reason = models.TextField(_("处理理由"), blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "row"], name="import_conflict_once")]
        indexes = [
            models.Index(fields=["state", "id"], name="import_conflict_state"),
            models.Index(fields=["number_key"], name="import_conflict_number"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.row} {self.kind}"
