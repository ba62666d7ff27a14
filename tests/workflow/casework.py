"""People and files of the sample process, and short names for what one does with them."""

import datetime as dt
from typing import Any

from django.test import Client

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.accounts.selectors import actor_for
from apps.clock.selectors import calendar_between
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.parties.models import Organisation
from apps.workflow.bindings import Binding
from apps.workflow.models import File, Transition
from apps.workflow.services import advance, open_file
from tests import factories
from tests.workflow.table import Facts

NOON = dt.datetime(2026, 3, 2, 4, 0, tzinfo=dt.UTC)  # a Monday, noon in Shanghai
DAY = dt.timedelta(days=1)

facts: dict[int, Facts] = {}
conflicts: dict[int, str] = {}  # user id -> reason
effects: list[tuple[str, str]] = []


def reset() -> None:
    facts.clear()
    conflicts.clear()
    effects.clear()


def _effect(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    effects.append((transition.step, file.status))


BINDING = Binding(
    facts=lambda file: facts.get(file.pk, Facts()),
    params=lambda file, transition: {"until": "2026-12-31"},
    public_facts=lambda file, transition: {"number": file.number, "result": transition.to_status},
    conflicts=[lambda file, user: conflicts.get(user.pk)],
    url=lambda file: f"/sample/{file.pk}/",
    effects={"grant": _effect},
)


def applicant(of: Organisation | None = None) -> tuple[User, Organisation]:
    """A member of an organisation, and the organisation."""
    user, organisation = factories.person(), of or factories.organisation()
    factories.member(user, organisation)
    return user, organisation


def actor(user: User | None) -> Actor:
    return actor_for(user) if user is not None else Actor.system("clock")


def opened(by: User | None = None, organisation: Organisation | None = None, **fields: Any) -> File:
    """A draft."""
    if organisation is None:
        by, organisation = applicant()
    return open_file(
        actor=actor(by),
        now=fields.pop("now", NOON),
        process="sample",
        matter=fields.pop("matter", "first"),
        organisation=organisation,
        title=fields.pop("title", "示例申请"),
        division_code=fields.pop("division_code", "520602"),
        unit=fields.pop("unit", None) or factories.unit(),
    )


def take(file: File, step: str, by: User | None, **more: Any) -> Transition:
    """The step, by the person, on the file as it is now."""
    file.refresh_from_db()
    return advance(
        actor=actor(by),
        now=more.pop("now", NOON),
        file_id=file.pk,
        version=more.pop("version", file.version),
        step=step,
        **more,
    )


def applicant_of(file: File) -> User:
    return User.objects.filter(memberships__organisation=file.organisation_id).order_by("pk")[0]


# The shortest way to each status, with fresh people of the right role at each desk.
WAYS = {
    "draft": [],
    "submitted": ["submit"],
    "correction": ["submit", "correct"],
    "accepted": ["submit", "accept"],
    "concluded": ["submit", "accept", "conclude"],
    "granted": ["submit", "accept", "conclude", "grant"],
}
DESKS = {
    "accept": Role.WINDOW_CLERK,
    "correct": Role.WINDOW_CLERK,
    "conclude": Role.REVIEWER,
    "return": Role.APPROVER,
    "grant": Role.APPROVER,
    "refuse": Role.APPROVER,
}
NEEDED: dict[str, dict[str, Any]] = {
    "conclude": {"inputs": {"score": "80"}},
    "correct": {"reason": "缺少设备清单"},
    "return": {"reason": "请补充理由"},
    "refuse": {"reason": "不符合条件"},
}


def at(status: str, **fields: Any) -> File:
    """A file in a status."""
    file = opened(**fields)
    for step in WAYS[status]:
        by = factories.staff(DESKS[step]) if step in DESKS else applicant_of(file)
        take(file, step, by, **NEEDED.get(step, {}))
    file.refresh_from_db()
    return file


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def submitted(now: dt.datetime, ago: int = 0, **fields: Any) -> File:
    """A file submitted so many working days ago."""
    day = today(now)
    days = [d for d, found in calendar_between(day - dt.timedelta(days=60), day).items() if found.working and d <= day]
    at = now - dt.timedelta(days=(day - sorted(days)[-1 - ago]).days)
    file = opened(now=at, **fields)
    take(file, "submit", applicant_of(file), now=at)
    file.refresh_from_db()
    return file


def numbers(response: Any) -> list[str]:
    """Of the files on a page of the worklist."""
    return [row.file.number for row, _url in response.context["rows"]]
