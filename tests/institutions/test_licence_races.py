"""Two people at the same instant, and a hundred certificates at once: one wins, and no number is lost or doubled."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction

from apps.accounts.constants import Role
from apps.accounts.selectors import actor_for
from apps.core.problems import Refused
from apps.core.services import next_number
from apps.documents import services as documents
from apps.documents.models import Document
from apps.institutions.models import Licence
from apps.institutions.services.applications import add_material
from apps.parties.constants import MergeState
from apps.parties.services.merges import decide_merge, suggest_merge
from tests import factories
from tests.institutions.casework import Case, prepare
from tests.parties.papers import upload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run the acts on their own connections, starting together; what they gave, or how they were refused."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(n: int) -> None:
        try:
            gate.wait(30)
            results[n] = acts[n]()
        except Refused as refusal:
            results[n] = refusal.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_two_approvers_one_decides() -> None:
    case = Case().to("proposed")
    case.people["other"] = factories.staff(Role.APPROVER)
    version = case.file.version

    def grant(who: object) -> str:
        return case.take(who, "grant", reason="符合许可条件").step

    results = at_once(lambda: grant(Role.APPROVER), lambda: grant("other"))
    assert sorted(map(str, results))[0] == "grant"
    assert results.count("grant") == 1
    assert set(results) - {"grant"} <= {"stale_version", "status"}
    assert case.file.version == version + 1
    assert Licence.objects.count() == 1


def test_withdrawn_while_granted_one_wins() -> None:
    case = Case().to("proposed")
    results = at_once(
        lambda: case.take(Role.APPROVER, "grant", reason="符合许可条件").step,
        lambda: case.take("applicant", "withdraw", reason="不再申请").step,
    )
    assert len({"grant", "withdraw"} & set(map(str, results))) == 1
    assert Licence.objects.count() == (1 if "grant" in results else 0)


def test_a_hundred_numbers_at_once_are_a_hundred_in_a_row() -> None:
    """The counter that numbers licences, from ten connections, one in ten of them taken back."""
    kept: list[int] = []

    def take(n: int) -> None:
        for turn in range(11):
            try:
                with transaction.atomic():
                    number = next_number("cma:2026:24")
                    if turn == n:
                        raise ValueError("taken back")
            except ValueError:
                continue
            kept.append(number)

    at_once(*[lambda n=n: take(n) for n in range(10)])
    assert sorted(kept) == list(range(1, 101))


WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def until_somebody_waits() -> None:
    """Returns once another connection waits for a lock: the order of two acts does not hang on time."""
    deadline = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody ever waited")


def test_an_applicant_and_a_merge_do_not_lock_each_other_out(monkeypatch) -> None:
    """The applicant holds the file and writes a row that names the organisation; the merge comes the other way."""
    case, locked = Case(), threading.Event()
    case.fill()
    other = factories.organisation("示例·另一条记录")
    clerk = factories.staff(Role.WINDOW_CLERK)
    pair = suggest_merge(actor=actor_for(clerk), now=case.now, first_id=other.pk, second_id=case.lab.pk)
    kind = case.application.item.materials.first().kind

    def store_late(**given: object) -> object:
        locked.set()
        until_somebody_waits()
        return documents.store(**given)

    monkeypatch.setattr("apps.institutions.services.applications.store", store_late)

    def hand_in() -> str:
        add_material(**case.by("applicant"), **case.id, kind=kind, upload=upload(name="late.pdf"))
        return "handed in"

    def merge() -> str:
        assert locked.wait(20)
        told = {"version": pair.version, "kept_id": other.pk, "reason": "同一机构"}
        return decide_merge(actor=actor_for(clerk), now=case.now, merge_id=pair.pk, **told).state

    assert at_once(hand_in, merge) == ["handed in", MergeState.MERGED]
    assert case.file.organisation_id == other.pk
    assert not Document.objects.exclude(organisation_id=other.pk).exists()


def test_an_act_on_a_file_that_a_merge_moves_meanwhile_is_told_to_look_again() -> None:
    case, merged = Case(), threading.Event()
    other = factories.organisation("示例·另一条记录")
    clerk = factories.staff(Role.WINDOW_CLERK)
    pair = suggest_merge(actor=actor_for(clerk), now=case.now, first_id=other.pk, second_id=case.lab.pk)

    def merge() -> None:
        with transaction.atomic():
            told = {"version": pair.version, "kept_id": other.pk, "reason": "同一机构"}
            decide_merge(actor=actor_for(clerk), now=case.now, merge_id=pair.pk, **told)
            merged.set()
            until_somebody_waits()

    def hand_in() -> None:
        assert merged.wait(20)
        case.fill()

    assert at_once(merge, hand_in) == [None, "stale_version"]
