"""What holds of every process that any app registers, through every way in: nobody approves their own step, no state
is skipped, every sentence is there in both languages, and the database refuses whoever writes past the engine.

A new process falls under this by being registered. The lists of pairs come from tests/workflow/standing.py, which
reads the law and not the rules that the engine asks.
"""

import ast
import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError
from django.urls import reverse
from django.utils.translation import override

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.notifications.models import MessageTemplate
from apps.notifications.rules import fill
from apps.notifications.services.loading import load_rules
from apps.parties.constants import BodyDuty
from apps.workflow.bindings import processes
from apps.workflow.constants import OPENED, TOLD
from apps.workflow.models import Assignment, File, Named, Transition
from apps.workflow.policies import allowed_steps, can_claim, hindrances
from apps.workflow.process import APPLICANT, CLOCK, Process, Step, handler
from apps.workflow.rules import check_process, texts_of
from apps.workflow.services import advance, bulk_assign, claim
from tests import factories
from tests.architecture.tree import ROOT, python_files
from tests.workflow.bodywork import HANDLED, colleague
from tests.workflow.casework import NOON, actor, signed_in
from tests.workflow.standing import (
    Desks,
    applicant_of_new,
    bared,
    incompatible,
    name_to,
    reachable,
    refused_code,
    stand,
)

PROCESSES = [*processes(), HANDLED]  # those of the apps, and one that a certification body works
every_process = pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.code)
LANGUAGES = ("zh-hans", "en")
ON = today(NOON)


def test_there_is_something_to_prove() -> None:
    assert {"cma", "cma_check", "cma_revoke", "cma_cancel", "cma_rectify"} <= {process.code for process in PROCESSES}
    assert sum(len(list(incompatible(process))) for process in PROCESSES) > 300


# The tables


@every_process
def test_the_table_is_sound(process: Process) -> None:
    assert check_process(process) == []


@every_process
def test_every_state_has_an_exit_or_is_final_and_leads_to_an_end(process: Process) -> None:
    ends = {state.code for state in process.states if state.final}
    for state in process.states:
        leaving = [step.code for step in process.steps if state.code in step.sources]
        assert bool(leaving) != state.final, state.code
        assert reachable(process, state.code) & ends, state.code
    assert reachable(process, process.start) == {state.code for state in process.states}


@every_process
def test_something_is_decided_and_what_is_published_follows_a_decision(process: Process) -> None:
    decided = {step.target for step in process.steps if step.decides}
    assert decided, "no step decides: separation of duties has nothing to stand apart from"
    after = {status for target in decided for status in reachable(process, target)}
    for step in process.steps:
        if step.publishes and step.by_desk:
            assert step.decides or {*step.sources} <= after, step.code


def empty_texts(process: Process) -> list[str]:
    """Every text of a table that is empty in one of the languages, or in English is still Chinese."""
    wrong = []
    for place, text in texts_of(process):
        told = {}
        for language in LANGUAGES:
            with override(language):
                told[language] = str(text).strip()
        wrong += [f"{place} ({language})" for language in LANGUAGES if not told[language]]
        if told["en"] == told["zh-hans"]:
            wrong.append(f"{place} is not translated")
    return wrong


@every_process
def test_every_text_renders_in_both_languages(process: Process) -> None:
    assert empty_texts(process) == []


@pytest.mark.django_db
def test_every_step_is_told_in_a_message_that_renders_in_both_languages() -> None:
    load_rules(actor=Actor.system("test"), now=NOON)
    templates = {each.language: each for each in MessageTemplate.objects.filter(topic=TOLD)}
    assert set(templates) == set(LANGUAGES)
    values = {
        "number": "X-1",
        "title": "示例",
        "organisation": "示例",
        "reason": "",
        "name": "",
        "bureau": "",
        "link": "",
    }
    for process in PROCESSES:
        for step in process.steps:
            for language, template in templates.items():
                with override(language):
                    sentence = str(step.message)
                told = {**values, "message": sentence, "message_en": sentence}
                assert sentence in fill(template.subject, told), (process.code, step.code, language)
                assert sentence in fill(template.body, told), (process.code, step.code, language)


# The engine


@pytest.fixture
def bared_tables(db: None) -> Iterator[None]:
    with bared(PROCESSES), taken_back():
        yield


