"""The periodic jobs of parties."""

import datetime as dt

from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from apps.core.jobs import Job, declare

declare(
    Job(
        "parties.daily_round",
        _("组织信息日常整理"),
        dt.timedelta(days=1),
        task="parties.daily_round",
        schedule=crontab(hour=0, minute=20),
    )
)
