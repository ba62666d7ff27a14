"""The periodic jobs of accounts."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from apps.core.jobs import Job, declare

declare(
    Job(
        "accounts.exports",
        _("接续和清理导出文件"),
        dt.timedelta(minutes=1),
        task="accounts.sweep_exports",
        schedule=60.0,
    )
)
