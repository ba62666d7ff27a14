"""Taking steps: what is written, and what is refused."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.audit.models import AuditEntry, PublicFact
from apps.clock import selectors as clock
from apps.clock.services import sweep
from apps.core.actors import Actor
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.notifications.models import Message
from apps.parties.constants import MembershipRole
from apps.parties.models import Membership
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File, Transition
from apps.workflow.services import advance, open_file
from tests import factories
from tests.workflow import casework
from tests.workflow.casework import DAY, NOON, actor, applicant, applicant_of, at, opened, take
from tests.workflow.table import CLERK, REVIEWER, SAMPLE, Facts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]


def refused(file: File, step: str, by: User | None, **more: object) -> Refused:
    with pytest.raises(Refused) as found:
        take(file, step, by, **more)
    return found.value


def test_a_file_is_opened_numbered_and_explained() -> None:
    first, second = opened(), opened()
    assert (first.number, second.number) == ("SL-2026-00001", "SL-2026-00002")
    assert (first.status, first.version, first.submitted_at) == ("draft", 1, None)
    line = Transition.objects.get(file=first)
    assert (line.step, line.from_status, line.to_status, line.version) == ("open", "", "draft", 1)
    entry = AuditEntry.objects.get(action="workflow.file.open", subject_id=str(first.pk))
    assert entry.after["number"] == first.number


def test_only_ones_own_organisation_opens_a_file() -> None:
    outsider, organisation = factories.person(), factories.organisation()
    with pytest.raises(Refused, match="岗位"):
        opened(outsider, organisation)
    with pytest.raises(Refused, match="岗位"):
        opened(factories.staff(REVIEWER), organisation)
    assert opened(factories.staff(CLERK), organisation).organisation == organisation


def test_an_unknown_matter_is_refused() -> None:
    with pytest.raises(Refused, match="third"):
        opened(matter="third")


def test_a_step_moves_the_file_and_writes_everything_down() -> None:
    file = at("submitted")
    clerk = factories.staff(CLERK)
    take(file, "accept", clerk, now=NOON + DAY)
    file.refresh_from_db()
    assert (file.status, file.status_since, file.version) == ("accepted", NOON + DAY, 3)
    line = Transition.objects.get(file=file, version=3)
    assert (line.step, line.from_status, line.to_status, line.person) == ("accept", "submitted", "accepted", clerk)
    entry = AuditEntry.objects.get(action="workflow.file.advance", after__version=3, subject_id=str(file.pk))
    assert (entry.before, entry.actor_id) == ({"status": "submitted"}, clerk.pk)


def test_the_deciding_step_is_published_and_closes_the_file() -> None:
    file = at("granted")
    fact = PublicFact.objects.get(kind="decision", subject_id=file.number)
    assert f'"number":"{file.number}","result":"granted"' in fact.payload
    assert (file.closed_at, file.holder, file.days_taken) == (NOON, None, 0)
    assert casework.effects == [("grant", "granted")]


def test_people_are_told_in_both_languages() -> None:
    file = at("submitted")
    take(file, "accept", factories.staff(CLERK))
    told = Message.objects.get(topic="workflow.told", recipient=applicant_of(file), channel="in_app")
    assert told.params["message"] == "申请已受理。"
    assert told.params["number"] == file.number
    assert told.params["path"] == f"/sample/{file.pk}/"
    assert told.params["until"] == "2026-12-31"


def test_whoever_left_the_organisation_is_told_no_more() -> None:
    file = opened()
    agent = factories.person()
    membership = factories.member(agent, file.organisation, role=MembershipRole.MEMBER)
    take(file, "submit", agent)
    Membership.objects.filter(pk=membership.pk).update(ends_on=NOON.date())
    clerk = factories.staff(CLERK)
    take(file, "correct", clerk, reason="缺少设备清单")
    take(file, "answer", applicant_of(file), now=NOON + DAY)
    take(file, "accept", clerk, now=NOON + DAY)
    told = Message.objects.filter(topic="workflow.told", recipient=agent, channel="in_app")
    assert [each.params["message"] for each in told] == ["申请需要补正。"]


def test_the_clocks_of_a_row() -> None:
    file = at("submitted")
    assert file.due_on == dt.date(2026, 3, 9)  # five working days after Monday
    clerk = factories.staff(CLERK)
    take(file, "correct", clerk, reason="缺少设备清单", now=NOON + DAY)
    file.refresh_from_db()
    assert file.due_on is None
    take(file, "answer", applicant_of(file), now=NOON + 3 * DAY)
    file.refresh_from_db()
    assert file.due_on == dt.date(2026, 3, 11)
    take(file, "accept", clerk, now=NOON + 4 * DAY)
    open_codes = [view.code for view in clock.running(SUBJECT, [file.pk])[file.pk]]
    assert open_codes == ["CMA.DECIDE"]


def test_at_an_end_no_clock_runs_on() -> None:
    file = at("submitted")
    take(file, "withdraw", applicant_of(file))
    file.refresh_from_db()
    assert clock.running(SUBJECT, [file.pk]) == {}
    assert (file.due_on, file.status) == (None, "withdrawn")


def test_silence_beyond_the_limit_accepts_by_law() -> None:
    file = at("submitted")
    late = dt.datetime(2026, 3, 10, 1, 0, tzinfo=dt.UTC)
    assert sweep(actor=Actor.system("sweep"), now=late).lapsed == 1
    file.refresh_from_db()
    line = Transition.objects.get(file=file, step="deem")
    assert (file.status, line.person, line.actor_label) == ("accepted", None, "system:clock")
    assert sweep(actor=Actor.system("sweep"), now=late).lapsed == 0
    told = Message.objects.filter(topic="workflow.told", recipient=applicant_of(file), channel="in_app")
    assert "视为受理" in told.latest("pk").params["message"]


def test_what_the_law_accepted_by_silence_is_not_paused_before_the_sweep() -> None:
    file = at("submitted")
    late = dt.datetime(2026, 3, 10, 1, 0, tzinfo=dt.UTC)
    found = refused(file, "correct", factories.staff(CLERK), reason="缺少设备清单", now=late)
    assert found.code == "clock.lapsed"


def test_a_step_out_of_turn_is_refused() -> None:
    file = at("submitted")
    assert refused(file, "grant", factories.staff(Role.APPROVER)).code == "status"
    assert refused(file, "nonsense", factories.staff(Role.APPROVER)).code == "step"
    assert Transition.objects.filter(file=file).count() == 2


def test_an_old_version_is_refused() -> None:
    file = at("submitted")
    clerk = factories.staff(CLERK)
    take(file, "accept", clerk)
    with pytest.raises(StaleVersion):
        take(file, "accept", clerk, version=2)


@pytest.mark.parametrize("role", [role for role in Role if role != CLERK])
def test_another_role_is_refused(role: Role) -> None:
    assert refused(at("submitted"), "accept", factories.staff(role)).code == "permission"


def test_outside_people_take_their_own_steps_only() -> None:
    file = at("submitted")
    stranger, _organisation = applicant()
    assert refused(file, "accept", applicant_of(file)).code == "permission"
    assert refused(file, "withdraw", stranger).code == "permission"
    assert refused(file, "withdraw", factories.staff(CLERK)).code == "permission"


def test_nobody_takes_the_steps_of_the_clock_and_the_clock_no_others() -> None:
    file = at("submitted")
    assert refused(file, "deem", factories.staff(CLERK)).code == "permission"
    assert refused(file, "accept", None).code == "permission"


def test_another_county_is_refused() -> None:
    away = factories.unit("520621", division_code="520621", kind="branch")
    assert refused(at("submitted"), "accept", factories.staff(CLERK, at=away)).code == "scope"
    home = factories.unit("520602", division_code="520602", kind="branch")
    take(at("submitted"), "accept", factories.staff(CLERK, at=home))


def test_all_problems_are_told_at_once() -> None:
    file = at("accepted")
    with pytest.raises(ProblemsFound) as found:
        take(file, "conclude", factories.staff(REVIEWER))
    assert [(p.code, p.place) for p in found.value.problems] == [("required", "score")]
    with pytest.raises(ProblemsFound) as found:
        take(file, "conclude", factories.staff(REVIEWER), inputs={"score": "101"}, reason="长" * 2001)
    assert [p.code for p in found.value.problems] == ["too_long", "range"]


def test_blanks_are_no_input_and_none_are_kept_around_one() -> None:
    file, reviewer = at("accepted"), factories.staff(REVIEWER)
    for blank in ("   ", "\u3000\t"):
        with pytest.raises(ProblemsFound) as found:
            take(file, "conclude", reviewer, inputs={"score": blank})
        assert [(p.code, p.place) for p in found.value.problems] == [("required", "score")]
    take(file, "conclude", reviewer, inputs={"score": " 80 "})
    assert Transition.objects.get(file=file, step="conclude").inputs == {"score": "80"}


def test_a_guard_reads_the_facts_of_the_app() -> None:
    file = opened()
    casework.facts[file.pk] = Facts(complete=False)
    with pytest.raises(ProblemsFound, match="未填的项目"):
        take(file, "submit", applicant_of(file))


def test_what_the_table_does_not_name_is_not_kept() -> None:
    file = at("accepted")
    take(file, "conclude", factories.staff(REVIEWER), inputs={"score": "80", "status": "granted", "is_staff": "1"})
    assert Transition.objects.get(file=file, step="conclude").inputs == {"score": "80"}
    file.refresh_from_db()
    assert file.status == "concluded"


def test_an_absent_file_is_refused() -> None:
    with pytest.raises(Refused) as found:
        advance(actor=actor(factories.staff(CLERK)), now=NOON, file_id=0, version=1, step="accept")
    assert found.value.code == "absent"


def test_an_act_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    file = at("concluded")

    def broken(**_given: object) -> None:
        raise RuntimeError("the app's own write failed")

    monkeypatch.setitem(casework.BINDING.effects, "grant", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        take(file, "grant", factories.staff(Role.APPROVER))
    file.refresh_from_db()
    assert (file.status, Transition.objects.filter(file=file, step="grant").exists()) == ("concluded", False)
    assert not PublicFact.objects.filter(subject_id=file.number).exists()


def forge(file: File, before: str, after: str, version: int) -> None:
    """A transition as somebody at the database might write it."""
    Transition.objects.create(
        file=file, version=version, step="grant", from_status=before, to_status=after, actor_label="x", at=NOON
    )


def at_commit() -> None:
    """Have the deferred triggers speak now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def a_transition_that_no_file_follows(file: File) -> None:
    forge(file, "submitted", "granted", 3)
    at_commit()


