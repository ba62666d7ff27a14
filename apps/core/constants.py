"""Figures and words of the plumbing."""

from django.db import models
from django.utils.translation import gettext_lazy as _

DRAFT_DAYS = 30  # after the last change
DRAFT_BYTES = 400_000  # of JSON; the longest field of ours takes 100,000 characters
DRAFTS_EACH = 50  # of one person acting for one organisation


class JobStanding(models.TextChoices):
    """How a periodic job stands. Late and never: it ought to have succeeded by now, and that alarms."""

    ON_TIME = "on_time", _("按时")
    WAITING = "waiting", _("等待首次运行")
    FAILED = "failed", _("上次失败")
    LATE = "late", _("逾期未成功")
    NEVER = "never", _("从未运行成功")
