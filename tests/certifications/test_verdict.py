"""Eight verdicts, none mistakable for another."""

import datetime as dt

import pytest

from apps.certifications.rules.verdict import Kind, judge, verdict_of

NOW = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 24)


def judged(status, *, valid_to=dt.date(2027, 1, 1), age=1):
    confirmed = NOW - dt.timedelta(days=age)
    return judge(status, valid_to, confirmed_at=confirmed, cadence_days=30, now=NOW, today=TODAY).kind


@pytest.mark.parametrize("part", ["word", "sentence", "icon", "tone"])
def test_each_has_its_own_word_sentence_icon_and_colour(part):
    shown = [str(getattr(verdict_of(kind), part)) for kind in Kind]
    assert len(set(shown)) == len(Kind)


@pytest.mark.parametrize("status", ["valid", "suspended", "revoked", "cancelled", "expired"])
def test_a_recorded_status_is_told(status):
    assert judged(status) == status


def test_valid_runs_out_with_its_last_day_swept_or_not():
    assert judged("valid", valid_to=TODAY) == Kind.VALID
    assert judged("valid", valid_to=TODAY - dt.timedelta(days=1)) == Kind.EXPIRED
    assert judged("suspended", valid_to=TODAY - dt.timedelta(days=1)) == Kind.EXPIRED


def test_only_valid_grows_stale():
    assert judged("valid", age=31) == Kind.STALE
    assert judged("valid", age=30) == Kind.VALID
    assert judged("revoked", age=400) == Kind.REVOKED
    assert judged("valid", age=400, valid_to=TODAY - dt.timedelta(days=1)) == Kind.EXPIRED
