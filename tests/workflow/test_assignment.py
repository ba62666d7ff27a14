"""Into whose hands a file comes, and how it leaves them."""

import datetime as dt
from dataclasses import replace

import pytest
from django.urls import reverse

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.notifications.models import Message
from apps.workflow import bindings
from apps.workflow.constants import How
from apps.workflow.models import Assignment, File, RoutingRule
from apps.workflow.services import (
    add_rule,
    assign,
    claim,
    declare_absence,
    end_absence,
    end_rule,
    hand_over,
    recuse,
)
from tests import factories
from tests.workflow import casework
from tests.workflow.casework import DAY, NOON, actor, applicant_of, at, take
from tests.workflow.table import APPROVER, CLERK, LEADER, REVIEWER, SAMPLE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
TODAY = dt.date(2026, 3, 2)


def held(file: File) -> tuple[object, object]:
    file.refresh_from_db()
    current = file.assignments.filter(until=None).first()
    assert (current.user if current else None) == file.holder
    return file.holder, current and current.how


def rule(role: Role = CLERK, **fields: object) -> RoutingRule:
    wanted = {"matter": "", "division_code": "", "unit": None, "most": None, **fields}
    return add_rule(actor=actor(factories.staff(LEADER)), now=NOON, process="sample", role=role, **wanted)


def away(user: object, **more: object) -> object:
    wanted = {"first_on": TODAY, "last_on": TODAY + dt.timedelta(days=3), **more}
    return declare_absence(actor=actor(user), now=NOON, user_id=user.pk, **wanted)


def test_a_file_waits_in_the_pool_until_somebody_claims_it() -> None:
    file, clerk = at("submitted"), factories.staff(CLERK)
    assert held(file) == (None, None)
    claim(actor=actor(clerk), now=NOON, file_id=file.pk)
    assert held(file) == (clerk, How.CLAIMED)
    assert AuditEntry.objects.filter(action="workflow.file.claimed", subject_id=str(file.pk)).exists()


def test_of_two_claims_the_second_is_told_who_has_it() -> None:
    file, first = at("submitted"), factories.staff(CLERK)
    claim(actor=actor(first), now=NOON, file_id=file.pk)
    with pytest.raises(Refused, match=str(first)):
        claim(actor=actor(factories.staff(CLERK)), now=NOON, file_id=file.pk)


def test_only_whose_turn_it_is_claims() -> None:
    with pytest.raises(Refused, match="岗位"):
        claim(actor=actor(factories.staff(REVIEWER)), now=NOON, file_id=at("submitted").pk)
    with pytest.raises(Refused, match="不由工作人员承办"):
        claim(actor=actor(factories.staff(CLERK)), now=NOON, file_id=at("correction").pk)
    with pytest.raises(Refused, match="已办结"):
        claim(actor=actor(factories.staff(APPROVER)), now=NOON, file_id=at("granted").pk)
    with pytest.raises(Refused) as found:
        claim(actor=actor(factories.staff(Role.AUDIT_ADMIN)), now=NOON, file_id=at("submitted").pk)
    assert found.value.code == "absent"


def test_another_does_not_work_what_somebody_holds() -> None:
    file, holder = at("submitted"), factories.staff(CLERK)
    claim(actor=actor(holder), now=NOON, file_id=file.pk)
    with pytest.raises(Refused, match="他人承办") as found:
        take(file, "accept", factories.staff(CLERK))
    assert found.value.code == "holder"
    take(file, "accept", holder)


def test_a_leader_assigns_and_the_person_is_told() -> None:
    file, clerk, other = at("submitted"), factories.staff(CLERK), factories.staff(CLERK)
    leader = actor(factories.staff(LEADER))
    assign(actor=leader, now=NOON, file_id=file.pk, user_id=clerk.pk)
    assert held(file) == (clerk, How.ASSIGNED)
    assert Message.objects.filter(topic="workflow.assigned", recipient=clerk).exists()
    with pytest.raises(Refused, match="已由"):
        assign(actor=leader, now=NOON, file_id=file.pk, user_id=clerk.pk)
    assign(actor=leader, now=NOON, file_id=file.pk, user_id=other.pk, reason="平衡工作量")
    assert held(file) == (other, How.ASSIGNED)
    assert Assignment.objects.filter(file=file, until=NOON).count() == 1


