"""Two connections at once: one wins, one is told; numbers have no gaps."""

import datetime as dt
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from apps.audit.models import PublicFact
from apps.clock.models import CalendarDay
from apps.clock.selectors import earliest_due
from apps.clock.services import edit_day
from apps.core.problems import Refused, StaleVersion
from apps.workflow.constants import SUBJECT
from apps.workflow.models import Assignment, File, Transition
from apps.workflow.services import add_rule, advance, claim
from apps.workflow.services.engine import lock_file
from apps.workflow.services.reconciling import reconcile_due
from tests import factories
from tests.workflow.casework import NOON, actor, applicant, applicant_of, at, opened
from tests.workflow.table import APPROVER, CLERK, LEADER

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("calendar")]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act answered, or what it raised; all begin together, each on its own connection."""
    gate = threading.Barrier(len(acts))
    answers: list[Any] = [None] * len(acts)

    def run(n: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            answers[n] = act()
        except Refused as refused:
            answers[n] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def granting(file: File, by: Any) -> Callable[[], Transition]:
    return lambda: advance(actor=actor(by), now=NOON, file_id=file.pk, version=file.version, step="grant")


def test_of_two_approvers_one_wins_and_one_is_told() -> None:
    file = at("concluded")
    answers = at_once(*(granting(file, factories.staff(APPROVER)) for _ in range(2)))
    assert sorted(type(answer).__name__ for answer in answers) == ["StaleVersion", "Transition"]
    assert Transition.objects.filter(file=file, step="grant").count() == 1


def test_of_twenty_approvals_one_is_taken_and_published() -> None:
    file, approver = at("concluded"), factories.staff(APPROVER)
    answers = at_once(*(granting(file, approver) for _ in range(20)))
    assert sum(isinstance(answer, StaleVersion) for answer in answers) == 19
    assert PublicFact.objects.filter(kind="decision").count() == 1


def test_a_withdrawal_during_a_decision() -> None:
    file, approver, member = at("concluded"), factories.staff(APPROVER), None
    member = applicant_of(file)
    withdraw = lambda: advance(  # noqa: E731
        actor=actor(member), now=NOON, file_id=file.pk, version=file.version, step="withdraw"
    )
    answers = at_once(granting(file, approver), withdraw)
    assert sum(isinstance(answer, Transition) for answer in answers) == 1
    file.refresh_from_db()
    assert Transition.objects.filter(file=file, step__in=["grant", "withdraw"]).count() == 1


def test_of_two_claims_one_wins() -> None:
    file = at("submitted")
    clerks = [factories.staff(CLERK) for _ in range(4)]
    answers = at_once(*((lambda c=c: claim(actor=actor(c), now=NOON, file_id=file.pk)) for c in clerks))
    assert sum(isinstance(answer, Assignment) for answer in answers) == 1
    assert Assignment.objects.filter(file=file, until=None).count() == 1


def test_a_hundred_files_opened_at_once_have_a_hundred_consecutive_numbers() -> None:
    members = [applicant() for _ in range(10)]

    def ten(by: Any, organisation: Any) -> None:
        for _ in range(10):
            opened(by, organisation)

    at_once(*((lambda m=m: ten(*m)) for m in members))
    numbers = sorted(File.objects.values_list("number", flat=True))
    assert numbers == [f"SL-2026-{n:05d}" for n in range(1, 101)]


def test_files_that_arrive_at_once_are_shared_out_evenly() -> None:
    add_rule(
        actor=actor(factories.staff(LEADER)),
        now=NOON,
        process="sample",
        matter="",
        division_code="",
        role=CLERK,
        unit=None,
        most=None,
    )
    clerks = [factories.staff(CLERK) for _ in range(3)]
    drafts = [opened() for _ in range(9)]

    def send(file: File) -> None:
        advance(actor=actor(applicant_of(file)), now=NOON, file_id=file.pk, version=1, step="submit")

    at_once(*((lambda f=f: send(f)) for f in drafts))
    loads = [File.objects.filter(holder=clerk).count() for clerk in clerks]
    assert loads == [3, 3, 3]


HOLIDAY = dt.date(2026, 3, 5)  # lies in every limit that begins at NOON
HERE = "pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())"  # others share the server
WAITING = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND {HERE}"


def holiday(allow: Callable[[Any], None] = lambda actor: None) -> CalendarDay:
    """Somebody makes the day a holiday; `allow` is called while the calendar is held."""
    day = CalendarDay.objects.get(pk=HOLIDAY)
    words = {"kind": "holiday", "name": "示例", "notice": "示例通知", "reason": "示例"}
    return edit_day(actor=actor(None), day=day, version=day.version, now=NOON, allow=allow, **words)


def test_an_edited_calendar_day_moves_the_worklist_in_the_same_transaction() -> None:
    file, other = at("submitted"), at("accepted")
    before = [file.due_on, other.due_on]
    with transaction.atomic():
        holiday()
        seen = list(File.objects.order_by("pk").values_list("due_on", flat=True))
    assert seen == [earliest_due(SUBJECT, file.pk), earliest_due(SUBJECT, other.pk)]
    assert all(after > day for after, day in zip(seen, before, strict=True))


def test_a_step_and_an_edited_calendar_day_do_not_wait_for_each_other() -> None:
    """The step holds its file and waits for the clock, the edit holds the clock and passes the file by."""
    file, other = at("submitted"), at("submitted")
    clerk, edited, locked = factories.staff(CLERK), threading.Event(), threading.Event()

    def step() -> Transition:
        with transaction.atomic():
            lock_file(file.pk)
            locked.set()
            assert edited.wait(20)
            return advance(actor=actor(clerk), now=NOON, file_id=file.pk, version=file.version, step="accept")

    def until_the_step_waits(_actor: Any) -> None:
        edited.set()
        deadline = time.monotonic() + 20
        with connection.cursor() as cursor:
            while time.monotonic() < deadline:
                cursor.execute(WAITING)
                if cursor.fetchone()[0]:
                    return
        raise AssertionError("the step never waited for the clock")

    def edit() -> CalendarDay:
        assert locked.wait(20)
        return holiday(until_the_step_waits)

    taken, day = at_once(step, edit)
    assert (type(taken), type(day)) == (Transition, CalendarDay)
    for each in (file, other):
        each.refresh_from_db()
        assert each.due_on == earliest_due(SUBJECT, each.pk)
    assert reconcile_due() == 0


def test_a_file_that_somebody_holds_meanwhile_is_compared_right_afterwards(monkeypatch) -> None:
    file, woken, held, done = at("submitted"), [], threading.Event(), threading.Event()
    monkeypatch.setattr("apps.workflow.services.reconciling._wake", lambda: woken.append(reconcile_due()))

    def hold() -> None:
        with transaction.atomic():
            lock_file(file.pk)
            held.set()
            assert done.wait(20)

    holder = threading.Thread(target=lambda: (hold(), connection.close()))
    holder.start()
    assert held.wait(20)
    with transaction.atomic():
        holiday()
    assert woken == [0]  # still held: the comparison passes it by too, and comes again
    done.set()
    holder.join()
    assert reconcile_due() == 1
    assert File.objects.get(pk=file.pk).due_on == earliest_due(SUBJECT, file.pk)
