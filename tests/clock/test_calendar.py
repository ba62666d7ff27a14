"""Loading and changing the calendar and the limits, and their pages."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role
from apps.accounts.selectors import actor_for
from apps.audit.models import AuditEntry
from apps.clock.models import CalendarDay, StatutoryLimit
from apps.clock.selectors import calendar_between, limit_on
from apps.clock.services import change_limit, edit_day, load_calendar
from apps.core.actors import Actor
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from tests import factories as make
from tests import reference

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded() -> None:
    reference.load_calendar(2026, 2027)


def allow(actor: Actor) -> None:
    """Nobody is refused."""


def edit(day: CalendarDay, **changes):
    values = {
        "kind": "holiday",
        "name": "示例节",
        "notice": "示例〔2026〕1号",
        "reason": "更正",
        "version": day.version,
    }
    return edit_day(actor=Actor.system("test"), day=day, now=timezone.now(), **{**values, "allow": allow, **changes})


def test_loading_twice_adds_nothing_and_leaves_edits_alone(loaded) -> None:
    assert CalendarDay.objects.count() == 730
    edit(CalendarDay.objects.get(date="2026-11-24"))
    counts = load_calendar(actor=Actor.system("test"), years=[2026, 2027], now=timezone.now())
    assert counts == {"days": 0, "changed": 0, "limits": 0}
    assert CalendarDay.objects.get(date="2026-11-24").kind == "holiday"


def test_the_year_not_announced_is_provisional_and_an_edit_announces_its_day(loaded) -> None:
    day = CalendarDay.objects.get(date="2027-01-01")
    assert (day.kind, day.provisional) == ("workday", True)
    edit(day)
    assert calendar_between(dt.date(2027, 1, 1), dt.date(2027, 1, 1))[dt.date(2027, 1, 1)].provisional is False
    assert AuditEntry.objects.filter(action="clock.calendar.edit", subject_id="2027-01-01").count() == 1


def test_two_editors_of_one_day(loaded) -> None:
    day = CalendarDay.objects.get(date="2026-11-24")
    edit(day)
    with pytest.raises(StaleVersion):
        edit(day)


def test_the_policy_is_asked_after_the_lock(loaded) -> None:
    def refuse(actor: Actor) -> None:
        raise Refused("permission")

    with pytest.raises(Refused):
        edit(CalendarDay.objects.get(date="2026-11-24"), allow=refuse)
    assert CalendarDay.objects.get(date="2026-11-24").kind == "workday"


def test_a_changed_limit_keeps_the_rule_of_earlier_days(loaded) -> None:
    old = StatutoryLimit.objects.get(code="licence.decision")
    change_limit(
        actor=Actor.system("test"),
        limit=old,
        value=15,
        effective_from=dt.date(2027, 1, 1),
        article="示例",
        consequence="",
        version=old.version,
        now=timezone.now(),
        allow=allow,
    )
    assert limit_on("licence.decision", dt.date(2026, 12, 31)).value == 20
    assert limit_on("licence.decision", dt.date(2027, 1, 1)).value == 15
    assert AuditEntry.objects.filter(action="clock.limit.edit").count() == 1


def test_a_faulty_limit_says_everything_at_once(loaded) -> None:
    old = StatutoryLimit.objects.get(code="licence.decision")
    with pytest.raises(ProblemsFound) as found:
        change_limit(
            actor=Actor.system("test"),
            limit=old,
            value=0,
            effective_from=dt.date(2000, 1, 1),
            article="示例",
            consequence="",
            version=old.version,
            now=timezone.now(),
            allow=allow,
        )
    assert {problem.place for problem in found.value.problems} == {"value", "effective_from"}


def test_pages(loaded, client) -> None:
    client.force_login(make.staff(Role.SUPERVISOR))
    for url in (reverse("clock:days"), reverse("clock:days") + "?year=2027", reverse("clock:limits")):
        assert client.get(url).status_code == 200
    assert "暂定" in client.get(reverse("clock:days") + "?year=2027").content.decode()
    assert client.get(reverse("clock:days") + "?year=1999").status_code == 404
    assert client.get(reverse("clock:days") + "?year=x").status_code == 404
    assert client.get("/clock/2026-2-30/").status_code == 404


def test_an_edit_over_http(loaded, client) -> None:
    user = make.staff(Role.SUPERVISOR)
    client.force_login(user)
    url = reverse("clock:day_edit", args=[2026, 11, 24])
    values = {"kind": "holiday", "name": "示例节", "notice": "示例〔2026〕1号", "reason": "更正", "version": 1}
    assert client.get(url).status_code == 200
    assert client.post(url, {**values, "reason": ""}).status_code == 422
    response = client.post(url, values)
    assert response.status_code == 302
    assert client.get(response.url).status_code == 200
    assert CalendarDay.objects.get(date="2026-11-24").kind == "holiday"
    assert client.post(url, values).status_code == 409  # an old version
    assert actor_for(user).user_id == AuditEntry.objects.get(action="clock.calendar.edit").actor_id


def test_a_limit_over_http(loaded, client) -> None:
    client.force_login(make.staff(Role.SUPERVISOR))
    limit = StatutoryLimit.objects.get(code="case.service")
    url = reverse("clock:limit_edit", args=[limit.pk])
    values = {"value": 8, "effective_from": "2030-01-01", "article": "示例", "consequence": "", "version": 1}
    assert client.get(url).status_code == 200
    assert client.post(url, {**values, "effective_from": "2000-01-01"}).status_code == 422
    assert client.post(url, values).status_code == 302
    assert StatutoryLimit.objects.filter(code="case.service").count() == 2
    assert StatutoryLimit.objects.get(code="case.service", effective_to=None).applies_to_running is False


def test_a_limit_that_reaches_running_matters_over_http(loaded, client) -> None:
    client.force_login(make.staff(Role.SUPERVISOR))
    limit = StatutoryLimit.objects.get(code="case.service")
    values = {"value": 8, "effective_from": "2030-01-01", "article": "示例", "version": 1, "applies_to_running": "on"}
    assert client.post(reverse("clock:limit_edit", args=[limit.pk]), values).status_code == 302
    assert StatutoryLimit.objects.get(code="case.service", effective_to=None).applies_to_running is True
    assert "适用于办理中的事项" in client.get(reverse("clock:limits")).content.decode()
