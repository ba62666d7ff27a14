"""The periodic jobs of institutions."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from apps.core.jobs import Job, declare

NAME = "institutions.licence_expiry"
declare(Job(NAME, _("资质认定证书到期处理"), dt.timedelta(hours=1), task=NAME, schedule=3600.0))
