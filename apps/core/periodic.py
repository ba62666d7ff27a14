"""The periodic jobs of core."""

import datetime as dt

from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from apps.core.jobs import Job, declare

HEARTBEAT = declare(
    Job("core.heartbeat", _("脉搏：调度、队列、数据库"), dt.timedelta(minutes=1), task="core.heartbeat", schedule=60.0)
)
HOUSEKEEPING = declare(
    Job(
        "core.housekeeping",
        _("清理过期草稿"),
        dt.timedelta(days=1),
        task="core.housekeeping",
        schedule=crontab(hour=3, minute=10),
    )
)
