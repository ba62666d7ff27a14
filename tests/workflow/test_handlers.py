"""A process that a certification body works: its people act by duty, see their own body's files, and nothing else."""

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest

from apps.accounts.constants import Role
from apps.core.problems import Refused
from apps.notifications.models import Message
from apps.parties.constants import BodyDuty, MembershipRole
from apps.parties.models import DutyGrant, Membership, Organisation
from apps.parties.services.bans import record_ban
from apps.workflow import bindings
from apps.workflow.casepage import case_context
from apps.workflow.models import File
from apps.workflow.policies import allowed_steps, can_assign, takers, visible_files
from apps.workflow.process import APPLICANT, handler, step
from apps.workflow.rules import barred_by, check_process
from apps.workflow.selectors.timeline import timeline
from apps.workflow.services import advance, assign, claim, hand_over, recuse, unname_person
from tests import factories
from tests.workflow.bodywork import (
    AUDIT,
    BINDING,
    DUTIES,
    HANDLED,
    ORDER,
    PLAN,
    REVIEW,
    brought_to,
    colleague,
    drafted,
    name,
    step_by,
)
from tests.workflow.casework import NOON, actor, applicant_of, signed_in, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
ALL_DUTIES = [duty.value for duty in BodyDuty]
WORKING = (Role.WINDOW_CLERK, Role.REVIEWER, Role.APPROVER, Role.LEADER, Role.SUPERVISOR)
STEPS = [each for each in ORDER if each != "submit"] + ["refuse"]


@pytest.fixture(autouse=True)
def handled() -> Iterator[None]:
    bindings.register(HANDLED, BINDING)
    yield
    bindings.unregister(HANDLED.code)


@pytest.fixture
def body() -> Organisation:
    return factories.body("CNCA-R-2026-101")


def before(step_code: str) -> str:
    return "accept" if step_code == "refuse" else step_code


def code_of(file: File, step_code: str, by) -> str:
    with pytest.raises(Refused) as found:
        take(file, step_code, by, reason="不符合条件")
    return found.value.code


class TestTable:
    def test_it_is_sound(self) -> None:
        assert check_process(HANDLED) == []

    def test_a_body_without_a_step_a_step_without_a_body_and_mixed_desks_are_faults(self) -> None:
        steps = [each for each in HANDLED.steps if each.code != "accept"]
        mixed = step("accept", "submitted", "accepted", by=[REVIEW, Role.REVIEWER], label="x", message="x")
        assert any("mixes the body" in fault for fault in check_process(replace(HANDLED, steps=(mixed, *steps))))
        assert any("no body works" in fault for fault in check_process(replace(HANDLED, handled=False)))
        own = (step("submit", "draft", "granted", by=APPLICANT, label="x", message="x"),)
        states = tuple(state for state in HANDLED.states if state.code in {"draft", "granted"})
        alone = replace(HANDLED, steps=own, states=states, named_only=frozenset())
        assert check_process(alone) == ["a body works the files, and has no step"]
        unknown = replace(HANDLED, named_only=frozenset({AUDIT, "expert"}))
        assert check_process(unknown) == ["'expert' is only named, and has no step"]


