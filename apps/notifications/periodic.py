"""The periodic jobs of notifications. The pacemaker starts itself and the planning; beat starts the rest."""

import datetime as dt

from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from apps.core.jobs import Job, declare

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)

declare(Job("notifications.pacemaker", _("提醒节拍器"), MINUTE))
declare(Job("notifications.plan", _("每日提醒计划"), DAY))
declare(
    Job(
        "notifications.close_settled",
        _("了结已办结事项的提醒"),
        HOUR,
        task="notifications.close_settled",
        schedule=crontab(minute=20),
    )
)
declare(
    Job(
        "notifications.reconcile",
        _("每晚提醒核对"),
        DAY,
        task="notifications.reconcile",
        schedule=crontab(hour=21, minute=40),
    )
)
declare(Job("notifications.alarms", _("报警通知"), HOUR, task="notifications.tell_alarms", schedule=crontab(minute=50)))
