"""The worklist and what belongs to it, with files of a process that only this walk knows."""

from dataclasses import replace
from types import SimpleNamespace

from django.utils import timezone

from apps.accounts.constants import Role
from apps.clock.services import load_calendar
from apps.core.actors import Actor
from apps.workflow import bindings
from apps.workflow.services import add_rule, advance, assign, declare_absence, open_file
from tests import factories
from tests.e2e.pages import ENTERPRISE, row
from tests.workflow import casework
from tests.workflow.table import SAMPLE

WALKED = replace(SAMPLE, code="walk", prefix="WK")

ROWS = [
    row("/worklist/", Role.WINDOW_CLERK, Role.LEADER, Role.REVIEW_EXPERT),
    row("/worklist/?tab=all&q=没有这一家", Role.WINDOW_CLERK),
    row("/worklist/?tab=0", Role.WINDOW_CLERK, status=400),
    row("/worklist/?tab=closed", Role.LEADER),
    row("/worklist/assign/?file={case.pk}", Role.LEADER),
    row("/worklist/assign/?file={case.pk}&user={case.holder.pk}", Role.LEADER),
    row("/worklist/assign/", Role.LEADER, status=422),
    row("/worklist/remind/?file={case.pk}", Role.LEADER),
    row("/worklist/files/{case.pk}/", Role.WINDOW_CLERK, ENTERPRISE),
    row("/worklist/files/{case.pk}/steps/withdraw/", ENTERPRISE),
    row("/worklist/files/{case.pk}/hand-over/", "holder"),
    row("/worklist/files/{case.pk}/recuse/", Role.WINDOW_CLERK),
    row("/worklist/absences/", Role.LEADER, Role.WINDOW_CLERK),
    row("/worklist/routing/", Role.LEADER),
    row("/worklist/processes/", Role.WINDOW_CLERK),
    row("/worklist/processes/walk/", Role.WINDOW_CLERK),
]

NOT_PAGES: dict[str, str] = {}


def seed(city: SimpleNamespace) -> None:
    """A file in each of three states, one rule, one absence."""
    now = timezone.now()
    load_calendar(actor=Actor.system("demo"), years=[now.year, now.year + 1], now=now)
    bindings.register(WALKED, replace(casework.BINDING, url=lambda file: ""))
    city.people["holder"] = holder = factories.staff(Role.WINDOW_CLERK)
    leader = casework.actor(factories.staff(Role.LEADER))
    member = factories.person()
    factories.member(member, city.organisation)
    files = [_submitted(city, member, now) for _ in range(3)]
    assign(actor=leader, now=now, file_id=files[0].pk, user_id=holder.pk, reason="熟悉该单位")
    for file, step, by in ((files[1], "correct", holder), (files[2], "withdraw", member)):
        advance(actor=casework.actor(by), now=now, file_id=file.pk, version=2, step=step, reason="缺少设备清单")
    add_rule(actor=leader, now=now, process="walk", matter="", division_code="", role=Role.REVIEWER, unit=None, most=20)
    delegate = factories.staff(Role.WINDOW_CLERK)
    day = timezone.localdate(now)
    declare_absence(
        actor=leader, now=now, user_id=holder.pk, first_on=day, last_on=day, delegate_id=delegate.pk, reason="培训"
    )
    files[0].refresh_from_db()
    city.case = files[0]


def _submitted(city, member, now):
    file = open_file(
        actor=casework.actor(member),
        now=now,
        process="walk",
        matter="first",
        organisation=city.organisation,
        title="示例申请",
        division_code="520602",
        unit=factories.unit(),
    )
    advance(actor=casework.actor(member), now=now, file_id=file.pk, version=1, step="submit")
    return file
