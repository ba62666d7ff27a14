"""Dates of the jurisdiction. Every legal date is a date in Asia/Shanghai, whatever clock the server shows."""

import calendar
import datetime as dt
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def today(now: dt.datetime) -> dt.date:
    """The date in Shanghai at the aware instant `now`."""
    return now.astimezone(SHANGHAI).date()


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day `months` later (or earlier, if negative); the month's last day where it has no such day.

    So 29 February 2024 plus 36 months is 28 February 2027, as PostgreSQL's interval arithmetic says too.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
