"""The registry's rules: numbers, moves of the status, dates, freshness, words."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from apps.certifications import rules
from apps.certifications.constants import ReasonClass, Shape, Status
from apps.certifications.rules.schemes import RuleRow

DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2090, 12, 31))
UTC = dt.UTC


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("００１１４Ｅ２２７６６Ｒ２Ｌ／３５０２", "00114E22766R2L/3502"),
        (" 17323isms0094r0s\t", "17323ISMS0094R0S"),
        ("11719E00027–02R0S", "11719E00027-02R0S"),
        ("11719E00027—02R0S", "11719E00027-02R0S"),
        ("CQM 24S 20850R0M\u200b", "CQM24S20850R0M"),
        ("134OP1200001\u00a0-1", "134OP1200001-1"),
    ],
)
def test_a_number_is_found_by_any_width_case_spacing_and_hyphen(typed: str, key: str) -> None:
    assert rules.number_key(typed) == key


@given(st.text(max_size=40))
def test_the_key_of_a_key_is_itself(text: str) -> None:
    key = rules.number_key(text)
    assert rules.number_key(key) == key


@given(st.text("0123456789QERSML/-", min_size=1, max_size=30))
def test_different_numbers_keep_different_keys(number: str) -> None:
    assert rules.number_key(number) == number


def test_tokens_are_twelve_letters_of_crockford_and_differ() -> None:
    tokens = {rules.new_token() for _ in range(2000)}
    assert len(tokens) == 2000
    assert all(len(token) == 12 and set(token) <= set(rules.TOKEN_ALPHABET) for token in tokens)


def test_a_token_survives_being_read_aloud() -> None:
    assert rules.token_key("7q4k-m2xd-o1il") == "7Q4KM2XD0111"
    assert rules.spoken_token("7Q4KM2XD0111") == "7Q4K-M2XD-0111"


def test_expired_from_the_day_after_valid_to() -> None:
    last = dt.date(2026, 11, 24)
    assert rules.effective_status(Status.VALID, last, last) == Status.VALID
    assert rules.effective_status(Status.VALID, last, last + dt.timedelta(1)) == Status.EXPIRED
    assert rules.effective_status(Status.SUSPENDED, last, last + dt.timedelta(1)) == Status.EXPIRED
    assert rules.effective_status(Status.REVOKED, last, last + dt.timedelta(900)) == Status.REVOKED
    assert rules.effective_status(Status.VALID, None, last) == Status.VALID


LEGAL = {
    (Status.VALID, Status.SUSPENDED),
    (Status.VALID, Status.REVOKED),
    (Status.VALID, Status.CANCELLED),
    (Status.VALID, Status.EXPIRED),
    (Status.SUSPENDED, Status.VALID),
    (Status.SUSPENDED, Status.REVOKED),
    (Status.SUSPENDED, Status.CANCELLED),
    (Status.SUSPENDED, Status.EXPIRED),
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(Status, Status)))
def test_only_the_eight_legal_moves_are_legal(before: Status, after: Status) -> None:
    assert rules.may_move(before, after) == ((before, after) in LEGAL)


def test_out_of_expiry_only_a_new_period_leads_and_out_of_revocation_nothing() -> None:
    assert rules.may_move(Status.EXPIRED, Status.VALID, new_period=True)
    assert not rules.may_move(Status.REVOKED, Status.VALID, new_period=True)
    assert not rules.may_move(Status.CANCELLED, Status.VALID, new_period=True)
    assert [rules.may_renew(status) for status in Status] == [True, True, False, False, True]


def test_a_first_record_may_bring_any_status() -> None:
    assert all(rules.may_move("", status) for status in Status)


def test_every_move_has_reasons_and_a_basis() -> None:
    for entry in rules.MOVES:
        assert entry.reasons
        assert entry.basis
        assert ReasonClass.REPORTED in entry.reasons  # the national feed often gives none


def test_the_scheme_rule_is_cited_beside_the_regulation() -> None:
    assert "第二十六条" in rules.legal_basis(Status.VALID, Status.SUSPENDED)
    assert "CNCA-QMS-01:2025" in rules.legal_basis(Status.VALID, Status.SUSPENDED, group="qms")
    assert "QMS" not in rules.legal_basis(Status.VALID, Status.EXPIRED, group="qms")
    assert rules.legal_basis(Status.REVOKED, Status.VALID) == ""


class CertificateLife(RuleBasedStateMachine):
    """Whatever is tried in whatever order, the history stays legal and status_on agrees with effective_status."""

    def __init__(self) -> None:
        super().__init__()
        self.day = dt.date(2026, 1, 1)
        self.periods = [(self.day, dt.date(2028, 12, 31))]
        self.moves = [(self.day, Status.VALID)]

    @property
    def status(self) -> Status:
        return self.moves[-1][1]

    @rule(target_status=st.sampled_from(Status), later=st.integers(1, 400))
    def try_a_move(self, target_status: Status, later: int) -> None:
        self.day += dt.timedelta(days=later)
        if rules.effective_status(self.status, self.periods[-1][1], self.day) != self.status:
            self.moves.append((self.periods[-1][1] + dt.timedelta(1), Status.EXPIRED))
        if target_status != Status.EXPIRED and rules.may_move(self.status, target_status):
            self.moves.append((self.day, target_status))

    @precondition(lambda self: rules.may_renew(self.status))
    @rule()
    def recertify(self) -> None:
        start = max(self.day, self.periods[-1][1] + dt.timedelta(1))
        self.day = start
        if rules.effective_status(self.status, self.periods[-1][1], start) == Status.EXPIRED:
            self.moves.append((start, Status.EXPIRED))
        self.periods.append((start, rules.next_validity(start, 36)))
        assert rules.may_move(self.status, Status.VALID, new_period=True) or self.status == Status.VALID
        self.moves.append((start, Status.VALID))

    @invariant()
    def nothing_follows_revocation_or_cancellation(self) -> None:
        ended = [i for i, (_, status) in enumerate(self.moves) if status in (Status.REVOKED, Status.CANCELLED)]
        assert not ended or ended == [len(self.moves) - 1]

    @invariant()
    def today_is_told_alike_from_history_and_from_the_record(self) -> None:
        now = rules.effective_status(self.status, self.periods[-1][1], self.day)
        assert rules.status_on(self.moves, self.periods, self.day) == now


TestCertificateLife = CertificateLife.TestCase


def test_the_status_of_a_past_day() -> None:
    moves = [(dt.date(2024, 1, 1), "valid"), (dt.date(2025, 3, 1), "suspended"), (dt.date(2025, 6, 1), "valid")]
    periods = [(dt.date(2024, 1, 1), dt.date(2026, 12, 31))]
    told = [
        rules.status_on(moves, periods, day)
        for day in (dt.date(2023, 12, 31), dt.date(2024, 1, 1), dt.date(2025, 3, 1), dt.date(2025, 6, 1))
    ]
    assert told == [None, Status.VALID, Status.SUSPENDED, Status.VALID]
    assert rules.status_on(moves, periods, dt.date(2027, 1, 1)) == Status.EXPIRED


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (dt.date(2026, 3, 18), 12, dt.date(2027, 3, 17)),
        (dt.date(2024, 2, 29), 36, dt.date(2027, 2, 28)),
        (dt.date(2024, 2, 29), 48, dt.date(2028, 2, 28)),
        (dt.date(2026, 1, 1), 36, dt.date(2028, 12, 31)),
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
    ],
)
def test_the_last_day_of_a_period(start: dt.date, months: int, end: dt.date) -> None:
    assert rules.next_validity(start, months) == end


@given(DAYS, st.integers(1, 120))
def test_two_periods_in_a_row_leave_no_gap_and_no_overlap(start: dt.date, months: int) -> None:
    end = rules.next_validity(start, months)
    follower = rules.next_validity(end + dt.timedelta(1), months)
    assert start < follower
    assert (end - start).days in range(27, 31 * months + 1)


def test_surveillance_is_due_within_twelve_months_unless_the_certificate_ends_first() -> None:
    issued = dt.date(2026, 1, 15)
    rows = [RuleRow("qms", "gap", 12, "month", dt.date(2026, 1, 1), None, "")]
    none = [RuleRow("organic", "gap", None, "month", dt.date(2020, 1, 1), None, "")]
    due = rules.surveillance_due(issued, rows, valid_to=dt.date(2029, 1, 14))
    assert due == dt.date(2027, 1, 15)
    assert rules.surveillance_due(issued, rows, valid_to=dt.date(2027, 1, 14)) is None
    assert rules.surveillance_due(issued, none) is None
    assert rules.surveillance_due(issued, []) is None
    assert rules.surveillance_due(None, rows) is None


def test_a_suspension_ends_on_the_last_day_of_a_shorter_month() -> None:
    assert rules.longest_suspension(dt.date(2026, 8, 31), 6) == dt.date(2027, 2, 28)
    assert rules.longest_suspension(dt.date(2026, 8, 31), 12) == dt.date(2027, 8, 31)


def test_a_record_is_stale_once_its_source_missed_its_promise() -> None:
    confirmed = dt.datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert not rules.is_stale(confirmed, 30, dt.datetime(2026, 12, 1, 8, tzinfo=UTC))
    assert rules.is_stale(confirmed, 30, dt.datetime(2026, 12, 1, 8, 0, 1, tzinfo=UTC))


def test_four_acts_have_four_sentences() -> None:
    sentences = {str(rules.status_words(status).sentence) for status in Status}
    assert len(sentences) == len(Status)
    assert len({str(rules.consequence(status)) for status in Status}) == len(Status)


def test_the_next_step_depends_on_why_it_was_suspended() -> None:
    missed = rules.next_legal_step(Status.SUSPENDED, ReasonClass.SURVEILLANCE_MISSED)
    assert "必须撤销" in str(missed)
    assert rules.next_legal_step(Status.SUSPENDED, ReasonClass.NONCONFORMITY) != missed
    assert "出厂" in str(rules.next_legal_step(Status.SUSPENDED, shape=Shape.CCC))
    assert rules.days_left(dt.date(2026, 11, 30), dt.date(2026, 11, 24)) == 6
