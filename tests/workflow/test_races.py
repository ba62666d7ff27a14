"""Two connections at once: one wins, one is told; numbers have no gaps."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from apps.audit.models import PublicFact
from apps.core.problems import Refused, StaleVersion
from apps.workflow.models import Assignment, File, Transition
from apps.workflow.services import add_rule, advance, claim
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
