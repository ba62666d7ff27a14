"""The register of alarms: what works on but needs somebody. Apps add a check at start-up; /readyz lists what is found
beside its verdict (an alarm keeps no page from being served), the operations page shows it, and where an alarm names a
permission the people who hold it are told, once for each occasion (apps.notifications).
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Alarm:
    """`code` for programs, `title` and `text` for people, `path` to where it is mended.

    `occasion` tells one case from the next: the same occasion is told once. Without `permission` nobody is written to.
    """

    code: str
    title: str
    text: str
    figures: dict[str, Any] = field(default_factory=dict)
    path: str = ""
    permission: str = ""
    occasion: str = ""


Check = Callable[[dt.datetime], Iterable[Alarm]]
_checks: list[Check] = []


def register(check: Check) -> None:
    """`check(now)` answers the alarms of the moment. Called by AppConfig.ready; twice does no harm."""
    if check not in _checks:
        _checks.append(check)


def unregister(check: Check) -> None:
    """Take the check out again (tests)."""
    _checks.remove(check)


def standing(now: dt.datetime) -> list[Alarm]:
    """Every alarm of the moment, by code."""
    found = [alarm for check in list(_checks) for alarm in check(now)]
    return sorted(found, key=lambda alarm: (alarm.code, alarm.occasion))
