"""What parameters a paper takes: pure."""

from typing import Any

import pytest

from apps.documents.papers import PAPERS
from apps.documents.rules import texts_of
from apps.documents.samples import sample

PAPER = PAPERS["decision_refusal"]
CORRECTION = PAPERS["notice_correction"]


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"number": ""}, ["paper.missing"]),
        ({"number": None, "court": None}, ["paper.missing"] * 2),
        ({"date": "2026-02-30"}, ["paper.day"]),
        ({"date": 20260701}, ["paper.day"]),
        ({"addressee": ["a"]}, ["paper.form"]),
        ({"addressee": "长" * 201}, ["paper.long"]),
        ({"addressee": "a\x07"}, ["paper.control"]),
        ({"addressee": "a\ud800"}, ["paper.control"]),
        ({"reasons": "一条"}, ["paper.list"]),
        ({"reasons": ["长" * 2_001]}, ["paper.long"]),
        ({"reasons": ["x"] * 31}, ["paper.list"]),
        ({"reasons": []}, ["paper.missing"]),
        ({"verify_url": "javascript:alert(1)"}, ["paper.url"]),
        ({"colour": "red"}, ["paper.unknown"]),
        ({"phone": ""}, []),
        ({"findings": "一段\n另一段"}, []),
    ],
)
def test_problems(change: dict[str, Any], codes: list[str]) -> None:
    found = PAPER.problems({**sample("decision_refusal"), **change})
    assert [problem.code for problem in found] == codes
    assert all(problem.rule and problem.remedy for problem in found)


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ([{"item": "a", "problem": "b"}], ["paper.row"]),
        ([{"item": "a", "problem": "b", "remedy": "c", "x": "d"}], ["paper.row"]),
        (["a"], ["paper.row"]),
        ([{"item": 1, "problem": "b", "remedy": "c"}], ["paper.form"]),
        ({"item": "a"}, ["paper.rows"]),
    ],
)
def test_rows(rows: Any, codes: list[str]) -> None:
    found = CORRECTION.problems({**sample("notice_correction"), "deficiencies": rows})
    assert [problem.code for problem in found] == codes


def test_every_text_is_found() -> None:
    assert texts_of({"a": "1", "b": ["2", {"c": "3"}], "d": None, "e": 4}) == ["1", "2", "3"]
