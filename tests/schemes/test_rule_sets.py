"""The rules of the schemes: which row answers on which day, and how a limit is counted across a change."""

import datetime as dt

import pytest

from apps.certifications.rules.schemes import day_spans, history, last_day, rule_set
from apps.certifications.selectors.schemes import shipped_rows
from apps.core.calendar import add_months

ROWS = shipped_rows()
D = dt.date


def rules_of(group: str, shape: int, on: dt.date):
    return rule_set(ROWS, project_code="X", group=group, shape=shape, on=on)


@pytest.mark.parametrize(
    ("group", "shape", "on", "name", "value"),
    [
        ("qms", 1, D(2025, 12, 31), "surveillance_gap_months", 15),
        ("qms", 1, D(2026, 1, 1), "surveillance_gap_months", 12),
        ("qms", 1, D(2026, 1, 1), "min_surveillances_per_cycle", 2),
        ("qms", 1, D(2025, 12, 31), "bar_months_after_fault", None),
        ("qms", 1, D(2026, 1, 1), "bar_months_after_fault", 12),
        ("qms", 1, D(2026, 1, 1), "short_notice_days", 30),
        ("qms", 1, D(2026, 1, 1), "fee_paid_by_client", True),
        ("ohsms", 1, D(2026, 2, 28), "bar_months_after_fault", None),
        ("ohsms", 1, D(2026, 3, 1), "bar_months_after_fault", 12),
        ("ems", 1, D(2026, 3, 1), "min_operation_months", 3),
        ("energy", 1, D(2026, 3, 1), "validity_months", 36),
        ("measurement", 1, D(2026, 3, 1), "validity_months", 60),
        ("organic", 3, D(2026, 3, 1), "validity_months", 12),
        ("organic", 3, D(2026, 3, 1), "same_number_at_renewal", True),
        ("organic", 3, D(2026, 3, 1), "first_surveillance_months", None),
        ("ccc", 2, D(2026, 3, 1), "validity_months", 60),
        ("industrial", 4, D(2026, 3, 1), "surveillance_gap_months", 12),
        ("service", 1, D(2026, 3, 1), "same_number_at_renewal", False),
    ],
)
def test_the_narrowest_row_of_the_day_answers(group, shape, on, name, value) -> None:
    assert getattr(rules_of(group, shape, on), name) == value


def test_a_suspension_in_season_is_longer_only_where_the_scheme_says_so() -> None:
    ccc, qms = rules_of("ccc", 2, D(2026, 3, 1)), rules_of("qms", 1, D(2026, 3, 1))
    assert (ccc.longest_suspension_months(), ccc.longest_suspension_months(seasonal=True)) == (6, 12)
    assert (qms.longest_suspension_months(), qms.longest_suspension_months(seasonal=True)) == (6, 6)


def test_factories_are_followed_up_by_class() -> None:
    ccc = rules_of("ccc", 2, D(2026, 3, 1))
    assert [ccc.follow_up_months(each) for each in "ABCD"] == [24, 12, 12, 6]


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (D(2024, 6, 30), D(2025, 9, 30)),  # over before the new rule: 15 months
        (D(2024, 9, 30), D(2025, 12, 30)),
        (D(2024, 10, 15), D(2026, 1, 1)),  # caught by the new rule, but never before its first day
        (D(2025, 6, 30), D(2026, 6, 30)),
        (D(2025, 12, 31), D(2026, 12, 31)),
        (D(2026, 2, 28), D(2027, 2, 28)),
        (D(2028, 2, 29), D(2029, 2, 28)),
    ],
)
def test_the_new_gap_takes_over_what_is_running(last, due) -> None:
    rows = history(ROWS, "surveillance_gap_months", group="qms", shape=1)
    assert last_day(last, rows) == due


def test_what_sql_counts_with_is_what_the_rule_says_for_every_day() -> None:
    today = D(2026, 3, 31)
    for code in ("first_surveillance_months", "surveillance_gap_months"):
        rows = tuple(history(ROWS, code, group="qms", shape=1))
        spans = day_spans(rows, today)
        assert 0 < len(spans) <= 6
        for back in range(500):
            start = today - dt.timedelta(days=back)
            span = next((one for one in spans if one.since <= start <= one.until), None)
            expected = last_day(start, rows)
            if span is None:
                assert expected < today
            else:
                assert (span.fixed or add_months(start, span.months)) == expected


def test_every_rule_has_a_basis_and_what_was_not_checked_says_so() -> None:
    assert all(row.basis and (row.verified or row.note) for row in ROWS)
    keys = [(row.scheme, row.code, row.effective_from) for row in ROWS]
    assert len(keys) == len(set(keys))
    open_rows = [(row.scheme, row.code) for row in ROWS if row.effective_to is None]
    assert len(open_rows) == len(set(open_rows)), "one open row for each rule of each scheme"
