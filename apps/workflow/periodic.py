"""The periodic jobs of the worklist."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from apps.core.jobs import Job, declare

declare(
    Job(
        "workflow.reconcile_due",
        _("待办件期限核对"),
        dt.timedelta(minutes=10),
        task="workflow.reconcile_due",
        schedule=600.0,
    )
)
