"""Two people at the same instant, and a hundred certificates at once: one wins, and no number is lost or doubled."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections, transaction

from apps.accounts.constants import Role
from apps.core.problems import Refused
from apps.core.services import next_number
from apps.institutions.models import Licence
from tests import factories
from tests.institutions.casework import Case, prepare

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
