"""Documents that people hand in, and documents that the portal makes."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.documents.constants import GeneratedState, ScanState, SealState, UploadState


class Shelf(models.Model):
    """What a quota is counted on: an organisation's documents, or those of one case. Its row is the quota's lock."""

    key = models.CharField(max_length=100, primary_key=True)

    def __str__(self) -> str:
        return self.key


class Document(models.Model):
    """One version of a document that somebody handed in. Content never changes; a new version is a new row.

    `chain` joins the versions of one document; `replaces` is the version before. `subject_*` name what it belongs to
    without a foreign key: that is a row of a higher app. A removed document keeps its row and hash.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(
        "parties.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("组织")
    )
    kind = models.CharField(_("材料类别"), max_length=40)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    chain = models.UUIDField(default=uuid.uuid4)
    number = models.IntegerField(_("版本"), default=1)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    original_name = models.CharField(_("文件名"), max_length=200)
    content_type = models.CharField(_("格式"), max_length=100)
    size = models.IntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="documents/%Y/%m/", max_length=200)
    scan_state = models.CharField(_("查毒"), max_length=12, choices=ScanState.choices)
    scan_note = models.CharField(_("查毒说明"), max_length=200, blank=True)
    scanned_at = models.DateTimeField(_("查毒时间"), null=True, blank=True)
    keep_until = models.DateField(_("保存期至"), null=True, blank=True, help_text="not removable before this day")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"))
    removed_at = models.DateTimeField(_("移除时间"), null=True, blank=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    purged_at = models.DateTimeField(null=True, blank=True, help_text="when the content was deleted")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="document_version_once"),
            models.CheckConstraint(
                condition=Q(number=1, replaces=None) | Q(number__gt=1, replaces__isnull=False),
                name="document_version_chain",
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="document_not_empty"),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="document_subject"),
            models.Index(fields=["organisation", "-id"], name="document_organisation"),
            models.Index(
                fields=["id"],
                condition=Q(scan_state__in=[ScanState.QUARANTINED, ScanState.UNSCANNED], purged_at=None),
                name="document_to_scan",
            ),
            models.Index(
                fields=["scanned_at"], condition=Q(scan_state=ScanState.CLEAN, purged_at=None), name="document_rescan"
            ),
            models.Index(
                fields=["removed_at"], condition=Q(removed_at__isnull=False, purged_at=None), name="document_purge"
            ),
        ]

    def __str__(self) -> str:
        return self.original_name


class ResumableUpload(models.Model):
    """A file on its way in, piece by piece. `received` is the truth about how much of it is here."""

    uid = models.UUIDField(default=uuid.uuid4, primary_key=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    organisation = models.ForeignKey("parties.Organisation", models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=200)
    size = models.IntegerField()
    received = models.IntegerField(default=0)
    state = models.CharField(max_length=8, choices=UploadState.choices, default=UploadState.OPEN)
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(received__gte=0, received__lte=F("size")), name="upload_within_size")
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.received}/{self.size}"


class UploadChunk(models.Model):
    """A piece of a resumable upload, in a file of its own: any storage can keep it, no file is written twice."""

    upload = models.ForeignKey(ResumableUpload, models.CASCADE, related_name="chunks")
    offset = models.IntegerField()
    size = models.IntegerField()
    file = models.FileField(upload_to="uploads/", max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "offset"], name="upload_chunk_once")]

    def __str__(self) -> str:
        return f"{self.upload_id}@{self.offset}"


class GeneratedDocument(models.Model):
    """A document that the portal makes: asked for in the act's transaction, typeset later by a worker, once.

    `request_key` makes asking twice the same as asking once. `claim` counts the workers that took it, as in the outbox
    of notifications: only the latest may say what became of it.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request_key = models.CharField(max_length=200, unique=True)
    template = models.CharField(_("文书"), max_length=40)
    template_version = models.CharField(_("模板版本"), max_length=40)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    number = models.CharField(_("文号"), max_length=100, blank=True)
    params = models.JSONField()
    params_sha256 = models.CharField(max_length=64)
    state = models.CharField(_("状态"), max_length=10, choices=GeneratedState.choices)
    attempts = models.SmallIntegerField(_("尝试次数"), default=0)
    claim = models.IntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField()
    failure = models.TextField(_("失败原因"), blank=True)
    file = models.FileField(upload_to="generated/%Y/%m/", max_length=200, blank=True)
    size = models.IntegerField(_("大小"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    seal = models.CharField(_("印章"), max_length=10, choices=SealState.choices, default=SealState.UNSEALED)
    requested_by = models.CharField(_("申请人"), max_length=200)
    requested_at = models.DateTimeField(_("申请时间"))
    done_at = models.DateTimeField(_("生成时间"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=GeneratedState.DONE) | (~Q(sha256="") & ~Q(file="") & Q(done_at__isnull=False)),
                name="generated_done_has_content",
            )
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="generated_subject"),
            models.Index(
                fields=["next_at", "id"], condition=Q(state=GeneratedState.REQUESTED), name="generated_waiting"
            ),
            models.Index(fields=["lease_until"], condition=Q(state=GeneratedState.RENDERING), name="generated_leased"),
            models.Index(fields=["state", "-id"], name="generated_state"),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.number or self.request_key}"
