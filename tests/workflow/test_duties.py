"""Nobody takes two adjacent steps on one file; recusal, conflicts and one's own case keep people off, and say why."""

import pytest

from apps.accounts.constants import NEVER_YOURS, Role
from apps.accounts.models import User
from apps.core.problems import ProblemsFound, Refused
from apps.workflow.constants import Obstacle
from apps.workflow.models import File, Recusal
from apps.workflow.policies import allowed_steps, get_visible_file, visible_files
from apps.workflow.process import APPLICANT, CLOCK
from apps.workflow.rules import barred_by
from apps.workflow.services import assign, declare_absence, name_person, recuse, unname_person
from tests import factories
from tests.workflow import casework
from tests.workflow.casework import NEEDED, NOON, WAYS, actor, applicant, applicant_of, at, opened, take
from tests.workflow.table import APPROVER, CLERK, LEADER, REVIEWER, SAMPLE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
EVERYTHING = (CLERK, REVIEWER, APPROVER)


def refusal(file: File, step: str, by: User) -> Refused:
    with pytest.raises(Refused) as found:
        take(file, step, by, **NEEDED.get(step, {}))
    return found.value


def test_no_path_lets_one_person_approve_their_own_step() -> None:
    """Somebody who holds every role tries every decision after every way to it."""
    decisions = [step for step in SAMPLE.steps if step.decides]
    assert len(decisions) == 2
    for own in ("accept", "correct", "conclude"):
        person = factories.staff(*EVERYTHING)
        file = opened()
        way = ["submit", "correct", "answer", "accept", "conclude"] if own == "correct" else WAYS["concluded"]
        for step in way:
            by = person if step == own else someone(file, step)
            take(file, step, by, **NEEDED.get(step, {}))
        for decision in decisions:
            found = refusal(file, decision.code, person)
            assert (found.code, str(SAMPLE.step(own).label) in found.reason) == ("separation", True)


def someone(file: File, step: str) -> User:
    role = SAMPLE.step(step).by[0]
    return applicant_of(file) if role == APPLICANT else factories.staff(Role(role))


def test_every_pair_of_barred_steps_is_refused_by_the_engine() -> None:
    pairs = [(step.code, other) for step in SAMPLE.steps for other in sorted(barred_by(SAMPLE, step))]
    assert len(pairs) >= 10
    tried = 0
    for later, earlier in pairs:
        if earlier in {"accept", "conclude"} and later in {"conclude", "grant", "refuse", "return"}:
            person, file = factories.staff(*EVERYTHING), opened()
            for step in WAYS["concluded" if later != "conclude" else "accepted"]:
                take(file, step, person if step == earlier else someone(file, step), **NEEDED.get(step, {}))
            assert refusal(file, later, person).code == "separation"
            tried += 1
    assert tried == 6


def test_the_same_duty_goes_on_in_the_same_hands() -> None:
    file, approver = at("concluded"), factories.staff(APPROVER)
    take(file, "return", approver, reason="请补充")
    take(file, "conclude", factories.staff(REVIEWER), inputs={"score": "90"})
    take(file, "grant", approver)


def test_what_a_delegate_does_counts_for_both() -> None:
    absent, delegate = factories.staff(*EVERYTHING), factories.staff(*EVERYTHING)
    file = at("submitted")
    assign(actor=actor(factories.staff(LEADER)), now=NOON, file_id=file.pk, user_id=absent.pk)
    declare_absence(
        actor=actor(absent),
        now=NOON,
        user_id=absent.pk,
        first_on=NOON.date(),
        last_on=NOON.date(),
        delegate_id=delegate.pk,
    )
    line = take(file, "accept", delegate)
    assert (line.person, line.on_behalf_of) == (delegate, absent)
    for person in (absent, delegate):
        assert refusal(file, "conclude", person).code == "separation"


def test_ones_own_case() -> None:
    clerk = factories.staff(CLERK)
    organisation = factories.organisation()
    factories.member(clerk, organisation)
    member = factories.person()
    factories.member(member, organisation)
    file = opened(member, organisation)
    take(file, "submit", member)
    assert refusal(file, "accept", clerk).code == "own_case"


def test_recusal_keeps_off_for_good_and_is_recorded() -> None:
    file, clerk = at("submitted"), factories.staff(CLERK)
    recuse(actor=actor(clerk), now=NOON, file_id=file.pk, reason="与申请单位法定代表人为近亲属")
    assert refusal(file, "accept", clerk).code == "recused"
    row = Recusal.objects.get(file=file)
    assert (row.user, row.reason) == (clerk, "与申请单位法定代表人为近亲属")
    with pytest.raises(Refused, match="已就本件回避"):
        recuse(actor=actor(clerk), now=NOON, file_id=file.pk, reason="再次")
    with pytest.raises(ProblemsFound):
        recuse(actor=actor(factories.staff(CLERK)), now=NOON, file_id=file.pk, reason=" ")


