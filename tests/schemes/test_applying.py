"""May one apply: golden cases, each with the day that would change the answer."""

import datetime as dt

import pytest

from apps.certifications.rules.schemes import rule_set
from apps.certifications.selectors.schemes import shipped_rows
from apps.schemes.rules import Facts, Loss, obstacles

ROWS = shipped_rows()
D = dt.date
GROUPS = {"qms": 1, "ems": 1, "ohsms": 1, "organic": 3, "ccc": 2, "energy": 1}


def asked(group: str, on: dt.date, **facts):
    rules = rule_set(ROWS, project_code="X", group=group, shape=GROUPS[group], on=on)
    return [(one.code, one.changes_on) for one in obstacles(rules, Facts(**facts), on)]


def lost(status: str, on: dt.date | None, reason: str = "nonconformity") -> list[Loss]:
    return [Loss(status, on, reason, "00126Q00001R0S")]


FAULT, BODY = "bar_months_after_fault", "bar_months_after_body_lost"


@pytest.mark.parametrize(
    ("group", "losses", "on", "expected"),
    [
        # a year to the day: the last day is the corresponding one, the next is free
        ("qms", lost("revoked", D(2026, 3, 15)), D(2026, 3, 15), [(FAULT, D(2027, 3, 16))]),
        ("qms", lost("revoked", D(2026, 3, 15)), D(2027, 3, 15), [(FAULT, D(2027, 3, 16))]),
        ("qms", lost("revoked", D(2026, 3, 15)), D(2027, 3, 16), []),
        # 29 February, ends of months
        ("qms", lost("revoked", D(2028, 2, 29)), D(2029, 2, 28), [(FAULT, D(2029, 3, 1))]),
        ("qms", lost("revoked", D(2028, 2, 29)), D(2029, 3, 1), []),
        ("qms", lost("revoked", D(2027, 2, 28)), D(2028, 2, 28), [(FAULT, D(2028, 2, 29))]),
        ("qms", lost("revoked", D(2026, 8, 31)), D(2027, 8, 31), [(FAULT, D(2027, 9, 1))]),
        # a suspension counts too; a cancellation only in the rules of 2026 for EMS and OHSMS
        ("qms", lost("suspended", D(2026, 6, 1)), D(2026, 7, 1), [(FAULT, D(2027, 6, 2))]),
        ("qms", lost("cancelled", D(2026, 6, 1)), D(2026, 7, 1), []),
        ("ohsms", lost("cancelled", D(2026, 6, 1)), D(2026, 7, 1), [(FAULT, D(2027, 6, 2))]),
        ("ems", lost("cancelled", D(2026, 6, 1)), D(2026, 7, 1), [(FAULT, D(2027, 6, 2))]),
        ("organic", lost("revoked", D(2026, 6, 1)), D(2026, 7, 1), [(FAULT, D(2027, 6, 2))]),
        ("organic", lost("suspended", D(2026, 6, 1)), D(2026, 7, 1), []),
        ("energy", lost("revoked", D(2026, 6, 1)), D(2026, 7, 1), []),  # no rule that says so
        ("ccc", lost("revoked", D(2026, 6, 1)), D(2026, 7, 1), []),
        # the rule of the day of application, not of the day of loss
        ("qms", lost("revoked", D(2025, 12, 31)), D(2025, 12, 31), []),
        ("qms", lost("revoked", D(2025, 12, 31)), D(2026, 1, 1), [(FAULT, D(2027, 1, 1))]),
        ("ohsms", lost("revoked", D(2026, 2, 1)), D(2026, 2, 28), []),
        ("ohsms", lost("revoked", D(2026, 2, 1)), D(2026, 3, 1), [(FAULT, D(2027, 2, 2))]),
        # not one's own fault
        ("qms", lost("suspended", D(2026, 6, 1), "holder_request"), D(2026, 7, 1), []),
        ("qms", lost("suspended", D(2026, 6, 1), "rule_changed"), D(2026, 7, 1), []),
        ("qms", lost("suspended", D(2026, 6, 1), "reported"), D(2026, 7, 1), []),
        ("qms", lost("revoked", D(2026, 6, 1), "reported"), D(2026, 7, 1), [(FAULT, D(2027, 6, 2))]),
        # the body lost its approval: three months
        ("qms", lost("revoked", D(2026, 6, 30), "body_lost_approval"), D(2026, 9, 30), [(BODY, D(2026, 10, 1))]),
        ("qms", lost("revoked", D(2026, 11, 30), "body_lost_approval"), D(2027, 2, 28), [(BODY, D(2027, 3, 1))]),
        ("qms", lost("revoked", D(2026, 11, 30), "body_lost_approval"), D(2027, 3, 1), []),
        # a day that the source did not report: nobody can say when it ends
        ("qms", lost("revoked", None), D(2026, 7, 1), [(FAULT, None)]),
        # what happens only later bars nobody today
        ("qms", lost("revoked", D(2026, 8, 1)), D(2026, 7, 1), []),
    ],
)
def test_a_lost_certificate(group, losses, on, expected) -> None:
    assert asked(group, on, losses=losses) == expected


