"""The periodic jobs of certifying."""

import datetime as dt

from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from apps.core.jobs import Job, declare

declare(
    Job(
        "certifying.life_round",
        _("认证证书到期处理"),
        dt.timedelta(days=1),
        task="certifying.life_round",
        schedule=crontab(hour=0, minute=40),
    )
)