def test_a_leader_takes_somebody_off_a_file_and_others_do_not() -> None:
    file, clerk = at("submitted"), factories.staff(CLERK)
    with pytest.raises(Refused):
        recuse(actor=actor(factories.staff(CLERK)), now=NOON, file_id=file.pk, reason="举报", user_id=clerk.pk)
    recuse(actor=actor(factories.staff(LEADER)), now=NOON, file_id=file.pk, reason="举报", user_id=clerk.pk)
    assert refusal(file, "accept", clerk).code == "recused"


def test_a_conflict_says_why() -> None:
    file, reviewer = at("accepted"), factories.staff(REVIEWER)
    casework.conflicts[reviewer.pk] = "曾任职于申请单位"
    found = refusal(file, "conclude", reviewer)
    assert (found.code, "曾任职于申请单位" in found.reason) == ("conflict", True)


def test_every_reason_is_told_at_once() -> None:
    person, file = factories.staff(*EVERYTHING), at("submitted")
    take(file, "accept", person)
    recuse(actor=actor(person), now=NOON, file_id=file.pk, reason="亲属")
    casework.conflicts[person.pk] = "持有申请单位股份"
    reason = refusal(file, "conclude", person).reason
    assert all(part in reason for part in ("受理", "回避", "股份"))


def test_what_waiting_never_cures_is_forbidden_rather_than_a_conflict() -> None:
    cured_by_waiting = {Obstacle.HOLDER}
    assert {str(one) for one in set(Obstacle) - cured_by_waiting} <= NEVER_YOURS


def test_offers_say_what_is_possible_and_what_is_not() -> None:
    person, file = factories.staff(*EVERYTHING), at("submitted")
    assert {offer.step.code: offer.allowed for offer in allowed_steps(file, person, NOON.date())} == {
        "accept": True,
        "correct": True,
    }
    take(file, "accept", person)
    file.refresh_from_db()
    (offer,) = allowed_steps(file, person, NOON.date())
    assert (offer.step.code, offer.allowed, "受理" in offer.why_not[0]) == ("conclude", False, True)
    assert allowed_steps(file, factories.staff(CLERK), NOON.date()) == []
    assert [offer.step.code for offer in allowed_steps(file, applicant_of(file), NOON.date())] == ["withdraw"]


@pytest.mark.parametrize("status", ["draft", "submitted", "correction", "accepted", "concluded", "granted"])
def test_each_role_is_offered_its_own_steps_only(status: str) -> None:
    file = at(status)
    for role in Role:
        offered = {offer.step.code for offer in allowed_steps(file, factories.staff(role), NOON.date())}
        assert offered == {step.code for step in SAMPLE.steps_from(status) if role in step.by}
    stranger, _organisation = applicant()
    assert allowed_steps(file, stranger, NOON.date()) == []
    own = {offer.step.code for offer in allowed_steps(file, applicant_of(file), NOON.date())}
    assert own == {step.code for step in SAMPLE.steps_from(status) if APPLICANT in step.by}
    assert not any(CLOCK in step.by and step.code in own for step in SAMPLE.steps)


class TestWhoSeesAFile:
    def test_the_applicant_its_own_and_staff_only_what_was_submitted(self) -> None:
        draft, sent = opened(), at("submitted")
        clerk = factories.staff(CLERK)
        assert set(visible_files(clerk)) == {sent}
        assert set(visible_files(applicant_of(draft))) == {draft}
        stranger, _organisation = applicant()
        assert not visible_files(stranger).exists()

    def test_a_county_its_own(self) -> None:
        file = at("submitted", division_code="520602")
        away = factories.unit("520621", division_code="520621", kind="branch")
        home = factories.unit("520602", division_code="520602", kind="branch")
        assert not visible_files(factories.staff(CLERK, at=away)).exists()
        assert get_visible_file(factories.staff(CLERK, at=home), file.pk) == file

    def test_an_expert_what_they_were_named_to(self) -> None:
        file, expert = at("accepted"), factories.staff(Role.REVIEW_EXPERT)
        assert not visible_files(expert).exists()
        reviewer = actor(factories.staff(REVIEWER))
        name_person(actor=reviewer, now=NOON, file_id=file.pk, user_id=expert.pk, role=Role.REVIEW_EXPERT)
        assert set(visible_files(expert)) == {file}
        unname_person(actor=reviewer, now=NOON, file_id=file.pk, user_id=expert.pk, role=Role.REVIEW_EXPERT)
        assert not visible_files(expert).exists()

    def test_somebody_in_conflict_is_not_named(self) -> None:
        file, expert = at("accepted"), factories.staff(Role.REVIEW_EXPERT)
        casework.conflicts[expert.pk] = "申请单位员工"
        with pytest.raises(Refused, match="申请单位员工"):
            name_person(
                actor=actor(factories.staff(REVIEWER)),
                now=NOON,
                file_id=file.pk,
                user_id=expert.pk,
                role=Role.REVIEW_EXPERT,
            )

    @pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.JOINT_DEPARTMENT])
    def test_administrators_see_no_business(self, role: Role) -> None:
        at("submitted")
        assert not visible_files(factories.staff(role)).exists()
