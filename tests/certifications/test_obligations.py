"""What is due, to whom, and that counts and lists agree."""

import datetime as dt

import pytest

from apps.certifications.constants import Shape, Status
from apps.certifications.rules.obligations import Duty, duties_basis, duties_consequence, duty_name
from apps.certifications.rules.words import next_legal_step
from apps.certifications.selectors.obligations import expiring, expiring_counts, obligations_of
from tests import factories

GROUPS = ("qms", "ems", "ohsms", "isms", "service", "")
TODAY = dt.date(2026, 11, 24)


def in_days(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


@pytest.mark.django_db
def test_nothing_is_due_for_nobody() -> None:
    factories.certificate(valid_to=in_days(1))
    assert obligations_of([], TODAY) == []


@pytest.mark.django_db
def test_each_kind_of_duty_is_listed_with_the_most_urgent_first() -> None:
    holder = factories.organisation()
    factories.certificate(holder, valid_to=in_days(180))
    factories.certificate(holder, valid_to=in_days(181))
    factories.certificate(holder, valid_to=in_days(400), surveillance_due=in_days(-3))
    factories.certificate(holder, valid_to=in_days(400), status=Status.SUSPENDED, suspended_until=in_days(5))
    factories.certificate(holder, valid_to=in_days(3), status=Status.REVOKED)
    factories.certificate(valid_to=in_days(1))
    found = obligations_of([holder.pk], TODAY)
    assert [(duty.duty, duty.days_left, duty.urgency) for duty in found] == [
        (Duty.SURVEILLANCE, -3, "over"),
        (Duty.SUSPENSION, 5, "due"),
        (Duty.EXPIRY, 180, "ok"),
    ]


@pytest.mark.django_db
def test_a_lapsed_certificate_stays_a_month_and_asks_for_nothing_else() -> None:
    holder = factories.organisation()
    factories.certificate(holder, valid_to=in_days(-30), surveillance_due=in_days(-60))
    factories.certificate(holder, valid_to=in_days(-31))
    assert [(duty.duty, duty.days_left) for duty in obligations_of([holder.pk], TODAY)] == [(Duty.EXPIRY, -30)]


@pytest.mark.django_db
def test_counts_are_those_of_the_list_and_stay_inside_the_scope() -> None:
    for days, division in [(0, "520602"), (30, "520602"), (31, "520621"), (60, "520621"), (90, "520628")]:
        factories.certificate(valid_to=in_days(days), division_code=division)
    factories.certificate(valid_to=in_days(91), division_code="520602")
    factories.certificate(valid_to=in_days(-1), division_code="520602")
    factories.certificate(valid_to=in_days(10), division_code="520102")
    counts = expiring_counts("5206", TODAY)
    assert counts.within == {30: 2, 60: 4, 90: 5}
    assert counts.by_division == {"520602": 2, "520621": 2, "520628": 1}
    for days, number in counts.within.items():
        assert expiring("5206", TODAY, days).count() == number
    assert expiring_counts("520621", TODAY).within == {30: 0, 60: 2, 90: 2}
    assert expiring_counts("none", TODAY).within == {30: 0, 60: 0, 90: 0}


@pytest.mark.parametrize("duty", Duty)
@pytest.mark.parametrize("shape", Shape)
def test_every_duty_says_its_consequence_and_its_rule(duty: Duty, shape: Shape) -> None:
    assert str(duty_name(duty))
    assert str(duties_consequence(duty, shape)).endswith("。")
    assert str(duties_basis(duty, shape))


def test_a_compulsory_certificate_names_the_fine() -> None:
    assert "罚款" in str(duties_consequence(Duty.EXPIRY, Shape.CCC))
    assert "货值金额不足一万元" in str(duties_consequence(Duty.EXPIRY, Shape.CCC))
    assert "第六十六条" in str(duties_basis(Duty.EXPIRY, Shape.CCC))


def test_what_holds_for_quality_management_alone_is_said_of_it_alone() -> None:
    """CNCA-QMS-01:2025: the bar of a year, the duty to suspend at once; no other scheme has that sentence."""
    for duty, overdue, words in ((Duty.SUSPENSION, False, "一年内"), (Duty.SURVEILLANCE, True, "必须暂停")):
        said = {
            group: str(duties_consequence(duty, Shape.MANAGEMENT, group=group, overdue=overdue)) for group in GROUPS
        }
        assert {group for group, text in said.items() if words in text} == {"qms"}
    assert {group for group in GROUPS if "QMS" in str(duties_basis(Duty.SUSPENSION, Shape.MANAGEMENT, group))} == {
        "qms"
    }
    assert {group for group in GROUPS if "一年内" in str(next_legal_step("revoked", group=group))} == {"qms"}
    for shape in (Shape.CCC, Shape.FOOD, Shape.INDUSTRIAL):
        assert "一年内" not in str(next_legal_step("revoked", shape=shape))
