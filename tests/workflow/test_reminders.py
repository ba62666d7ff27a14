"""Who is reminded of which limit on which day, and when it stops: the clock of a file moves, is stopped, is missed."""

import datetime as dt
from collections.abc import Callable

import pytest

from apps.accounts.models import User
from apps.clock import lapses
from apps.clock.models import CalendarDay, Deadline
from apps.clock.services import edit_day, sweep
from apps.notifications.models import Message, Reminder, ReminderRule
from apps.notifications.services import (
    RuleChange,
    change_rule,
    close_settled,
    plan_reminders,
    proposed,
    reconcile,
    would_create,
)
from apps.notifications.services.composing import open_reminders
from apps.workflow.models import Absence, File
from apps.workflow.services import assign, claim, recuse
from tests import factories
from tests.notifications.conftest import stand_on as stand_on
from tests.reference import load_rules
from tests.workflow.casework import NOON, actor, applicant_of, at, take
from tests.workflow.table import APPROVER, CLERK, LEADER, REVIEWER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar", "house")]

Stand = Callable[[dt.date], dt.datetime]


@pytest.fixture
def house(monkeypatch) -> None:
    """Rules and a leader; nothing follows from a lapse."""
    load_rules()
    factories.staff(LEADER)
    monkeypatch.setattr(lapses, "_consequences", {})


