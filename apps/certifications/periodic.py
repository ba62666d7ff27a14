"""The periodic jobs of the registry."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from apps.core.jobs import Job, declare

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)

declare(Job("certifications.imports", _("接续中断的导入"), MINUTE, task="certifications.sweep_imports", schedule=60.0))
# Hourly, so that certificates expire soon after midnight in Shanghai whatever clock the server keeps.
declare(Job("certifications.expiry", _("证书到期处理"), HOUR, task="certifications.sweep_expiry", schedule=3600.0))
