"""Why somebody may not be given a role, asked of the apps above, which know more of a person than an account does.

objections.register(fn)     # fn(user, role, on) -> Problem or None; called by AppConfig.ready
"""

import datetime as dt
from collections.abc import Callable

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.core.problems import Problem

Objection = Callable[[User, Role, dt.date], Problem | None]
_registered: list[Objection] = []


def register(objection: Objection) -> None:
    """Ask this one too. The same again changes nothing."""
    if objection not in _registered:
        _registered.append(objection)


def objections(user: User, role: Role, on: dt.date) -> list[Problem]:
    """Everything that stands against giving a role."""
    return [problem for objection in _registered if (problem := objection(user, role, on)) is not None]
