"""Dates as ready-made strings: a million calls of strftime and of month arithmetic are what they cost."""

import datetime as dt

from apps.certifications.rules import next_validity
from apps.core.calendar import add_months

BACK = 366 * 12
AHEAD = 366 * 7


class Days:
    """ISO dates by offset from today, and the last days of periods that begin at an offset."""

    def __init__(self, today: dt.date) -> None:
        self.today = today
        days = [today + dt.timedelta(days=offset) for offset in range(-BACK, AHEAD)]
        self._iso = [day.isoformat() for day in days]
        self._ends: dict[int, list[int]] = {}
        self._days = days

    def iso(self, offset: int) -> str:
        return self._iso[offset + BACK]

    def year(self, offset: int) -> int:
        return self._days[offset + BACK].year

    def ends(self, months: int) -> "Ends":
        """The last day, as an offset, of a period of `months` beginning at an offset."""
        if months not in self._ends:
            self._ends[months] = [(next_validity(day, months) - self.today).days for day in self._days]
        return Ends(self._ends[months])

    def months_after(self, offset: int, months: int) -> int:
        """The offset of the same day `months` later."""
        return (add_months(self._days[offset + BACK], months) - self.today).days


class Ends:
    """A list that is read by offset."""

    def __init__(self, values: list[int]) -> None:
        self._values = values

    def __getitem__(self, offset: int) -> int:
        return self._values[offset + BACK]