def test_the_bar_stands_before_a_transfer_but_not_before_ones_own_renewal_or_scope() -> None:
    losses = lost("suspended", D(2026, 6, 1))
    assert asked("qms", D(2026, 7, 1), losses=losses, kind="transfer") == [(FAULT, D(2027, 6, 2))]
    for kind in ("recertification", "scope"):
        assert asked("qms", D(2026, 7, 1), losses=losses, kind=kind, valid_to=D(2027, 1, 1)) == []


@pytest.mark.parametrize(
    ("since", "on", "expected"),
    [
        (D(2026, 6, 1), D(2026, 9, 1), [("min_operation_months", D(2026, 9, 2))]),
        (D(2026, 6, 1), D(2026, 9, 2), []),
        (D(2026, 11, 30), D(2027, 2, 28), [("min_operation_months", D(2027, 3, 1))]),
        (D(2026, 11, 30), D(2027, 3, 1), []),
        (D(2027, 11, 30), D(2028, 2, 29), [("min_operation_months", D(2028, 3, 1))]),
        (None, D(2026, 9, 1), []),
    ],
)
def test_three_months_of_operation(since, on, expected) -> None:
    assert asked("qms", on, operating_since=since) == expected


def test_what_waiting_does_not_mend_has_no_day_and_comes_first() -> None:
    found = asked(
        "qms",
        D(2026, 7, 1),
        dishonest=True,
        fee_paid_by_client=False,
        losses=lost("revoked", D(2026, 6, 1)),
        accident_on=D(2026, 6, 20),
        operating_since=D(2026, 6, 1),
    )
    assert found == [
        ("not_dishonest", None),
        ("fee_paid_by_client", None),
        ("bar_months_after_accident", D(2027, 6, 21)),
        (FAULT, D(2027, 6, 2)),
        ("min_operation_months", D(2026, 9, 2)),
    ]


@pytest.mark.parametrize(
    ("group", "on", "status", "barred"),
    [
        ("qms", D(2026, 12, 31), "valid", False),
        ("qms", D(2027, 1, 1), "valid", True),
        ("qms", D(2026, 12, 1), "revoked", True),
        ("organic", D(2027, 1, 1), "valid", True),
        ("ccc", D(2027, 1, 1), "valid", True),
    ],
)
def test_recertification_ends_before_the_certificate(group, on, status, barred) -> None:
    found = asked(group, on, kind="recertification", valid_to=D(2026, 12, 31), predecessor_status=status)
    assert found == ([("recertify_before_expiry", None)] if barred else [])


def test_every_obstacle_cites_its_article() -> None:
    rules = rule_set(ROWS, project_code="X", group="qms", shape=1, on=D(2026, 7, 1))
    facts = Facts(losses=lost("revoked", D(2026, 6, 1)), dishonest=True, fee_paid_by_client=False)
    for one in obstacles(rules, facts, D(2026, 7, 1)):
        assert "CNCA-QMS-01:2025" in one.basis
        assert all((one.rule, one.remedy, one.barred))
