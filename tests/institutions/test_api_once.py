"""A call is done once: the same key and content get the same answer, also at the same instant and after a kill."""

import datetime as dt
import multiprocessing
import os
import signal
import threading
import warnings
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from apps.institutions.models import Application
from apps.parties.api.calls import TokenView
from apps.parties.models import AnsweredCall
from apps.parties.services.calls import drop_old_calls
from apps.workflow.models import File
from tests.institutions.casework import Case, prepare
from tests.institutions.machine import Machine, address, codes, etag, owner, path
from tests.parties.papers import upload

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = {"item": "first"}


@pytest.fixture(autouse=True)
def prepared(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


@pytest.fixture
def machine() -> Machine:
    return Machine(*owner())


def begin(machine: Machine, key: str, body: Any = None) -> Any:
    return machine.post(address("applications"), body or FIRST, key=key)


def test_the_same_again_is_answered_and_not_done_again(machine) -> None:
    first = begin(machine, "a")
    again = begin(machine, "a")
    quoted = begin(machine, '"a"')
    for answer in (again, quoted):
        assert (answer.status_code, answer.content) == (201, first.content)
        assert answer.headers["Idempotency-Replayed"] == "true"
        assert answer.headers["Location"] == first.headers["Location"]
        assert answer.headers["ETag"] == first.headers["ETag"]
    assert "Idempotency-Replayed" not in first.headers
    assert File.objects.count() == 1


def test_the_answer_stays_although_the_world_moved_on(machine) -> None:
    first = begin(machine, "a")
    here = first.headers["Location"]
    assert machine.post(f"{here}steps/", {"step": "discard"}, etag=first.headers["ETag"]).status_code == 201
    assert begin(machine, "a").content == first.content
    assert File.objects.get().status == "withdrawn"


def test_a_key_for_other_content_is_refused(machine) -> None:
    begin(machine, "a")
    here = address("scope_imports")
    assert machine.post(here, {"file": upload(name="a.csv")}, key="a").json()["code"] == "idempotency.other"
    assert begin(machine, "a", {"item": "renewal"}).json()["code"] == "idempotency.other"
    assert File.objects.count() == 1


def test_a_key_is_its_tokens_own(machine) -> None:
    other = Machine(machine.token.made_by, machine.token.organisation)
    begin(machine, "a")
    assert begin(other, "a").json()["code"] == "application.draft_exists"


@pytest.mark.parametrize("key", [" ", "a b", "x" * 256, "\u00e9", '""'])
def test_a_post_without_a_usable_key(machine, key) -> None:
    headers = {**machine._headers({}), **({"Idempotency-Key": key} if key != " " else {})}
    answer = machine.client.post(address("applications"), FIRST, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency.missing")
    assert not File.objects.exists()


def test_what_changed_nothing_may_be_tried_again(machine) -> None:
    """A refusal is no answer to keep: the same call does its work once nothing stands against it."""
    begun = begin(machine, "a")
    assert begin(machine, "b").status_code == 409
    assert AnsweredCall.objects.count() == 1
    machine.post(f"{begun.headers['Location']}steps/", {"step": "discard"}, etag=begun.headers["ETag"])
    assert begin(machine, "b").status_code == 201


def test_a_form_is_the_same_whatever_its_boundary(machine) -> None:
    case = Case()
    machine = Machine(case.people["applicant"], case.lab)
    kind = case.application.item.materials.earliest("pk").kind
    sent = [machine.post(path(case, "materials"), {"kind": kind, "file": upload(name="a.pdf")}, key="f") for _n in "ab"]
    assert sent[0].content == sent[1].content
    other = machine.post(path(case, "materials"), {"kind": kind, "file": upload(name="b.pdf")}, key="f")
    assert other.json()["code"] == "idempotency.other"
    assert case.application.file.pk
    assert len(machine.get(path(case)).json()["materials"][0]["documents"]) == 1


def test_a_change_by_patch_is_done_once_too(machine) -> None:
    case = Case()
    machine = Machine(case.people["applicant"], case.lab)
    old = etag(machine, case)
    first, again = (machine.send("patch", path(case), {"address": "甲"}, etag=old, key="p") for _n in "ab")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content


def test_two_at_the_same_instant_do_it_once(machine) -> None:
    """Each on its own connection: one is done; the others are told to wait, or get the same answer."""
    gate, answers = threading.Barrier(6), []

    def run() -> None:
        try:
            gate.wait()
            twin = Client()
            headers = machine._headers({"Idempotency-Key": "a"})
            answers.append(twin.post(address("applications"), FIRST, content_type="application/json", headers=headers))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in done}) == 1
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"idempotency.working"}
    assert sum("Idempotency-Replayed" not in answer.headers for answer in done) == 1
    assert File.objects.count() == Application.objects.count() == AnsweredCall.objects.count() == 1
    assert begin(machine, "a").content == done[0].content


def test_while_one_works_the_other_is_told_to_wait(machine, monkeypatch) -> None:
    """Deterministic: the second call comes while the first is inside its transaction."""
    inside, seen = threading.Event(), []
    go_on = threading.Event()
    whole = TokenView.asked

    def slowly(view: Any, serializer: Any) -> Any:
        inside.set()
        assert go_on.wait(30)
        return whole(view, serializer)

    monkeypatch.setattr(TokenView, "asked", slowly)

    def run() -> None:
        try:
            seen.append(begin(machine, "a"))
        finally:
            connections.close_all()

    first = threading.Thread(target=run)
    first.start()
    assert inside.wait(30)
    second = machine.client.post(
        address("applications"),
        FIRST,
        content_type="application/json",
        headers=machine._headers({"Idempotency-Key": "a"}),
    )
    go_on.set()
    first.join()
    assert (second.status_code, second.json()["code"]) == (409, "idempotency.working")
    assert seen[0].status_code == 201
    assert File.objects.count() == 1


def dies_after_the_commit(machine: Machine) -> None:
    """The process is killed when all is committed and nothing answered."""
    connections.close_all()

    def killed(*_arguments: Any, **_options: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    TokenView.finalize_response = killed  # type: ignore[method-assign]
    begin(machine, "a")


def dies_before_the_commit(machine: Machine) -> None:
    connections.close_all()
    AnsweredCall.objects.create = lambda **_row: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
    begin(machine, "a")


@pytest.mark.parametrize(("kill", "there"), [(dies_after_the_commit, 1), (dies_before_the_commit, 0)])
def test_a_kill_loses_nothing_and_doubles_nothing(machine, kill, there) -> None:
    connections.close_all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # fork beside threads: the child only calls and dies
        child = multiprocessing.get_context("fork").Process(target=kill, args=(machine,))
        child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    assert (File.objects.count(), AnsweredCall.objects.count()) == (there, there)
    again = begin(machine, "a")
    assert again.status_code == 201
    assert ("Idempotency-Replayed" in again.headers) == bool(there)
    assert again.json()["number"] == File.objects.get().number


def test_old_answers_go_after_a_week(machine) -> None:
    begin(machine, "a")
    made = AnsweredCall.objects.get()
    assert drop_old_calls(now=made.at + dt.timedelta(days=6)) == 0
    assert drop_old_calls(now=made.at + dt.timedelta(days=8)) == 1


def test_the_codes_of_a_refusal_are_those_of_the_page(machine) -> None:
    assert codes(begin(machine, "a", {"item": "nonsense"})) == {"invalid_choice"}
