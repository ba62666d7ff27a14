"""Loading and changing the calendar and the limits; running, sweeping and recounting deadlines."""

from apps.clock.services.calendar import change_limit, edit_day, load_calendar
from apps.clock.services.sweeping import Swept, sweep

__all__ = ["Swept", "change_limit", "edit_day", "load_calendar", "sweep"]
