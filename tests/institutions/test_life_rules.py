"""The table of a licence's life: every status, every act, every cause; terms and ends of bars."""

import datetime as dt
from itertools import product

import pytest
from django.utils import translation

from apps.institutions.licence_constants import BarKind, Cause, Change, LicenceStatus
from apps.institutions.rules import life


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# What may follow a status, by hand, so that an edit of the table that was not meant shows here.
FOLLOWS = {
    "valid": {"order", "revoke", "cancel", "expire"},
    "rectifying": {"lift", "revoke", "cancel", "expire"},
    "expired": {"revoke", "cancel"},
    "revoked": {"cancel"},
    "cancelled": set(),
}


@pytest.mark.parametrize("status", list(LicenceStatus))
def test_what_may_follow_a_status(status: LicenceStatus) -> None:
    open_to = {move.code for move in life.MOVES.values() if any(life.may(move, cause, status) for cause in Cause)}
    assert open_to == FOLLOWS[status]


def test_every_cause_belongs_to_one_act_and_names_its_law() -> None:
    acts = {cause: [move.code for move in life.MOVES.values() if cause in move.causes] for cause in Cause}
    assert {cause: len(found) for cause, found in acts.items()} == dict.fromkeys(Cause, 1)
    assert [cause for move in life.MOVES.values() for cause, ground in move.causes.items() if not ground.basis] == []


@pytest.mark.parametrize(("move", "cause", "status"), list(product(life.MOVES.values(), Cause, LicenceStatus)))
def test_no_act_leaves_its_row(move: life.Move, cause: Cause, status: LicenceStatus) -> None:
    if life.may(move, cause, status):
        assert cause in move.causes
        assert status in move.sources
        assert status != move.target
        assert status != LicenceStatus.CANCELLED


@pytest.mark.parametrize(
    ("cause", "statuses"),
    [
        (Cause.UNRENEWED, {"expired"}),
        (Cause.ENDED, {"revoked"}),
        (Cause.WISH, {"valid", "rectifying"}),
        (Cause.IMPOSSIBLE, {"valid", "rectifying"}),
        (Cause.DISSOLVED, {"valid", "rectifying", "expired"}),
    ],
)
def test_a_licence_is_cancelled_on_a_cause_that_is_true(cause: Cause, statuses: set[str]) -> None:
    assert {status for status in LicenceStatus if life.may(life.CANCEL, cause, status)} == statuses


@pytest.mark.parametrize(
    ("status", "on", "expected"),
    [
        ("valid", "2026-05-31", "valid"),
        ("valid", "2026-06-01", "expired"),
        ("rectifying", "2026-06-01", "expired"),
        ("revoked", "2026-06-01", "revoked"),
        ("cancelled", "2026-06-01", "cancelled"),
        ("expired", "2026-05-01", "expired"),
    ],
)
def test_a_licence_is_expired_before_the_sweep_says_so(status: str, on: str, expected: str) -> None:
    assert life.standing(status, day("2026-05-31"), day(on)) == expected


def test_the_day_since_when_is_the_day_after_the_last() -> None:
    last, since = day("2026-05-31"), day("2020-06-01")
    assert life.since("valid", since, last, day("2026-05-31")) == since
    assert life.since("valid", since, last, day("2026-07-09")) == day("2026-06-01")
    assert life.since("expired", day("2026-06-01"), last, day("2026-07-09")) == day("2026-06-01")


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        ("2026-11-24", 12, "2027-11-24"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 36, "2031-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2027-02-28", 12, "2028-02-28"),
        ("2027-02-28", 36, "2030-02-28"),
        ("2026-12-31", 36, "2029-12-31"),
    ],
)
def test_the_last_day_of_a_bar(first: str, months: int, last: str) -> None:
    assert life.bar_end(day(first), months) == day(last)


def test_every_bar_has_its_limit() -> None:
    assert set(life.BAR_LIMITS) == set(BarKind)


@pytest.mark.parametrize("words", [Cause, Change, BarKind, LicenceStatus])
def test_every_word_is_there_in_both_languages(words) -> None:
    for each in words:
        with translation.override("en"):
            english = str(each.label)
        with translation.override("zh-hans"):
            assert english != str(each.label), each
