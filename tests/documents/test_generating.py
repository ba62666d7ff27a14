"""Asked for once, made once: repeats, races, dead and frozen workers, failures that staff see."""

import datetime as dt
import hashlib
import threading

import pytest
from django.db import connection, transaction

from apps.accounts.constants import Role
from apps.accounts.selectors import actor_for
from apps.audit.models import AuditEntry
from apps.core.actors import Actor
from apps.core.problems import ProblemsFound, Refused
from apps.documents import services
from apps.documents.constants import LEASE, MAX_ATTEMPTS, GeneratedState
from apps.documents.models import GeneratedDocument
from apps.documents.rendering import CannotRender
from apps.documents.samples import sample
from apps.documents.services import generating
from tests import factories
from tests.documents.conftest import NOW
from tests.documents.test_storing import files_below

pytestmark = pytest.mark.django_db(transaction=True)
CODE = "notice_acceptance"
ACTOR = Actor.system("test")


@pytest.fixture(autouse=True)
def clock(monkeypatch, media):
    """The database's clock, which the worker reads; and no broker to wake."""
    stand = {"now": NOW}
    monkeypatch.setattr(generating, "database_now", lambda: stand["now"])
    monkeypatch.setattr(generating, "nudge", lambda: None)
    return stand


def ask(key: str = "file:7:accept", *, params=None, template: str = CODE) -> GeneratedDocument:
    with transaction.atomic():
        return services.request(
            actor=ACTOR,
            now=NOW,
            request_key=key,
            template=template,
            subject_kind="test_case",
            subject_id=7,
            params=params or sample(template),
        )


def state(document: GeneratedDocument) -> str:
    document.refresh_from_db()
    return document.state


def test_asked_and_made(media) -> None:
    document = ask()
    assert document.state == GeneratedState.REQUESTED
    assert services.render_due() == 1
    assert state(document) == GeneratedState.DONE
    [path] = files_below(media)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == document.sha256
    assert document.size == path.stat().st_size
    assert document.seal == "test"
    assert document.number == sample(CODE)["number"]
    verbs = AuditEntry.objects.filter(action__startswith="documents.generated").order_by("pk")
    assert [entry.action.rsplit(".")[-1] for entry in verbs] == ["request", "done"]
    assert services.render_due() == 0


def test_asking_again_is_asking_once() -> None:
    assert ask().pk == ask().pk
    services.render_due()
    assert ask().state == GeneratedState.DONE
    assert AuditEntry.objects.filter(action="documents.generated.request").count() == 1


def test_the_same_key_for_something_else_is_refused() -> None:
    ask()
    with pytest.raises(Refused) as refused:
        ask(params={**sample(CODE), "number": "别的文号"})
    assert refused.value.code == "document.request_key"
    with pytest.raises(Refused):
        ask(template="decision_refusal")


def test_faulty_parameters_are_refused_at_once() -> None:
    with pytest.raises(ProblemsFound):
        ask(params={**sample(CODE), "date": "morgen"})
    assert not GeneratedDocument.objects.exists()


def test_a_rolled_back_act_asks_for_nothing() -> None:
    with transaction.atomic():
        ask()
        transaction.set_rollback(True)
    assert services.render_due() == 0


def together(*acts) -> list[object]:
    """Run the acts in threads of their own, each with its own connection, at the same moment."""
    start, answers = threading.Barrier(len(acts)), []

    def run(act) -> None:
        try:
            start.wait(10)
            answers.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_two_ask_at_the_same_moment() -> None:
    answers = together(*[lambda: ask().pk] * 4)
    assert len(answers) == 4
    assert len(set(answers)) == 1
    assert AuditEntry.objects.filter(action="documents.generated.request").count() == 1


def test_workers_share_the_work_and_make_each_document_once(monkeypatch) -> None:
    monkeypatch.setattr(generating, "render", lambda paper, params, mark: b"%PDF")
    documents = [ask(f"k{n}") for n in range(12)]
    handled = together(*[services.render_due] * 3)
    assert sum(handled) == 12
    assert {(state(document), document.claim) for document in documents} == {(GeneratedState.DONE, 1)}
    assert AuditEntry.objects.filter(action="documents.generated.done").count() == 12