class TestWhoMay:
    def test_the_whole_way_with_one_person_for_each_duty(self, body: Organisation) -> None:
        file = drafted(body)
        for each in ORDER:
            step_by(file, each)
        file.refresh_from_db()
        assert (file.status, file.closed_at) == ("granted", NOON)

    @pytest.mark.parametrize("step_code", STEPS)
    def test_every_duty_but_the_right_one_is_refused(self, body: Organisation, step_code: str) -> None:
        file = brought_to(before(step_code), body)
        for duty in ALL_DUTIES:
            if duty != DUTIES[step_code]:
                assert code_of(file, step_code, colleague(body, duty)) == "permission"
        assert code_of(file, step_code, colleague(body)) == "permission"
        assert code_of(file, step_code, applicant_of(file)) == "permission"
        assert code_of(file, step_code, factories.staff(*WORKING)) == "permission"
        assert code_of(file, step_code, colleague(factories.body("CNCA-R-2026-102"), *ALL_DUTIES)) == "permission"

    def test_no_two_barred_steps_in_one_hand(self, body: Organisation) -> None:
        """Every pair of steps of the table that bar each other, tried on the engine."""
        pairs = [
            (earlier, later)
            for earlier, later in itertools.combinations([each for each in ORDER if each != "submit"], 2)
            if earlier in barred_by(HANDLED, HANDLED.step(later))
        ]
        assert len(pairs) == 5
        for earlier, later in pairs:
            person, file = colleague(body, *ALL_DUTIES), brought_to(earlier, body)
            step_by(file, earlier, person)
            for between in ORDER[ORDER.index(earlier) + 1 : ORDER.index(later)]:
                step_by(file, between)
            if later == "audit":
                name(file, person)
            assert code_of(file, later, person) == "separation"

    def test_whoever_was_in_the_team_does_not_decide(self, body: Organisation) -> None:
        """The leader pressed the button; the second auditor, even named off again, had a hand in the audit."""
        file, second = brought_to("audit", body), colleague(body, "audit", "decision")
        name(file, second)
        unname_person(actor=actor(None), now=NOON, file_id=file.pk, user_id=second.pk, role=AUDIT)
        step_by(file, "audit")
        assert code_of(file, "grant", second) == "separation"

    def test_an_auditor_who_was_not_named(self, body: Organisation) -> None:
        file = brought_to("audit", body)
        assert code_of(file, "audit", colleague(body, "audit")) == "not_named"

    def test_duties_end_with_their_day_with_the_membership_and_by_a_ban(self, body: Organisation) -> None:
        file = brought_to("accept", body)
        over, gone, barred = (colleague(body, "contract_review") for _ in range(3))
        DutyGrant.objects.filter(user=over).update(ends_on=NOON.date() - dt.timedelta(days=1))
        Membership.objects.filter(user=gone).update(ends_on=NOON.date() - dt.timedelta(days=1))
        record_ban(actor=actor(None), now=NOON, facts=factories.ban_facts(person_name=barred.display_name))
        assert [code_of(file, "accept", each) for each in (over, gone)] == ["permission", "permission"]
        assert code_of(file, "accept", barred) == "barred"

    def test_ones_own_case_and_recusal(self, body: Organisation) -> None:
        file, both = brought_to("accept", body), colleague(body, "contract_review")
        factories.member(both, file.organisation)
        assert code_of(file, "accept", both) == "own_case"
        recused = colleague(body, "contract_review")
        recuse(actor=actor(recused), now=NOON, file_id=file.pk, reason="曾任职于申请单位")
        assert code_of(file, "accept", recused) == "recused"

    def test_a_file_without_a_body_is_not_submitted(self) -> None:
        file = drafted(None)
        assert code_of(file, "submit", applicant_of(file)) == "handler"


class TestWhoSees:
    def seen(self, file: File, by) -> bool:
        return visible_files(by, NOON.date()).filter(pk=file.pk).exists()

    def test_its_body_once_it_is_submitted_and_no_other(self, body: Organisation) -> None:
        file, member = drafted(body), colleague(body)
        assert not self.seen(file, member)
        step_by(file, "submit")
        assert self.seen(file, member)
        assert self.seen(file, colleague(body, "planning"))
        assert not self.seen(file, colleague(factories.body("CNCA-R-2026-102"), *ALL_DUTIES))
        assert not self.seen(file, factories.person())

    def test_who_only_audits_sees_what_they_are_named_to(self, body: Organisation) -> None:
        file = brought_to("audit", body)
        auditor, both = colleague(body, "audit"), colleague(body, "audit", "planning")
        manager = colleague(body, "audit", role=MembershipRole.MANAGER)
        assert [self.seen(file, each) for each in (auditor, both, manager)] == [False, True, True]
        name(file, auditor)
        assert self.seen(file, auditor)
        Membership.objects.filter(user=auditor).update(ends_on=NOON.date() - dt.timedelta(days=1))
        assert not self.seen(file, auditor)

    def test_the_bureau_looks_on_in_its_scope_and_takes_no_step(self, body: Organisation) -> None:
        file = brought_to("accept", body)
        here, there = (factories.staff(Role.SUPERVISOR, Role.LEADER, at=unit) for unit in counties())
        assert [self.seen(file, each) for each in (here, there)] == [True, False]
        assert allowed_steps(file, here, NOON.date()) == []

    def test_the_applicant_does_not_read_who_worked_and_the_body_does(self, body: Organisation) -> None:
        file = drafted(body)
        for each in ("submit", "accept", "plan"):
            step_by(file, each)
        inside = [line.who for line in timeline(file, staff=False, handler=True)]
        outside = [line.who for line in timeline(file, staff=False)]
        own = str(applicant_of(file))
        assert inside[:2] == outside[:2] == [own, own]
        assert outside[2:] == ["认证机构·合同评审", "认证机构·审核方案管理"]
        assert not set(inside[2:]) & set(outside[2:])

    def test_a_reason_reaches_the_applicant_only_where_the_step_tells_them(self, body: Organisation) -> None:
        file = brought_to("accept", body)
        step_by(file, "refuse")
        assert [line.reason for line in timeline(file, staff=False)][-1] == ""
        assert [line.reason for line in timeline(file, staff=False, handler=True)][-1] == "不符合条件"


