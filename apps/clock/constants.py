"""Kinds of days and units of limits."""

from django.db import models
from django.utils.translation import gettext_lazy as _

FIRST_YEAR = 2024
NOTICES = {
    2024: "国办发明电〔2023〕7号",
    2025: "国办发明电〔2024〕12号",
    2026: "国办发明电〔2025〕7号",
}


class DayKind(models.TextChoices):
    WORKDAY = "workday", _("工作日")
    WEEKEND = "weekend", _("周末")
    HOLIDAY = "holiday", _("放假")
    MAKE_UP = "make_up", _("调休上班")


WORKING = (DayKind.WORKDAY, DayKind.MAKE_UP)


class LimitUnit(models.TextChoices):
    WORKING_DAY = "working_day", _("工作日")
    CALENDAR_DAY = "calendar_day", _("自然日")
    MONTH = "month", _("月")