def test_a_dead_workers_document_is_made_by_the_next(clock) -> None:
    document = ask()
    generating.claim_one()  # and the worker dies here
    assert services.render_due() == 0
    clock["now"] = NOW + LEASE
    assert services.render_due() == 1
    assert state(document) == GeneratedState.DONE
    assert document.claim == 2


def test_a_frozen_worker_changes_nothing_when_it_thaws(clock, media) -> None:
    document = ask()
    frozen = generating.claim_one()
    clock["now"] = NOW + LEASE
    services.render_due()
    made = document.sha256 or GeneratedDocument.objects.get().sha256
    assert generating.handle(frozen) == "lost"
    assert generating._failed(frozen, "late", final=True) == "lost"
    assert state(document) == GeneratedState.DONE
    assert document.sha256 == made
    assert len(files_below(media)) == 1


def test_a_lease_from_a_clock_that_had_jumped_counts_as_past() -> None:
    document = ask()
    generating.claim_one()
    GeneratedDocument.objects.update(lease_until=NOW + dt.timedelta(days=1))
    assert services.render_due() == 1
    assert state(document) == GeneratedState.DONE


def test_a_missing_glyph_fails_at_once_and_says_which() -> None:
    document = ask(params={**sample(CODE), "addressee": "示例·\U00020021"})
    services.render_due()
    assert state(document) == GeneratedState.FAILED
    assert "U+20021" in document.failure
    assert document.attempts == 1
    entry = AuditEntry.objects.get(action="documents.generated.fail")
    assert "U+20021" in entry.after["failure"]
    assert [p.code for p in services.check(CODE, document.params)] == ["paper.glyph"]


def test_a_passing_fault_is_tried_again_and_at_last_seen(monkeypatch, clock, media) -> None:
    monkeypatch.setattr(generating, "render", lambda *a, **k: (_ for _ in ()).throw(OSError("disk full")))
    document = ask()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert services.render_due() == 1
        assert state(document) == (GeneratedState.FAILED if attempt == MAX_ATTEMPTS else GeneratedState.REQUESTED)
        assert services.render_due() == 0
        clock["now"] = document.next_at
    assert "disk full" in document.failure
    assert files_below(media) == []


def test_a_worker_that_dies_each_time_is_not_tried_for_ever(clock) -> None:
    document = ask()
    for _n in range(MAX_ATTEMPTS):
        assert generating.claim_one() is not None
        clock["now"] += LEASE
    services.render_due()
    assert state(document) == GeneratedState.FAILED


def failed(monkeypatch) -> GeneratedDocument:
    def never(*_args, **_options):
        raise CannotRender("字库缺少字符")

    document = ask()
    with monkeypatch.context() as patch:
        patch.setattr(generating, "render", never)
        services.render_due()
    return document


def test_staff_try_again(monkeypatch) -> None:
    document = failed(monkeypatch)
    clerk = actor_for(factories.staff(Role.WINDOW_CLERK))
    services.retry(actor=clerk, now=NOW, document_id=document.pk)
    assert services.render_due() == 1
    assert state(document) == GeneratedState.DONE
    assert AuditEntry.objects.get(action="documents.generated.retry").actor_id == clerk.user_id
    with pytest.raises(Refused) as refused:
        services.retry(actor=clerk, now=NOW, document_id=document.pk)
    assert refused.value.code == "document.not_failed"


@pytest.mark.parametrize("role", [Role.APPROVER, Role.LEADER, Role.SYSTEM_ADMIN])
def test_nobody_else_tries_again(monkeypatch, role) -> None:
    document = failed(monkeypatch)
    with pytest.raises(Refused):
        services.retry(actor=actor_for(factories.staff(role)), now=NOW, document_id=document.pk)
    assert state(document) == GeneratedState.FAILED
