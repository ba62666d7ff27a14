"""What the calendar asks of institutions is reminded of in time and no more once it is done; so are ending bans."""

import datetime as dt

import pytest

from apps.accounts.constants import Role
from apps.institutions.models import ChangeFiling, Institution
from apps.institutions.services.reports import file_annual_report, file_sample
from apps.notifications.models import MessageTemplate, Reminder
from apps.notifications.services import plan_reminders, reconcile
from apps.notifications.services.composing import digest_items
from apps.notifications.sources import registered
from apps.parties.models import Ban
from apps.parties.services.bans import record_ban
from tests import factories
from tests.institutions.house import call, lab, rules
from tests.institutions.test_duties import FIGURES, published
from tests.notifications.conftest import stand_on as stand_on
from tests.reference import load_rules

LIFTED = {"lift_number": "示例〔2026〕1号", "lift_authority": "示例·市场监督管理局", "lift_reason": "示例"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(db) -> None:
    rules()
    load_rules()


def old_lab() -> tuple[Institution, object]:
    made, user = lab()
    Institution.objects.filter(pk=made.pk).update(created_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    return made, user


def open_ones(event: str) -> list[tuple[int, dt.date]]:
    mine = Reminder.objects.filter(event=event, channel="in_app", closed_at=None)
    return list(mine.order_by("due_on", "threshold").values_list("threshold", "due_on"))


def plan(stand_on, day: dt.date) -> None:
    stand_on(day)
    plan_reminders()
    assert reconcile(day=day).nothing


def test_the_annual_report_until_it_is_filed(stand_on) -> None:
    made, user = old_lab()
    for day in (dt.date(2026, 1, 29), dt.date(2026, 1, 30), dt.date(2026, 3, 29)):
        plan(stand_on, day)
    due = dt.date(2026, 3, 31)
    assert open_ones("institution.annual_report") == [(2, due), (60, due)]
    now = stand_on(dt.date(2026, 3, 30))
    actor = call(user)["actor"]
    file_annual_report(actor=actor, now=now, institution_id=made.pk, year=2025, figures=FIGURES)
    plan(stand_on, dt.date(2026, 3, 30))
    assert open_ones("institution.annual_report") == []


def test_who_came_after_the_last_day_owes_no_report(stand_on) -> None:
    lab()
    plan(stand_on, dt.date(2026, 3, 31))
    assert not Reminder.objects.exists()


def test_the_sample_of_the_quarter(stand_on) -> None:
    made, user = old_lab()
    plan(stand_on, dt.date(2026, 4, 22))
    assert open_ones("institution.sample") == [(10, dt.date(2026, 4, 30))]
    listed = "R-1,2026-02-03,水,GB 5749-2022"
    sample = {"institution_id": made.pk, "year": 2026, "quarter": 1, "issued": 5, "reports": listed}
    file_sample(actor=call(user)["actor"], now=stand_on(dt.date(2026, 4, 23)), **sample)
    plan(stand_on, dt.date(2026, 4, 23))
    assert open_ones("institution.sample") == []


def test_a_commitment_is_to_be_refreshed_and_a_change_to_be_filed(stand_on) -> None:
    made, user = old_lab()
    row = published(made, user)
    change = ChangeFiling.objects.create(
        institution=made, kind="site", occurred_on=row.published_on, description="示例", due_on=row.refresh_due
    )
    plan(stand_on, row.refresh_due - dt.timedelta(days=3))
    assert open_ones("institution.commitment") == [(7, row.refresh_due)]
    assert open_ones("institution.change") == [(3, row.refresh_due)]
    renewed = published(made, user)
    type(row).objects.filter(pk=renewed.pk).update(refresh_due=row.refresh_due + dt.timedelta(days=365))
    ChangeFiling.objects.filter(pk=change.pk).update(state="filed")
    plan(stand_on, row.refresh_due - dt.timedelta(days=2))
    assert open_ones("institution.commitment") == open_ones("institution.change") == []


def test_an_ending_ban_is_told_to_the_bureau_under_a_masked_name(stand_on) -> None:
    officer = factories.staff(Role.SUPERVISOR)
    now = stand_on(dt.date(2026, 3, 1))
    ban = record_ban(actor=call(officer)["actor"], now=now, facts=factories.ban_facts())
    Ban.objects.filter(pk=ban.pk).update(ends_on=dt.date(2026, 7, 1))
    plan(stand_on, dt.date(2026, 5, 31))
    assert open_ones("ban.ends") == []
    plan(stand_on, dt.date(2026, 6, 1))
    assert open_ones("ban.ends") == [(30, dt.date(2026, 7, 1))]
    [item] = digest_items(list(Reminder.objects.filter(channel="in_app")), today=now.date(), language="en", staff=True)
    assert ban.decision_number in item.text
    assert ban.person_name not in item.text
    assert item.url.endswith(f"/organisations/bans/{ban.pk}/")
    Ban.objects.filter(pk=ban.pk).update(lifted_on=dt.date(2026, 6, 2), **LIFTED)
    plan(stand_on, dt.date(2026, 6, 2))
    assert open_ones("ban.ends") == []


def test_every_event_has_words_in_both_languages() -> None:
    texts = MessageTemplate.objects.values_list("topic", "language", "body")
    known = {(topic, language) for topic, language, body in texts if "{due}" in body and "{days}" in body}
    assert {(event, language) for event in registered() for language in ("zh-hans", "en")} <= known