def a_transition_that_begins_elsewhere(file: File) -> None:
    forge(file, "concluded", "granted", 3)
    at_commit()


def a_file_that_is_born_further_on(file: File) -> None:
    file.pk, file.number, file.status = None, "X-1", "granted"
    file.save(force_insert=True)
    at_commit()


def the_switch_of_the_triggers_library(file: File) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{workflow_file:file_moves}', true)")
    File.objects.filter(pk=file.pk).update(status="granted")


@pytest.mark.parametrize(
    ("write", "answer"),
    [
        (lambda file: File.objects.filter(pk=file.pk).update(status="granted"), "no transition explains"),
        (lambda file: File.objects.filter(pk=file.pk).update(status="granted", version=3), "no transition explains"),
        (lambda file: File.objects.filter(pk=file.pk).update(version=3), "no transition explains"),
        (lambda file: File.objects.filter(pk=file.pk).update(version=1), "no transition explains"),
        (lambda file: File.objects.filter(pk=file.pk).update(number="SL-2026-99999"), "for ever"),
        (lambda file: File.objects.filter(pk=file.pk).update(process="other"), "for ever"),
        (a_transition_that_no_file_follows, "out of line"),
        (a_transition_that_begins_elsewhere, "out of line"),
        (a_file_that_is_born_further_on, "explains its status"),
        (lambda file: Transition.objects.filter(file=file).update(reason="x"), "append-only"),
        (lambda file: Transition.objects.filter(file=file).first().delete(), "append-only"),
        (the_switch_of_the_triggers_library, "no transition explains"),
    ],
)
def test_the_database_refuses_whoever_writes(write: Callable[[File], object], answer: str) -> None:
    file = at("submitted")
    at_commit()
    with pytest.raises(InternalError, match=answer), transaction.atomic():
        write(file)
    file = File.objects.get(number="SL-2026-00001")
    assert (file.status, file.version) == ("submitted", 2)


def test_the_system_may_open_a_file() -> None:
    file = open_file(
        actor=Actor.system("import"),
        now=NOON,
        process=SAMPLE.code,
        matter="renewal",
        organisation=factories.organisation(),
        title="示例",
        division_code="520602",
        unit=factories.unit(),
    )
    assert file.matter == "renewal"
