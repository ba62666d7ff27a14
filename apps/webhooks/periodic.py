"""The periodic job of webhooks. What is due, the pacemaker looks after."""

import datetime as dt

from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from apps.core.jobs import Job, declare

declare(
    Job(
        "webhooks.tidy",
        _("清理推送记录"),
        dt.timedelta(days=1),
        task="webhooks.tidy",
        schedule=crontab(hour=3, minute=35),
    )
)
