"""Sheets for people: no cell is a formula, codes stay text, length does not matter."""

import csv
import datetime as dt
import io

import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from apps.core.sheets import FORMULA_STARTS, csv_chunks, guarded, write_xlsx


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_what_would_run_gets_an_apostrophe(start: str) -> None:
    assert guarded(f"{start}1+1") == f"'{start}1+1"


@given(st.text())
def test_nothing_guarded_begins_like_a_formula(text: str) -> None:
    assert not guarded(text).startswith(FORMULA_STARTS)
    assert guarded(text).removeprefix("'") == text.removeprefix("'")


def test_dates_and_nothing_are_plain() -> None:
    assert guarded(dt.date(2026, 11, 24)) == "2026-11-24"
    assert guarded(None) == ""


def test_csv_comes_in_pieces_and_reads_back() -> None:
    rows = [[str(n), "甲,乙\n丙"] for n in range(1_200)]
    pieces = list(csv_chunks(["编号", "名称"], rows))
    assert len(pieces) == 3
    read = list(csv.reader(io.StringIO("".join(pieces).removeprefix("\ufeff"))))
    assert read == [["编号", "名称"], *rows]


def test_xlsx_holds_text_only() -> None:
    target = io.BytesIO()
    write_xlsx(target, "表", ["代码"], [["0101"], ["=1+1"], ["http://x"]])
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(target.getvalue())).get_sheet_by_index(0)
    assert rows.to_python() == [["代码"], ["0101"], ["'=1+1"], ["http://x"]]
