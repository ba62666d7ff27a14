"""Facts written set by set in SQL read exactly as facts written one by one."""

import datetime as dt
import json
from typing import Any

import pytest
import rfc8785
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.audit.models import PublicFact
from apps.audit.services import canonical, facts_sql, publish, publish_from_select, publish_many

NOW = dt.datetime(2026, 3, 1, 8, 30, 15, 999_999, tzinfo=dt.timezone(dt.timedelta(hours=8)))
pytestmark = pytest.mark.django_db

NASTY = [
    "铜仁·“引号”",
    'a"b\\c/d',
    "\b\t\n\f\r\x01\x1f\x7f\x80\u2028\u2029",
    "😀\ufffd\ue000",
    "'; DROP TABLE x; -- %s %% {}",
    "",
    "</script>",
]
text = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)
value = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | text | st.lists(text, max_size=3)


def _sql_text(facts: dict[str, Any]) -> str:
    casts = {bool: "boolean", int: "bigint", str: "text", list: "text[]", type(None): "text"}
    columns = {key: f"%s::{casts[type(facts[key])]}" for key in facts}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {facts_sql(columns)}", [facts[key] for key in sorted(facts)])
        found: str = cursor.fetchone()[0]
    return found


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["a", "B", "b_1", "number", "valid_to", "_x", "Z"]), value, min_size=1))
def test_the_sql_text_of_facts_is_the_rfc_8785_text(facts: dict[str, Any]) -> None:
    assert _sql_text(facts) == rfc8785.dumps(facts).decode()


@pytest.mark.parametrize("nasty", NASTY)
def test_nasty_strings(nasty: str) -> None:
    assert _sql_text({"v": nasty, "l": [nasty, nasty]}) == rfc8785.dumps({"v": nasty, "l": [nasty, nasty]}).decode()


def test_dates_and_nested_objects() -> None:
    expression = facts_sql({"on": "DATE '2024-02-29'", "who": "json:" + facts_sql({"z": "1", "a": "NULL::text"})})
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression}")
        assert cursor.fetchone()[0] == '{"on":"2024-02-29","who":{"a":null,"z":1}}'


def test_one_statement_writes_what_publish_writes() -> None:
    rows = list(enumerate(NASTY))
    with transaction.atomic():
        for number, name in rows:
            publish(kind="x.made", subject_kind="one", subject_id=number, facts={"name": name, "n": number}, now=NOW)
        written = publish_from_select(
            kind="x.made",
            subject_kind="set",
            select=f"SELECT r.n::text AS subject_id, {facts_sql({'name': 'r.name', 'n': 'r.n'})} AS facts"
            " FROM unnest(%s::int[], %s::text[]) AS r (n, name)",
            params=[[number for number, _ in rows], [name for _, name in rows]],
            now=NOW,
        )
    assert written == len(rows)
    payload = {f.subject_id: f.payload for f in PublicFact.objects.filter(subject_kind="set")}
    one = {f.subject_id: f.payload.replace('"one:', '"set:') for f in PublicFact.objects.filter(subject_kind="one")}
    assert payload == one
    assert all(rfc8785.dumps(json.loads(text)).decode() == text for text in payload.values())


def test_numbers_go_on_without_a_gap_and_in_turn() -> None:
    select = f"""SELECT 'a' AS subject_id, {facts_sql({"turn": "t.turn"})} AS facts, t.turn
        FROM (VALUES (3), (1), (2)) AS t (turn)"""
    with transaction.atomic():
        publish(kind="k", subject_kind="s", subject_id="a", facts={}, now=NOW)
        publish_from_select(kind="k", subject_kind="s", select=select, now=NOW, several_each=True)
        publish_many(kind="k", subject_kind="s", facts_of=[("a", {"x": 1}), ("b", {}), ("a", {"x": 2})], now=NOW)
    facts = PublicFact.objects.filter(subject_id="a").order_by("n")
    assert [f.n for f in facts] == [1, 2, 3, 4, 5, 6]
    published = [json.loads(f.payload)["pub"] for f in facts]
    assert published == [
        {},
        {"turn": 1},
        {"turn": 2},
        {"turn": 3},
        {"x": 1},
        {"x": 2},
    ]
    assert [json.loads(f.payload)["n"] for f in facts] == [1, 2, 3, 4, 5, 6]


def test_a_wrong_promise_of_new_subjects_is_refused() -> None:
    select = "SELECT 'a' AS subject_id, '{}' AS facts"
    with transaction.atomic():
        publish_from_select(kind="k", subject_kind="s", select=select, now=NOW, all_new=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        publish_from_select(kind="k", subject_kind="s", select=select, now=NOW, all_new=True)


def test_the_text_says_the_second_in_utc() -> None:
    text = canonical(kind="k", subject_kind="s", subject_id="1", n=1, now=NOW, facts={"b": 1, "a": None})
    assert text == '{"at":"2026-03-01T00:30:15Z","id":"s:1","n":1,"pub":{"a":null,"b":1},"t":"k","v":1}'