@contextmanager
def taken_back() -> Iterator[None]:
    """What `stand` puts is explained by nothing: it must never be committed, nor looked at as if it were."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def tried(file: File, step: Step, by: User | None) -> str:
    """How the engine refuses a step on the file as it is."""
    return refused_code(
        lambda: advance(actor=actor(by), now=NOON, file_id=file.pk, version=file.version, step=step.code, reason="理由")
    )


@every_process
@pytest.mark.usefixtures("bared_tables")
def test_nobody_takes_what_their_earlier_step_forbids(process: Process) -> None:
    """Somebody with every desk, after each step of theirs, at each step that must be another's: by the engine."""
    own, others, organisation = Desks(process), Desks(process), factories.organisation()
    wrong, met = [], set[str]()
    for earlier, later in incompatible(process):
        person, other = own.person(later), others.person(later)
        file = stand(process, later.sources[0], organisation, [(earlier, person)], own.body)
        name_to(file, person)
        if (found := tried(file, later, person)) != "separation":
            wrong.append(f"after {earlier}: {later.code} by the same person: {found or 'taken'}")
        if later.code not in met and not later.by_handler:
            if {*later.by} <= process.named_only:
                name_to(file, other)
            wrong += [f"{later.code} is nobody's: {found}" for found in hindrances(file, later, other, ON)]
        met.add(later.code)
    assert wrong == []


@every_process
@pytest.mark.usefixtures("bared_tables")
def test_what_was_done_for_the_absent_forbids_both(process: Process) -> None:
    earlier, later = next((one, two) for one, two in incompatible(process) if two.decides and one != OPENED)
    delegates, absent = Desks(process), Desks(process)
    file = stand(process, later.sources[0], factories.organisation(), body=delegates.body)
    people = {"person": delegates.person(later), "on_behalf_of": absent.person(later)}
    Transition.objects.create(file=file, version=2, step=earlier, to_status="x", actor_label="x", at=NOON, **people)
    if later.by_handler:  # of one body, both
        people["on_behalf_of"] = people["person"]
    assert [tried(file, later, who) for who in people.values()] == ["separation", "separation"]


@every_process
@pytest.mark.usefixtures("bared_tables")
def test_no_step_is_taken_from_a_state_that_the_table_does_not_name(process: Process) -> None:
    desks, (applicant, organisation) = Desks(process), applicant_of_new()
    for state in process.states:
        file = stand(process, state.code, organisation, body=desks.body)
        for step in process.steps:
            if state.code not in step.sources:
                who = applicant if APPLICANT in step.by else None if CLOCK in step.by else desks.person(step)
                assert tried(file, step, who) == "status", f"{step.code} from {state.code}"


@every_process
@pytest.mark.usefixtures("bared_tables")
def test_applicant_desks_and_clock_keep_to_their_own_steps(process: Process) -> None:
    """Also somebody who is both: staff, or a body's people, that act for the organisation never work its files."""
    desks, (applicant, organisation) = Desks(process), applicant_of_new()
    both = Desks(process, organisation)
    for step in process.steps:
        file = stand(process, step.sources[0], organisation, body=desks.body)
        own = applicant if APPLICANT in step.by else None if CLOCK in step.by else desks.person(step)
        for who in (applicant, None, *desks.people):
            if who != own:
                assert tried(file, step, who) == "permission", f"{step.code} by {who}"
        for who in both.people:
            if {*step.by} <= process.named_only:
                name_to(file, who)
            if who.is_staff_member or step.by != (APPLICANT,):
                assert tried(file, step, who) in {"permission", "own_case"}, f"{step.code} by one's own {who}"


# Every way in


def shut(process: Process) -> Iterator[tuple[str, str, Step]]:
    """For each status at whose every staff step one earlier step keeps its taker off: that step, and one of those."""
    pairs = {(earlier, later.code) for earlier, later in incompatible(process)}
    for state in process.states:
        steps = [step for step in process.steps_from(state.code) if step.by_desk]
        for earlier in sorted({one for one, _later in pairs}):
            if steps and all((earlier, step.code) in pairs for step in steps):
                yield state.code, earlier, steps[0]
                break


@every_process
@pytest.mark.usefixtures("bared_tables")
def test_page_form_pool_and_bulk_refuse_as_the_engine_does(process: Process) -> None:
    """The case page offers no button, the form answers 403, the pool gives nothing out, a leader cannot assign it."""
    leader, desks, organisation = factories.staff(Role.LEADER), Desks(process), factories.organisation()
    clients, met = {person.pk: signed_in(person) for person in desks.people}, 0
    for status, earlier, step in shut(process):
        person = desks.person(step)
        file = stand(process, status, organisation, [(earlier, person)], desks.body)
        name_to(file, person)
        client, form = clients[person.pk], reverse("workflow:step", args=[file.pk, step.code])
        page = client.get(reverse("workflow:file", args=[file.pk]))
        offered = [each for each in page.context["case"].actions if each.step.by_desk]
        assert offered, status
        assert all(each.why_not for each in offered), status
        assert form not in page.content.decode(), status
        answer = client.post(form, {"version": file.version, "reason": "理由"})
        assert answer.status_code == 403, (status, step.code)
        assert not can_claim(person, file, ON), status
        assert refused_code(lambda: claim(actor=actor(person), now=NOON, file_id=file.pk)) != "", status  # noqa: B023
        (outcome,) = bulk_assign(actor=actor(leader), now=NOON, ids=[file.pk], user=person)
        assert (outcome.done, bool(outcome.said)) == (False, True), status
        file.refresh_from_db()
        assert (file.status, file.holder_id) == (status, None)
        met += 1
    assert met > 0
    assert not Assignment.objects.filter(file__process=process.code).exists()


