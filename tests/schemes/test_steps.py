"""The next legal step and its last day."""

import datetime as dt

import pytest

from apps.certifications.rules.schemes import rule_set
from apps.certifications.selectors.schemes import shipped_rows
from apps.schemes.rules import Situation, next_step

ROWS = shipped_rows()
D = dt.date
ON = D(2026, 11, 24)


def step(group: str, shape: int, **at):
    rules = rule_set(ROWS, project_code="X", group=group, shape=shape, on=ON)
    found = next_step(Situation(group=group, shape=shape, **at), rules, ON)
    return found.code, found.last_day, found.from_day


@pytest.mark.parametrize(
    ("group", "shape", "at", "expected"),
    [
        ("qms", 1, {"surveillance_due": D(2027, 1, 15), "valid_to": D(2029, 1, 14)}, ("surveillance", D(2027, 1, 15))),
        ("qms", 1, {"surveillance_due": ON, "valid_to": D(2029, 1, 14)}, ("surveillance", ON)),
        (
            "qms",
            1,
            {"surveillance_due": D(2026, 11, 23), "valid_to": D(2029, 1, 14)},
            ("surveillance_overdue", D(2026, 11, 23)),
        ),
        ("qms", 1, {"valid_to": D(2027, 2, 1)}, ("recertify", D(2027, 2, 1))),
        ("organic", 3, {"valid_to": D(2027, 5, 31)}, ("apply_renewal", D(2027, 2, 28))),
        ("organic", 3, {"valid_to": D(2027, 2, 24)}, ("apply_renewal", ON)),
        ("organic", 3, {"valid_to": D(2027, 2, 23)}, ("recertify", D(2027, 2, 23))),
        ("ccc", 2, {"surveillance_due": D(2027, 6, 1), "valid_to": D(2027, 3, 1)}, ("recertify", D(2027, 3, 1))),
        ("qms", 1, {}, ("recertify", None)),
    ],
)
def test_a_certificate_that_holds(group, shape, at, expected) -> None:
    assert step(group, shape, status="valid", **at)[:2] == expected


def test_a_suspended_one_is_mended_by_its_end_or_by_the_longest_end_there_is() -> None:
    assert step("qms", 1, status="suspended", suspended_until=D(2026, 12, 31)) == ("correct", D(2026, 12, 31), None)
    assert step("qms", 1, status="suspended", since=D(2026, 8, 31)) == ("correct", D(2027, 2, 28), None)


def test_after_the_end_one_waits_or_begins_anew() -> None:
    lost = {"since": D(2026, 3, 15), "reason_class": "nonconformity"}
    assert step("qms", 1, status="revoked", **lost) == ("wait", None, D(2027, 3, 16))
    assert step("qms", 1, status="cancelled", **lost) == ("apply_anew", None, None)
    assert step("ohsms", 1, status="cancelled", **lost) == ("wait", None, D(2027, 3, 16))
    assert step("energy", 1, status="revoked", **lost) == ("apply_anew", None, None)
    assert step("qms", 1, status="revoked", since=D(2025, 1, 1), reason_class="nonconformity")[0] == "apply_anew"
    assert step("qms", 1, status="expired")[0] == "apply_anew"
