"""The periodic jobs of the clock."""

import datetime as dt

from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from apps.core.jobs import Job, declare

declare(Job("clock.lapses", _("期限届满处理"), dt.timedelta(minutes=10), task="clock.lapses", schedule=600.0))
declare(
    Job(
        "clock.reconcile",
        _("日历延伸与期限复核"),
        dt.timedelta(days=1),
        task="clock.reconcile",
        schedule=crontab(hour=0, minute=40),
    )
)
