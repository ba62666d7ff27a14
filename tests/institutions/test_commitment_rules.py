"""May an application take the commitment route? Every bar with its rule, its article and the day that ends it."""

import datetime as dt

import pytest

from apps.institutions.licence_constants import RecordKind
from apps.institutions.rules.commitment_route import Entry, Line, RecordRule, Situation, refusals

ON = dt.date(2026, 11, 24)
RECORD = RecordRule(24, "某办法第九条")
OPEN = Situation(offered=True, first_timer=False)
PENALTY, REVOKED = RecordKind.PENALTY, RecordKind.COMMITMENT_REVOKED


def codes(situation: Situation, on: dt.date = ON) -> list[str]:
    return [each.code for each in refusals(situation, on, RECORD)]


def having(*entries: tuple[str, dt.date], **more: object) -> Situation:
    rows = tuple(Entry(kind, f"示市监〔{n}〕", day) for n, (kind, day) in enumerate(entries, 1))
    return Situation(**{"offered": True, "first_timer": False, "entries": rows, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        (OPEN, []),
        (Situation(offered=False, first_timer=False), ["route.item"]),
        (Situation(offered=True, first_timer=True, field="15"), ["route.medical_device"]),
        (Situation(offered=True, first_timer=True, lines=(Line("15", "口罩"),)), ["route.medical_device"]),
        (Situation(offered=True, first_timer=True, lines=(Line("20", "医疗器械包装"),)), ["route.medical_device"]),
        (Situation(offered=True, first_timer=True, lines=(Line("00", "保健食品"),)), ["route.special_food"]),
        (Situation(offered=True, first_timer=True, lines=(Line("00", "婴幼儿配方乳粉"),)), ["route.special_food"]),
        (Situation(offered=True, first_timer=True, field="00", lines=(Line("00", "茶叶"),)), []),
        (having((REVOKED, dt.date(2020, 1, 2))), ["route.revoked"]),
        (having((REVOKED, dt.date(2020, 1, 2)), general_since=dt.date(2019, 1, 1)), ["route.revoked"]),
        (having((REVOKED, dt.date(2020, 1, 2)), general_since=dt.date(2021, 1, 1)), []),
        (having((PENALTY, dt.date(2024, 11, 24))), []),  # two years are over today
        (having((PENALTY, dt.date(2024, 11, 25))), ["route.penalty"]),
        (having((PENALTY, ON), first_timer=True), []),
        (having((REVOKED, ON), first_timer=True), ["route.revoked"]),  # the exemption is from the record only
    ],
)
def test_when_the_route_is_open(situation: Situation, expected: list[str]) -> None:
    assert codes(situation) == expected


def test_every_reason_is_told_at_once_with_article_and_what_would_change_it() -> None:
    rows = ((PENALTY, dt.date(2025, 3, 1)), (PENALTY, dt.date(2026, 1, 31)), (REVOKED, dt.date(2026, 2, 1)))
    worst = having(*rows, offered=False, field="15", lines=(Line("00", "保健食品"),))
    found = refusals(worst, ON, RECORD)
    assert [each.code for each in found] == [
        "route.item",
        "route.medical_device",
        "route.special_food",
        "route.revoked",
        "route.penalty",
        "route.penalty",
    ]
    assert all(each.rule and each.article and each.changes for each in found)
    assert [each.until for each in found[-2:]] == [dt.date(2027, 3, 1), dt.date(2028, 1, 31)]
    assert "2027-03-01" in str(found[-2].problem())


def test_the_day_named_is_the_first_on_which_the_answer_is_another() -> None:
    """Also where the month has no such day: 29 February plus 24 months is 28 February."""
    for decided in (dt.date(2024, 2, 29), dt.date(2025, 8, 31), dt.date(2026, 11, 24)):
        situation = having((PENALTY, decided))
        (refusal,) = refusals(situation, decided, RECORD)
        assert refusal.until is not None
        assert codes(situation, refusal.until) == []
        assert codes(situation, refusal.until - dt.timedelta(days=1)) == ["route.penalty"]