def on(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


def leader() -> User:
    return User.objects.get(role_grants__role=LEADER)


def digest_of(user: User) -> Message:
    return Message.objects.get(recipient=user, channel="email", topic="reminder.digest")


def told(user: User, **filters) -> list[tuple[str, int, str]]:
    """(event, threshold, last day) of the reminders that a person has in the portal, open ones only."""
    mine = Reminder.objects.filter(recipient=user, channel="in_app", closed_at=None, **filters).order_by("pk")
    return [
        (event[9:], threshold, f"{due:%m-%d}")
        for event, threshold, due in mine.values_list("event", "threshold", "due_on")
    ]


def plan(stand_on: Stand, *days: str) -> None:
    for day in days:
        stand_on(on(day))
        plan_reminders()
        assert reconcile(day=on(day)).nothing


def test_half_most_and_last_day_of_the_limit_then_missed(stand_on) -> None:
    """Submitted on Monday 2 March: five working days to accept, the last is Monday the 9th."""
    clerk, file = factories.staff(CLERK), at("submitted")
    claim(actor=actor(clerk), now=NOON, file_id=file.pk)
    reached = {}
    for day in ("03-03", "03-04", "03-05", "03-06", "03-07", "03-08", "03-09"):
        plan(stand_on, day)
        reached[day] = [threshold for _event, threshold, _due in told(clerk)]
    half, most = 1050, 1020
    assert reached["03-04"] == []
    assert reached["03-05"] == [half]  # three of five days are used
    assert reached["03-06"] == [half, most]
    assert reached["03-08"] == [half, most]  # a weekend uses nothing
    assert reached["03-09"] == [half, most, 0]
    assert told(leader()) == told(clerk)
    sweep(actor=actor(None), now=stand_on(on("03-10")))
    plan(stand_on, "03-10")
    assert told(clerk) == told(leader()) == [("overdue", -1, "03-09")]
    plan(stand_on, "03-11", "03-12", "03-13")
    assert [threshold for _event, threshold, _due in told(leader())] == [-1, -3]
    assert not told(applicant_of(file))


def test_a_missed_week_is_one_reminder_and_one_digest(stand_on) -> None:
    clerk = factories.staff(CLERK)
    files = [at("submitted") for _ in range(3)]
    plan(stand_on, "03-02")
    plan(stand_on, "03-09")
    assert told(clerk) == [("deadline", 0, "03-09")] * 3
    assert Message.objects.filter(recipient=clerk, channel="in_app", topic="reminder.digest").count() == 1
    take(files[0], "accept", clerk, now=stand_on(on("03-09")))
    close_settled(now=stand_on(on("03-09")), day=on("03-09"))
    assert len(told(clerk)) == 2


def test_planned_twice_is_once(stand_on) -> None:
    at("submitted")
    plan(stand_on, "03-06")
    before = Reminder.objects.count()
    assert plan_reminders().reminders == plan_reminders(thorough=True).reminders == 0
    assert before == Reminder.objects.count() > 0


def test_an_unclaimed_file_is_everybodys_of_its_desk_until_somebody_takes_it(stand_on) -> None:
    first, second = factories.staff(CLERK), factories.staff(CLERK)
    elsewhere = factories.staff(CLERK, at=factories.unit("wanshan", "520603", "branch"))
    away, file = factories.staff(REVIEWER), at("submitted")
    plan(stand_on, "03-05")
    assert told(first) == told(second) == [("deadline", 1050, "03-09")]
    assert not told(elsewhere)
    assert not told(away)
    claim(actor=actor(first), now=NOON, file_id=file.pk)
    plan(stand_on, "03-06")
    assert told(first) == [("deadline", 1050, "03-09"), ("deadline", 1020, "03-09")]
    assert not told(second)


def test_the_file_moves_to_another_desk_and_takes_its_reminders_along(stand_on) -> None:
    clerk, reviewer, file = factories.staff(CLERK), factories.staff(REVIEWER), at("submitted")
    plan(stand_on, "03-06")
    mail = digest_of(clerk)
    take(file, "accept", clerk, now=stand_on(on("03-06")))
    assert not open_reminders(mail)  # what is not sent yet goes out without it
    plan(stand_on, "03-07")
    assert not told(clerk)
    due = Deadline.objects.get(subject_id=file.pk, ended_on=None).due_on
    plan(stand_on, f"{due:%m-%d}")
    assert told(reviewer) == [("deadline", 0, f"{due:%m-%d}")]


def test_whoever_gets_the_file_is_told_and_who_had_it_no_more(stand_on) -> None:
    clerk, other, file = factories.staff(CLERK), factories.staff(CLERK), at("submitted")
    claim(actor=actor(clerk), now=NOON, file_id=file.pk)
    plan(stand_on, "03-05")
    assign(actor=actor(leader()), now=NOON, file_id=file.pk, user_id=other.pk, reason="示例")
    close_settled(now=stand_on(on("03-05")), day=on("03-05"))
    assert not told(clerk)
    plan(stand_on, "03-05")
    assert told(other) == [("deadline", 1050, "03-09")]


def test_a_delegate_is_told_while_the_holder_is_away(stand_on) -> None:
    clerk, delegate, file = factories.staff(CLERK), factories.staff(CLERK), at("submitted")
    claim(actor=actor(clerk), now=NOON, file_id=file.pk)
    Absence.objects.create(user=clerk, delegate=delegate, first_on=on("03-05"), last_on=on("03-05"))
    plan(stand_on, "03-05")
    assert len(told(delegate)) == 1
    plan(stand_on, "03-06")
    assert not told(delegate)
    assert len(told(clerk)) == 2


def test_nobody_is_told_of_a_file_that_they_are_kept_off(stand_on) -> None:
    off, own, clerk, file = factories.staff(CLERK), factories.staff(CLERK), factories.staff(CLERK), at("submitted")
    recuse(actor=actor(off), now=NOON, file_id=file.pk, user_id=off.pk, reason="亲属任职")
    factories.member(own, file.organisation)
    plan(stand_on, "03-05")
    assert [bool(told(one)) for one in (off, own, clerk)] == [False, False, True]


def test_a_pause_silences_and_the_new_last_day_is_told(stand_on) -> None:
    clerk, file = factories.staff(CLERK), at("submitted")
    claim(actor=actor(clerk), now=NOON, file_id=file.pk)
    plan(stand_on, "03-05")
    old = digest_of(clerk)
    take(file, "correct", clerk, reason="缺少设备清单", now=stand_on(on("03-05")))
    assert not open_reminders(old)
    plan(stand_on, "03-06", "03-16")
    assert not told(clerk)
    take(file, "answer", applicant_of(file), now=stand_on(on("03-16")))
    plan(stand_on, "03-16")
    assert told(clerk) == [("deadline", 1050, "03-18")]  # three days of five were used before the pause
    plan(stand_on, "03-17")
    assert told(clerk)[-1] == ("deadline", 1020, "03-18")


def test_an_edited_calendar_day_retires_what_is_not_sent(stand_on) -> None:
    clerk, file = factories.staff(CLERK), at("submitted")
    plan(stand_on, "03-06")
    assert told(clerk) == [("deadline", 1020, "03-09")]
    mail = digest_of(clerk)
    day = CalendarDay.objects.get(pk=on("03-09"))
    words = {"kind": "holiday", "name": "示例", "notice": "示例通知", "reason": "示例", "allow": lambda actor: None}
    edit_day(actor=actor(None), day=day, version=day.version, now=stand_on(on("03-06")), **words)
    assert not open_reminders(mail)
    plan(stand_on, "03-06")
    assert told(clerk) == [("deadline", 1020, "03-10")]
    assert File.objects.get(pk=file.pk).due_on == on("03-10")


def test_a_leader_of_the_unit_else_of_the_one_above(stand_on) -> None:
    bureau = leader()
    branch = factories.unit("bijiang", "520602", "branch")
    at("submitted", unit=branch)
    plan(stand_on, "03-05")
    assert len(told(bureau)) == 1
    own = factories.staff(LEADER, at=branch)
    plan(stand_on, "03-06")
    assert (len(told(own)), told(bureau)) == (1, [])


def test_a_rule_may_say_other_shares_and_its_preview_counts_them(stand_on) -> None:
    clerk, _file = factories.staff(CLERK), at("submitted")
    rule = ReminderRule.objects.get(event="workflow.deadline", variant="accept")
    change = RuleChange(
        offsets=[],
        shares=[20],
        recipients=["holder"],
        channels=["in_app"],
        effective_from=on("03-03"),
        legal_basis="示例",
    )
    now = stand_on(on("03-03"))
    assert would_create(proposed(rule, change), day=on("03-03")) == (1, 1)
    boss = factories.staff(factories.Role.SUPERVISOR)
    change_rule(actor=actor(boss), rule=rule, change=change, version=rule.version, now=now)
    plan(stand_on, "03-03")
    assert told(clerk) == [("deadline", 1080, "03-09")]
    assert not told(leader())
    assert not told(factories.staff(APPROVER))