def counties():
    return factories.unit("bijiang", "520602", "branch"), factories.unit("jiangkou", "520621", "branch")


class TestHands:
    def test_claimed_handed_over_and_assigned_inside_the_body(self, body: Organisation) -> None:
        file = brought_to("accept", body)
        one, two = colleague(body, "contract_review"), colleague(body, "contract_review")
        manager = colleague(body, role=MembershipRole.MANAGER)
        claim(actor=actor(one), now=NOON, file_id=file.pk)
        file.refresh_from_db()
        assert code_of(file, "accept", two) == "holder"
        assert list(takers(one, file, NOON.date())) == [two]
        hand_over(actor=actor(one), now=NOON, file_id=file.pk, user_id=two.pk, reason="休假")
        assert can_assign(manager, file, NOON.date())
        assign(actor=actor(manager), now=NOON, file_id=file.pk, user_id=one.pk)
        file.refresh_from_db()
        assert file.holder == one
        for stranger in (factories.staff(Role.LEADER), two):
            with pytest.raises(Refused):
                assign(actor=actor(stranger), now=NOON, file_id=file.pk, user_id=two.pk)
        with pytest.raises(Refused, match=r"没有该岗位|不能承办"):
            assign(actor=actor(manager), now=NOON, file_id=file.pk, user_id=colleague(body, "planning").pk)

    def test_the_pages_of_hands_are_the_bodys_too_and_not_the_applicants(self, body: Organisation) -> None:
        file, one = brought_to("accept", body), colleague(body, "contract_review")
        case = case_context(file, one, NOON)
        assert (case.staff, case.inside, case.may_claim, case.may_recuse) == (False, True, True, True)
        answer = signed_in(one).post(f"/worklist/files/{file.pk}/claim/")
        file.refresh_from_db()
        assert (answer.status_code, file.holder) == (302, one)
        assert signed_in(one).get(f"/worklist/files/{file.pk}/hand-over/").status_code == 200
        own = signed_in(applicant_of(file))
        for page in ("hand-over", "recuse"):
            assert own.get(f"/worklist/files/{file.pk}/{page}/").status_code == 404
        assert own.post(f"/worklist/files/{file.pk}/claim/").status_code == 404


class TestMessages:
    def told(self, step_code: str, file: File) -> set[int]:
        first = Message.objects.count()
        step_by(file, step_code)
        return set(Message.objects.order_by("pk")[first:].values_list("recipient_id", flat=True))

    def test_a_duty_is_told_and_without_one_the_managers(self, body: Organisation) -> None:
        manager = colleague(body, role=MembershipRole.MANAGER)
        file = drafted(body)
        assert manager.pk in self.told("submit", file)
        reviewer = colleague(body, "contract_review")
        told = self.told("submit", drafted(body))
        assert reviewer.pk in told
        assert manager.pk not in told


def test_a_body_may_begin_where_the_table_says_so(body: Organisation) -> None:
    from apps.workflow.policies import can_open

    opening = replace(HANDLED, opened_by=frozenset({handler(BodyDuty.DECISION)}))
    holder = factories.organisation()
    decider, planner = colleague(body, "decision"), colleague(body, "planning")
    on = NOON.date()
    assert can_open(decider, opening, holder.pk, on, body.pk)
    assert not can_open(planner, opening, holder.pk, on, body.pk)
    assert not can_open(decider, opening, holder.pk, on)
    assert not can_open(decider, opening, holder.pk, on, factories.body("CNCA-R-2026-103").pk)
    factories.member(decider, holder)
    assert not can_open(decider, opening, holder.pk, on, body.pk)


def test_an_old_form_is_refused_for_a_body_too(body: Organisation) -> None:
    file, reviewer = brought_to("accept", body), colleague(body, "contract_review")
    with pytest.raises(Refused):
        advance(actor=actor(reviewer), now=NOON, file_id=file.pk, version=1, step="accept")
    assert PLAN in HANDLED.step("accept").tells
