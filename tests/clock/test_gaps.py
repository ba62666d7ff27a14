"""A day that the calendar lacks alarms before a count needs it, and is told once to those who keep the calendar."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import RedisError

from apps.accounts.constants import Role
from apps.clock import gaps
from apps.clock.models import CalendarDay
from apps.clock.services import load_calendar
from apps.clock.services.locking import calendar_missing
from apps.core.actors import Actor
from apps.notifications.alarms import tell
from apps.notifications.constants import Channel
from apps.notifications.models import Message
from tests import factories, reference

NOW = dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def calendar():
    cache.delete(gaps.ASKED)
    reference.load_calendar(2025, 2026, 2027)
    yield
    cache.delete(gaps.ASKED)


def test_a_complete_calendar_alarms_nobody() -> None:
    assert gaps.gaps(NOW) == []


def test_missing_stretches() -> None:
    CalendarDay.objects.filter(date__range=("2026-05-01", "2026-05-03")).delete()
    CalendarDay.objects.filter(date="2026-06-01").delete()
    assert gaps.gaps(NOW) == [
        (dt.date(2026, 5, 1), dt.date(2026, 5, 3)),
        (dt.date(2026, 6, 1), dt.date(2026, 6, 1)),
    ]


def test_the_end_comes_near() -> None:
    CalendarDay.objects.filter(date__gte="2026-07-01").delete()
    assert gaps.gaps(NOW)[0][0] == dt.date(2026, 7, 1)


def test_an_empty_calendar_is_one_gap() -> None:
    CalendarDay.objects.all().delete()
    assert len(gaps.gaps(NOW)) == 1


def test_a_day_that_a_count_needed_in_vain_alarms_however_far_it_lies() -> None:
    calendar_missing(dt.date(2028, 1, 3))
    calendar_missing(dt.date(2028, 1, 2))
    assert gaps.gaps(NOW) == [(dt.date(2028, 1, 1), dt.date(2028, 1, 3))]
    load_calendar(actor=Actor.system("test"), years=[2028], now=NOW)
    assert gaps.gaps(NOW) == []


def test_a_lost_cache_does_not_keep_a_count_from_saying_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_args: object) -> None:
        raise RedisError

    monkeypatch.setattr(gaps.cache, "get", lost)
    assert calendar_missing(dt.date(2028, 1, 3)).problems[0].code == "calendar_missing"


def test_those_who_keep_the_calendar_are_told_once_for_each_gap() -> None:
    keeper, clerk = factories.staff(Role.SUPERVISOR), factories.staff(Role.WINDOW_CLERK)
    english = factories.staff(Role.SUPERVISOR, language="en")
    CalendarDay.objects.filter(date="2026-05-01").delete()
    assert tell(NOW) == 4
    assert tell(NOW + dt.timedelta(hours=1)) == 0
    inbox = Message.objects.filter(channel=Channel.IN_APP)
    assert set(inbox.values_list("recipient_id", flat=True)) == {keeper.pk, english.pk}
    assert "2026-05-01" in inbox.get(recipient=keeper).params["reason"]
    assert "calendar" in inbox.get(recipient=english).params["reason"]
    assert not Message.objects.filter(recipient=clerk).exists()
    CalendarDay.objects.filter(date="2026-06-01").delete()
    assert tell(NOW) == 4


def test_the_operations_page_shows_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    CalendarDay.objects.all().delete()
    client.force_login(factories.staff(Role.SYSTEM_ADMIN))
    page = client.get("/operations/").content.decode()
    assert "工作日历缺少日期" in page
    assert "证书到期处理" in page
    assert "工作日历缺少日期" in client.get("/desk/").content.decode()
    client.force_login(factories.staff(Role.WINDOW_CLERK))
    assert client.get("/operations/").status_code == 403
