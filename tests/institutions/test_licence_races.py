"""Two people at the same instant, and a hundred certificates at once: one wins, and no number is lost or doubled."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role
from apps.accounts.selectors import actor_for
from apps.audit.models import PublicFact
from apps.core.problems import Refused
from apps.documents import services as documents
from apps.documents.models import Document
from apps.institutions.models import Application, Item, Licence
from apps.institutions.rules.licensing import LICENSING
from apps.institutions.services.applications import add_material
from apps.parties.constants import MergeState, OrganisationKind
from apps.parties.services.merges import decide_merge, suggest_merge
from apps.workflow.models import File
from apps.workflow.services import advance
from tests import factories
from tests.institutions.casework import Case, prepare
from tests.parties.papers import upload
from tests.workflow.standing import stand

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts on their own connections, starting together; what they gave, or how they were refused."""
    gate, results = threading.Barrier(len(acts)), list[Any]([None] * len(acts))

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


def test_two_approvers_at_their_pages_one_decides_and_one_is_told() -> None:
    """Both have the form open and press at once: one decision, one 409 that keeps what was typed; the same later."""
    case = Case().to("proposed")
    case.people["other"] = factories.staff(Role.APPROVER)
    address = reverse("institutions:take", args=[case.file.pk, "grant"])
    told = {"version": case.file.version, "reason": "符合许可条件，准予许可。"}
    clients = [Client(), Client()]
    for client, who in zip(clients, (Role.APPROVER, "other"), strict=True):
        client.force_login(case.person(who))
        assert client.get(address).status_code == 200

    answers = at_once(*(lambda client=client: client.post(address, told) for client in clients))
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    lost = next(n for n, answer in enumerate(answers) if answer.status_code == 409)
    for answer in (answers[lost], clients[lost].post(address, told)):
        assert answer.status_code == 409
        assert told["reason"] in answer.content.decode()
    assert case.file.version == told["version"] + 1
    assert Licence.objects.count() == 1
    assert PublicFact.objects.filter(kind="cma.granted").count() == 1


def test_withdrawn_while_granted_one_wins() -> None:
    case = Case().to("proposed")
    results = at_once(
        lambda: case.take(Role.APPROVER, "grant", reason="符合许可条件").step,
        lambda: case.take("applicant", "withdraw", reason="不再申请").step,
    )
    assert len({"grant", "withdraw"} & set(map(str, results))) == 1
    assert Licence.objects.count() == (1 if "grant" in results else 0)


def test_a_hundred_certificates_at_once_have_a_hundred_consecutive_numbers() -> None:
    """A hundred decisions by ten approvers on ten connections, one in ten of them taken back: the numbers close up."""
    now, item = timezone.now(), Item.objects.get(pk="first")
    firms = [factories.organisation(kind=OrganisationKind.INSTITUTION) for _ in range(10)]
    with transaction.atomic():  # the database asks for an explanation when this commits
        files = [stand(LICENSING, "proposed", firms[n % 10]) for n in range(110)]
    Application.objects.bulk_create(
        Application(file=file, item=item, field="12", address="示例路1号") for file in files
    )
    approvers = [factories.staff(Role.APPROVER) for _ in range(10)]

    def decide(n: int) -> None:
        for turn, file in enumerate(files[n * 11 : n * 11 + 11]):
            told = {"file_id": file.pk, "version": 1, "step": "grant", "reason": "符合许可条件"}
            with suppress(KeyboardInterrupt), transaction.atomic():
                advance(actor=actor_for(approvers[n]), now=now, **told)
                if turn == n:
                    raise KeyboardInterrupt

    at_once(*[lambda n=n: decide(n) for n in range(10)])
    numbers = sorted(Licence.objects.values_list("number", flat=True))
    assert len(numbers) == 100
    assert [int(number[-4:]) for number in numbers] == list(range(1, 101))
    assert len({number[:-4] for number in numbers}) == 1
    assert File.objects.filter(status="decided").count() == 100


HERE = "pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())"  # others share the server
WAITING = f"SELECT count(*) FROM pg_locks WHERE NOT granted AND {HERE}"


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
