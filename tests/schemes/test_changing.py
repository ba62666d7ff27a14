"""A rule changes when a second person agrees; what ran under it is counted again."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry
from apps.certifications.models import SchemeRule
from apps.certifications.selectors.schemes import rule_set, shipped_rows
from apps.certifications.services.reference import load_reference
from apps.certifications.services.schemes import NewValue
from apps.core.actors import Actor
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.schemes.models import RuleProposal
from apps.schemes.selectors import next_step
from apps.schemes.services import may_apply
from apps.schemes.services.proposals import decide_proposal, propose_rule, withdraw_proposal
from tests import factories

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
D = dt.date
GAP = NewValue("qms", "surveillance_gap_months", "month", 10, D(2027, 1, 1), "示例公告", applies_to_running=True)


@pytest.fixture
def people() -> tuple[Actor, Actor]:
    load_reference(actor=Actor.system("test"), now=NOW)
    first, second = factories.staff(Role.SUPERVISOR), factories.staff(Role.LEADER)
    return Actor(str(first), user=first), Actor(str(second), user=second)


def propose(actor: Actor, new: NewValue = GAP, reason: str = "示例公告改变了间隔") -> RuleProposal:
    return propose_rule(actor=actor, now=NOW, new=new, reason=reason)


def decide(actor: Actor, made: RuleProposal, *, approved: bool = True, version: int = 1, opinion: str = ""):
    call = {"actor": actor, "now": NOW, "proposal_id": made.pk, "version": version}
    return decide_proposal(**call, approved=approved, opinion=opinion)


def test_approval_ends_one_row_and_begins_the_next(people) -> None:
    decide(people[1], propose(people[0]))
    old, new = SchemeRule.objects.filter(scheme="qms", code=GAP.code).order_by("effective_from")[1:]
    assert (old.effective_to, old.value) == (D(2026, 12, 31), 12)
    assert (new.value, new.effective_to, new.applies_to_running) == (10, None, True)
    assert rule_set("A010101", D(2026, 12, 31)).surveillance_gap_months == 12
    assert rule_set("A010101", D(2027, 1, 1)).surveillance_gap_months == 10
    acts = AuditEntry.objects.filter(action__contains="rule").values_list("action", flat=True)
    assert {
        "schemes.rule_proposal.propose",
        "schemes.rule_proposal.approved",
        "certifications.scheme_rule.replace",
    } <= set(acts)


def test_nobody_approves_their_own(people) -> None:
    made = propose(people[0])
    with pytest.raises(Refused) as refused:
        decide(people[0], made)
    assert refused.value.code == "separation"
    assert SchemeRule.objects.get(scheme="qms", code=GAP.code, effective_to=None).value == 12
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleProposal.objects.update(state="approved", decided_by=people[0].user, decided_at=NOW)


def test_a_change_waits_alone_and_can_be_taken_back_only_by_its_author(people) -> None:
    made = propose(people[0])
    with pytest.raises(ProblemsFound) as found:
        propose(people[1])
    assert found.value.problems[0].code == "waiting"
    with pytest.raises(Refused):
        withdraw_proposal(actor=people[1], now=NOW, proposal_id=made.pk, version=1)
    withdraw_proposal(actor=people[0], now=NOW, proposal_id=made.pk, version=1)
    with pytest.raises(Refused):
        decide(people[1], made, version=2)
    propose(people[1])


def test_what_is_refused(people) -> None:
    with pytest.raises(ProblemsFound) as found:
        propose(people[0], replace(GAP, effective_from=D(2026, 1, 1), basis=" "), reason=" ")
    assert {problem.place for problem in found.value.problems} == {"effective_from", "basis", "reason"}
    with pytest.raises(ProblemsFound):
        propose(people[0], replace(GAP, code="fee_paid_by_client", unit="yes_no", value=7))
    made = propose(people[0])
    with pytest.raises(ProblemsFound):
        decide(people[1], made, approved=False)
    with pytest.raises(StaleVersion):
        decide(people[1], made, version=9)
    clerk = factories.staff(Role.WINDOW_CLERK)
    with pytest.raises(Refused):
        decide(Actor(str(clerk), user=clerk), made)
    assert decide(people[1], made, approved=False, opinion="公告尚未发布").state == "rejected"
    assert SchemeRule.objects.filter(scheme="qms", code=GAP.code).count() == 2


def test_a_new_gap_counts_again_only_what_it_reaches(people) -> None:
    qms = factories.certificate(issued_on=D(2026, 1, 15), surveillance_due=D(2027, 6, 1))
    qms.surveillance.create(activity="监督", on=D(2026, 6, 1), result="conforming", source_code="national")
    ems = factories.project("A020101")
    other = factories.certificate(project=ems, issued_on=D(2026, 1, 15), surveillance_due=D(2027, 1, 15))
    other.surveillance.create(activity="监督", on=D(2026, 6, 1), result="conforming", source_code="national")
    decide(people[1], propose(people[0]))
    for row in (qms, other):
        row.refresh_from_db()
    assert (qms.surveillance_due, qms.version) == (D(2027, 4, 1), 2)
    assert (other.surveillance_due, other.version) == (D(2027, 1, 15), 1)


def test_loading_again_leaves_alone_what_people_changed(people) -> None:
    decide(people[1], propose(people[0]))
    load_reference(actor=Actor.system("test"), now=NOW)
    assert SchemeRule.objects.get(scheme="qms", code=GAP.code, effective_to=None).value == 10
    assert SchemeRule.objects.count() == len(shipped_rows()) + 1


def test_a_revoked_firm_is_told_the_day_on_which_it_may_apply_to_anybody(people) -> None:
    firm = factories.organisation()
    lost = factories.certificate(firm, status="revoked", status_since=D(2026, 3, 15))
    lost.status_changes.create(
        n=2, from_status="valid", to_status="revoked", on=D(2026, 3, 15), reason_class="nonconformity",
        source_code="national", recorded_by="t", recorded_at=NOW,
    )  # fmt: skip
    found = may_apply(firm.pk, "A010101", D(2026, 11, 24))
    assert [(one.code, one.value, one.changes_on) for one in found] == [
        ("bar_months_after_fault", lost.number, D(2027, 3, 16))
    ]
    assert may_apply(firm.pk, "A010103", D(2026, 11, 24)) != [], "another project of the same scheme"
    assert may_apply(firm.pk, "A020101", D(2026, 11, 24)) == []
    assert may_apply(firm.pk, "A010101", D(2027, 3, 16)) == []
    assert may_apply(factories.organisation().pk, "A010101", D(2026, 11, 24)) == []
    assert next_step(lost.pk, D(2026, 11, 24)).from_day == D(2027, 3, 16)


def test_the_certificate_to_be_renewed_is_read_from_the_registry(people) -> None:
    firm = factories.organisation()
    old = factories.certificate(firm, valid_to=D(2026, 11, 23))
    found = may_apply(firm.pk, "A010101", D(2026, 11, 24), kind="recertification", predecessor_id=old.pk)
    assert [one.code for one in found] == ["recertify_before_expiry"]
    assert may_apply(firm.pk, "A010101", D(2026, 11, 23), kind="recertification", predecessor_id=old.pk) == []