@every_process
@pytest.mark.usefixtures("bared_tables")
def test_a_crafted_post_skips_no_state(process: Process) -> None:
    """Each step posted to its form from a state that it does not leave, by whose step it is: 409, nothing moved."""
    desks, (applicant, organisation) = Desks(process), applicant_of_new()
    clients = {person.pk: signed_in(person) for person in (applicant, *desks.people)}
    for n, step in enumerate(process.steps):
        elsewhere = [state.code for state in process.states if state.code not in step.sources]
        status = elsewhere[n % len(elsewhere)]
        who = desks.person(step) if step.by_desk else applicant
        file = stand(process, status, organisation, [("x", applicant)], desks.body)
        name_to(file, who)
        told = {"version": file.version, "reason": "理由", "status": step.target, "step": step.code}
        if not process.opened_by & {APPLICANT} and not step.by_desk:
            continue  # of office, and the applicant was told of nothing yet: absent, see workflow.policies
        answer = clients[who.pk].post(reverse("workflow:step", args=[file.pk, step.code]), told)
        assert answer.status_code == 409, (step.code, status)
        file.refresh_from_db()
        assert (file.status, file.version) == (status, 2)


@every_process
@pytest.mark.usefixtures("bared_tables")
def test_the_page_offers_each_desk_its_own_steps_and_no_others(process: Process) -> None:
    organisation, body = factories.organisation(), Desks(process).body
    people = {str(role): factories.staff(role) for role in Role}
    if body is not None:
        people |= {handler(duty): colleague(body, duty) for duty in BodyDuty}
    for state in process.states:
        file = stand(process, state.code, organisation, body=body)
        for desk, person in people.items():
            if desk in process.named_only:
                Named.objects.create(file=file, user=person, role=desk, since=NOON)
            offered = {offer.step.code for offer in allowed_steps(file, person, ON)}
            assert offered == {step.code for step in process.steps_from(state.code) if desk in step.by}


# The database


@every_process
@pytest.mark.django_db
def test_the_database_refuses_every_status_that_no_transition_explains(process: Process) -> None:
    """The ORM and plain SQL, from every status to every other."""
    codes = [state.code for state in process.states]
    with taken_back(), connection.cursor() as cursor:
        files = {code: stand(process, code, factories.organisation()).pk for code in codes}
        for code, other in itertools.permutations(codes, 2):
            with pytest.raises(InternalError, match="no transition explains"), transaction.atomic():
                File.objects.filter(pk=files[code]).update(status=other, version=2)
            with pytest.raises(InternalError, match="no transition explains"), transaction.atomic():
                cursor.execute("UPDATE workflow_file SET status = %s WHERE id = %s", [other, files[code]])


MAKERS = {
    "apps/workflow/services/engine.py",
    "apps/workflow/benches.py",
}  # the bench copies rows into an empty database
# Who acts, at each place where a step is taken: the person of the request, of the token, of the caller, or the clock.
ACTORS = {"actor_of(request)", "call_of(request)", "self.call", "actor", "ACTOR"}


def calls(word: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call in files of the apps that hold a word, but for the demo, which acts as its own people."""
    for path in python_files("apps"):
        text, name = path.read_text(), str(path.relative_to(ROOT))
        if word in text and "/demo/" not in name and not name.endswith("/demo.py"):
            yield from ((name, node) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))


def test_only_the_engine_makes_files_and_transitions() -> None:
    made = re.compile(r"(File|Transition)(\.objects\.(bulk_|get_or_|update_or_)?create)?")
    found = {name for name, call in calls("apps.workflow.models") if made.fullmatch(ast.unparse(call.func))}
    assert "apps/workflow/services/engine.py" in found
    assert found - MAKERS == set()


def test_every_way_in_acts_as_who_asks() -> None:
    """A step is taken by whoever is signed in, holds the token or called the service, never by a name that was sent."""
    found = [(name, call) for name, call in calls("advance") if ast.unparse(call.func) == "advance"]
    assert len(found) >= 5
    for name, call in found:
        acting = {ast.unparse(each.value) for each in call.keywords if each.arg in (None, "actor")} & ACTORS
        assert len(acting) == 1, f"{name}: {ast.unparse(call)}"
