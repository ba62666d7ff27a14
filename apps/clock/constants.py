"""Kinds of days, units of limits, states of deadlines."""

from django.db import models
from django.utils.translation import gettext_lazy as _

FIRST_YEAR = 2024
# Number and days were compared on 2026-11-24 with the published wording: that of 2024 in the State Council gazette
# (2023, No. 31) and the People's Daily of 2023-10-26, those of 2025 and 2026 as Xinhua printed them; the numbers of
# these two with reprints. tests/clock/test_notices.py holds the days.
NOTICES = {
    2024: "国办发明电〔2023〕7号",
    2025: "国办发明电〔2024〕12号",
    2026: "国办发明电〔2025〕7号",
}

# Told in the transaction in which the state or the last day of deadlines changes, whatever changed it:
# {"subject_kind": str, "subject_ids": sequence of int, "now": datetime}
CHANGED = "clock.deadline.changed"


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


class DeadlineState(models.TextChoices):
    """Lapsed: the last day is over, and what the law says about that has happened. It ends when the act is done."""

    RUNNING = "running", _("计时中")
    PAUSED = "paused", _("已中止计时")
    MET = "met", _("按期完成")
    LAPSED = "lapsed", _("已逾期")
    WITHDRAWN = "withdrawn", _("已终止计时")


OPEN = (DeadlineState.RUNNING, DeadlineState.PAUSED)


class EventKind(models.TextChoices):
    START = "start", _("起算")
    PAUSE = "pause", _("中止计时")
    RESUME = "resume", _("恢复计时")
    EXTEND = "extend", _("延长")
    MET = "met", _("完成")
    LAPSE = "lapse", _("逾期")
    WITHDRAW = "withdraw", _("终止计时")
    RECOMPUTE = "recompute", _("重新计算")


class Level(models.TextChoices):
    """The colour of a deadline; the word and the icon say the same."""

    OK = "ok", _("时间充裕")
    DUE = "due", _("临近到期")
    OVER = "over", _("已逾期")
