"""Applications for certification: the enterprise, the body's people, the bureau that looks on."""

import datetime as dt
from types import SimpleNamespace

from django.utils import timezone

from apps.accounts.constants import Role
from apps.certifying.models import Tie
from apps.core.calendar import today
from tests import factories
from tests.accounts.conftest import confirmed
from tests.certifying.applying import Agency, Way, found_city
from tests.e2e.pages import row

FIRM, REVIEWER, PLANNER = "tea", "tea_reviewer", "tea_planner"
LEADER, DECIDER, MANAGER = "tea_leader", "tea_decider", "tea_manager"

ROWS = [
    row("/certifying/apply/", FIRM),
    row("/certifying/applications/", FIRM),
    row("/certifying/files/{tea_draft}/", FIRM),
    row("/certifying/files/{tea_draft}/basics/", FIRM),
    row("/certifying/files/{tea_draft}/rows/sites/", FIRM),
    row("/certifying/files/{tea_draft}/rows/lines/", FIRM),
    row("/certifying/files/{tea_draft}/body/", FIRM),
    row("/certifying/files/{tea_draft}/materials/", FIRM),
    row("/certifying/files/{tea_draft}/steps/discard/", FIRM),
    row("/certifying/files/{tea_asked}/", FIRM, REVIEWER, Role.SUPERVISOR),
    row("/certifying/files/{tea_asked}/points/{tea_point}/answer/", FIRM),
    row("/certifying/files/{tea_new}/points/", REVIEWER),
    row("/certifying/files/{tea_new}/steps/not_accept/", REVIEWER),
    row("/certifying/files/{tea_taken}/plan/", PLANNER),
    row("/certifying/files/{tea_seen}/", FIRM, LEADER),
    row("/certifying/files/{tea_seen}/points/", LEADER),
    row("/certifying/files/{tea_seen}/stages/", LEADER),
    row("/certifying/files/{tea_seen}/points/{tea_finding}/reopen/", LEADER),
    row("/certifying/files/{tea_advised}/steps/certify/", DECIDER),
    row("/certifying/files/{tea_done}/", FIRM, DECIDER),
    row("/certifying/desk/", DECIDER, MANAGER),
    row("/certifying/people/", MANAGER),
    row("/certifying/offers/", MANAGER),
    row("/certifying/watch/", Role.SUPERVISOR),
]
NOT_PAGES: dict[str, str] = {}


def seed(city: SimpleNamespace) -> None:
    """One firm with an application in each state, and the body that works them."""
    found_city()
    agency = Agency("CNCA-R-2026-777")
    people = {
        REVIEWER: agency.reviewer,
        PLANNER: agency.planner,
        LEADER: agency.leader,
        DECIDER: agency.decider,
        MANAGER: agency.manager,
    }
    for name, user in people.items():
        city.people[name] = confirmed(user)
    firm = factories.organisation("示例·江口县梵净山有机茶合作社", uscc="91520621MA6DL0012R", division_code="520621")
    city.people[FIRM] = confirmed(factories.person())
    factories.member(city.people[FIRM], firm)

    def way(project: str = "B0301") -> Way:
        return Way(agency, firm, project, user=city.people[FIRM])

    done = way()
    done.certified("777OP2600001")
    city.tea_done = done.file.pk
    asked = way()
    asked.submit()
    asked.post(agency.reviewer, "points", about="示意图", problem="缺少内容", remedy="请补充")
    asked.take(agency.reviewer, "correct")
    city.tea_asked, city.tea_point = asked.file.pk, asked.application.points.get().pk
    seen = way()
    seen.accept()
    city.tea_seen, city.tea_finding = seen.file.pk, _found(seen)
    for name, to in (("tea_new", "submit"), ("tea_taken", "accept"), ("tea_advised", "to_recommendation")):
        one = way()
        getattr(one, to)()
        setattr(city, name, one.file.pk)
    city.tea_draft = way().file.pk
    until = today(timezone.now()) + dt.timedelta(days=365)
    Tie.objects.create(
        body=agency.body,
        user=agency.second,
        organisation=firm,
        kind="consulted",
        until=until,
        recorded_at=timezone.now(),
    )


def _found(way: Way) -> int:
    """A finding that was answered and waits for verification."""
    way.plan()
    way.report("field", result="with_findings")
    way.post(way.agency.second, "points", grade="minor", about="7.2", problem="记录不完整", remedy="补全")
    way.take(way.agency.leader, "demand")
    point = way.application.points.get()
    way.post(way.user, "answer", point.pk, answer="已补全", version=point.version)
    way.take(way.user, "rectify")
    return point.pk