def test_a_message_of_a_process_without_a_page_of_its_own_leads_to_the_plain_one() -> None:
    bindings.register(SAMPLE, replace(casework.BINDING, url=lambda file: ""))
    file, clerk = at("submitted"), factories.staff(CLERK)
    assign(actor=actor(factories.staff(LEADER)), now=NOON, file_id=file.pk, user_id=clerk.pk)
    told = Message.objects.filter(topic="workflow.assigned", recipient=clerk)
    assert {message.params["path"] for message in told} == {reverse("workflow:file", args=[file.pk])}


def test_only_leaders_assign_and_only_to_fit_people() -> None:
    file, clerk = at("submitted"), factories.staff(CLERK)
    with pytest.raises(Refused):
        assign(actor=actor(factories.staff(CLERK)), now=NOON, file_id=file.pk, user_id=clerk.pk)
    leader = actor(factories.staff(LEADER))
    with pytest.raises(Refused, match="岗位"):
        assign(actor=leader, now=NOON, file_id=file.pk, user_id=factories.staff(REVIEWER).pk)
    casework.conflicts[clerk.pk] = "配偶任职"
    with pytest.raises(Refused, match="配偶任职"):
        assign(actor=leader, now=NOON, file_id=file.pk, user_id=clerk.pk)
    with pytest.raises(ProblemsFound):
        assign(actor=leader, now=NOON, file_id=file.pk, user_id=0)


def test_the_holder_hands_over_with_a_reason() -> None:
    file, holder, colleague = at("submitted"), factories.staff(CLERK), factories.staff(CLERK)
    claim(actor=actor(holder), now=NOON, file_id=file.pk)
    with pytest.raises(ProblemsFound):
        hand_over(actor=actor(holder), now=NOON, file_id=file.pk, user_id=colleague.pk, reason=" ")
    with pytest.raises(Refused, match="承办人"):
        hand_over(actor=actor(colleague), now=NOON, file_id=file.pk, user_id=colleague.pk, reason="我来")
    hand_over(actor=actor(holder), now=NOON, file_id=file.pk, user_id=colleague.pk, reason="出差")
    assert held(file) == (colleague, How.HANDED_OVER)


def test_a_rule_gives_to_the_least_loaded() -> None:
    rule()
    first, second = factories.staff(CLERK), factories.staff(CLERK)
    given = [held(at("submitted"))[0] for _ in range(4)]
    assert sorted(user.pk for user in given) == sorted([first.pk, first.pk, second.pk, second.pk])
    assert given[0] != given[1]


def test_the_more_particular_rule_wins_and_a_full_desk_waits() -> None:
    branch = factories.unit("520602", division_code="520602", kind="branch")
    rule()
    rule(division_code="520602", unit=branch, most=1)
    central, local = factories.staff(CLERK), factories.staff(CLERK, at=branch)
    assert held(at("submitted")) == (local, How.ROUTED)
    assert held(at("submitted")) == (central, How.ROUTED)  # the branch is full, the general rule follows


def test_routing_passes_by_whom_it_may_not_be() -> None:
    rule(REVIEWER)
    first, second = factories.staff(CLERK, REVIEWER), factories.staff(REVIEWER)
    file = at("submitted")
    take(file, "accept", first)
    assert held(file) == (second, How.ROUTED)


def test_routing_passes_by_the_absent_and_those_in_conflict() -> None:
    rule()
    gone, partial, there = (factories.staff(CLERK) for _ in range(3))
    away(gone)
    casework.conflicts[partial.pk] = "利害关系"
    assert held(at("submitted")) == (there, How.ROUTED)


def test_after_the_applicants_turn_it_comes_back_to_the_same_hands() -> None:
    file, clerk = at("submitted"), factories.staff(CLERK)
    claim(actor=actor(clerk), now=NOON, file_id=file.pk)
    take(file, "correct", clerk, reason="缺材料")
    assert held(file)[0] == clerk
    take(file, "answer", applicant_of(file))
    assert held(file)[0] == clerk


