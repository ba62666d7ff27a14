"""The periodic jobs of documents."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from apps.core.jobs import Job, declare

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)

declare(Job("documents.sweep", _("补制文书、补查文件"), MINUTE, task="documents.sweep", schedule=60.0))
declare(Job("documents.tidy", _("清理未完成的上传"), HOUR, task="documents.tidy", schedule=3600.0))
