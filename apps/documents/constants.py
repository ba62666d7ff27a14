"""Kinds, states and limits of documents."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.uploads import MEGABYTE

ORGANISATION = "organisation"  # subject kind: an organisation's own store, whose documents it may use again
SUBJECT_BYTES = 500 * MEGABYTE
SUBJECT_FILES = 300
ORGANISATION_BYTES = 4 * 1024 * MEGABYTE
ORGANISATION_FILES = 5_000
OPEN_UPLOADS = 10  # unfinished resumable uploads of one person
CHUNK_BYTES = MEGABYTE
MAX_CHUNK_BYTES = 2 * MEGABYTE  # below DATA_UPLOAD_MAX_MEMORY_SIZE
ABANDONED_AFTER = dt.timedelta(hours=24)
RESCAN_AFTER = dt.timedelta(days=7)
PURGE_AFTER = dt.timedelta(days=30)  # the content of a removed document; its row and hash stay

LEASE = dt.timedelta(seconds=120)  # more than the longest document takes to typeset
MAX_ATTEMPTS = 5
FIRST_BACKOFF = dt.timedelta(seconds=10)
MAX_BACKOFF = dt.timedelta(minutes=30)


class ScanState(models.TextChoices):
    """Where a document stands with the virus scanner. Only what is clean or unscanned can be opened."""

    QUARANTINED = "quarantined", _("等待查毒")
    UNSCANNED = "unscanned", _("未扫描")
    CLEAN = "clean", _("已查毒")
    REJECTED = "rejected", _("已拒收")


IMAGES = ("image/jpeg", "image/png")  # shown inside a page: written anew when they came in
OPENABLE = (ScanState.UNSCANNED, ScanState.CLEAN)


class UploadState(models.TextChoices):
    OPEN = "open", _("上传中")
    COMPLETE = "complete", _("已传完")


class GeneratedState(models.TextChoices):
    REQUESTED = "requested", _("待生成")
    RENDERING = "rendering", _("生成中")
    DONE = "done", _("已生成")
    FAILED = "failed", _("生成失败")


class SealState(models.TextChoices):
    """What vouches for a generated document."""

    UNSEALED = "unsealed", _("未加盖电子印章")
    TEST = "test", _("测试印章，无法律效力")
    SEALED = "sealed", _("已加盖电子印章")


class Kind(models.TextChoices):
    """Kinds of documents in an organisation's own store. Other subjects name their own (access.register)."""

    LICENCE = "licence", _("营业执照或登记证书")
    QUALIFICATION = "qualification", _("资质证书")
    AUTHORISATION = "authorisation", _("授权书")
    PERSONNEL = "personnel", _("人员证明")
    PREMISES = "premises", _("场所证明")
    EQUIPMENT = "equipment", _("设备设施材料")
    MANUAL = "manual", _("管理体系文件")
    REPORT = "report", _("检验检测报告")
    OTHER = "other", _("其他材料")