def test_after_a_return_the_former_reviewer_has_it_again() -> None:
    file, reviewer, approver = at("accepted"), factories.staff(REVIEWER), factories.staff(APPROVER)
    claim(actor=actor(reviewer), now=NOON, file_id=file.pk)
    take(file, "conclude", reviewer, inputs={"score": "80"})
    assert held(file) == (None, None)
    claim(actor=actor(approver), now=NOON, file_id=file.pk)
    take(file, "return", approver, reason="请复核")
    assert held(file) == (reviewer, How.RETURNED)


def test_a_recused_holder_loses_the_file() -> None:
    file, clerk = at("submitted"), factories.staff(CLERK)
    claim(actor=actor(clerk), now=NOON, file_id=file.pk)
    recuse(actor=actor(clerk), now=NOON, file_id=file.pk, reason="亲属")
    assert held(file) == (None, None)


def test_a_delegate_works_the_files_of_the_absent_for_as_long_as_that_lasts() -> None:
    file, clerk, delegate = at("submitted"), factories.staff(CLERK), factories.staff(CLERK)
    claim(actor=actor(clerk), now=NOON, file_id=file.pk)
    away(clerk, delegate_id=delegate.pk)
    with pytest.raises(Refused, match="他人承办"):
        take(file, "accept", delegate, now=NOON + 4 * DAY)
    assert take(file, "accept", delegate, now=NOON + 3 * DAY).on_behalf_of == clerk


def test_an_absence_that_ends_early_ends_the_delegation() -> None:
    file, clerk, delegate = at("submitted"), factories.staff(CLERK), factories.staff(CLERK)
    claim(actor=actor(clerk), now=NOON, file_id=file.pk)
    absence = away(clerk, delegate_id=delegate.pk)
    end_absence(actor=actor(clerk), now=NOON, absence_id=absence.pk)
    with pytest.raises(Refused, match="他人承办"):
        take(file, "accept", delegate)
    with pytest.raises(Refused, match="已经结束"):
        end_absence(actor=actor(clerk), now=NOON, absence_id=absence.pk)


def test_what_is_wrong_with_an_absence_is_said_at_once() -> None:
    clerk, reviewer = factories.staff(CLERK), factories.staff(REVIEWER)
    with pytest.raises(ProblemsFound) as found:
        away(clerk, first_on=TODAY - dt.timedelta(days=9), last_on=TODAY - dt.timedelta(days=10), delegate_id=clerk.pk)
    assert [problem.code for problem in found.value.problems] == ["past", "order", "delegate"]
    with pytest.raises(ProblemsFound, match="没有您的任何岗位"):
        away(clerk, delegate_id=reviewer.pk)
    with pytest.raises(ProblemsFound, match="180"):
        away(clerk, last_on=TODAY + dt.timedelta(days=181))
    away(clerk)
    with pytest.raises(ProblemsFound, match="重叠"):
        away(clerk)
    other = factories.staff(CLERK)
    with pytest.raises(ProblemsFound, match="也不在岗"):
        away(other, delegate_id=clerk.pk)


def test_only_oneself_or_a_leader_declares_an_absence() -> None:
    clerk = factories.staff(CLERK)
    dates = {"first_on": TODAY, "last_on": TODAY}
    with pytest.raises(Refused):
        declare_absence(actor=actor(factories.staff(CLERK)), now=NOON, user_id=clerk.pk, **dates)
    declare_absence(actor=actor(factories.staff(LEADER)), now=NOON, user_id=clerk.pk, **dates)


def test_rules_of_routing_are_checked_and_end() -> None:
    made = rule()
    with pytest.raises(ProblemsFound, match="已有同样"):
        rule()
    with pytest.raises(ProblemsFound) as found:
        rule(Role.OFFICER, matter="nonsense", most=0)
    assert [problem.place for problem in found.value.problems] == ["matter", "role", "most"]
    with pytest.raises(Refused):
        add_rule(
            actor=actor(factories.staff(CLERK)),
            now=NOON,
            process="sample",
            matter="",
            division_code="",
            role=CLERK,
            unit=None,
            most=None,
        )
    leader = actor(factories.staff(LEADER))
    with pytest.raises(StaleVersion):
        end_rule(actor=leader, now=NOON, rule_id=made.pk, version=2)
    end_rule(actor=leader, now=NOON, rule_id=made.pk, version=1)
    factories.staff(CLERK)
    assert held(at("submitted")) == (None, None)
    rule()
