"""The file that comes back to its author: each faulty cell marked, whatever kind of file it was."""

import json

import pytest
from python_calamine import CalamineWorkbook

from apps.certifications.models import ImportBatch
from apps.certifications.services.imports import annotating
from tests.certifications.importing import GOOD, NATIONAL, csv_bytes, json_bytes, nonzero, read, row, xlsx_bytes
from tests.reference import load_register

pytestmark = pytest.mark.django_db
TITLE = ["2026年获证企业一览表"]


@pytest.fixture(autouse=True)
def reference(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    load_register()


def annotated(batch: ImportBatch, tmp_path) -> tuple[list[list[object]], int]:
    """The rows of the annotated sheet, and how many were said to be bad."""
    target = tmp_path / "annotated.xlsx"
    bad = annotating.annotated_workbook(batch, target)
    return CalamineWorkbook.from_path(target).get_sheet_by_index(0).to_python(), bad


def test_a_workbook_with_a_title_comes_back_with_its_own_row_numbers(tmp_path):
    faulty = row(certNumber="X1", certiEDate="2029-02-30")
    batch = read(xlsx_bytes([TITLE, NATIONAL, GOOD, faulty, row(certNumber="X2")]), "名单.xlsx")
    assert nonzero(batch) == {"new": 2, "bad": 1}
    rows, bad = annotated(batch, tmp_path)
    assert bad == 1
    assert rows[0] == ["原行号", *NATIONAL, "问题与改法"]
    assert [line[0] for line in rows[1:]] == [3, 4, 5]
    assert rows[2][1:-1] == faulty
    assert "日历上没有这一天" in rows[2][-1]
    assert rows[1][-1] == rows[3][-1] == ""


def test_json_comes_back_as_a_sheet_and_a_record_that_is_none_as_its_place(tmp_path):
    records = [1, *json.loads(json_bytes([row(), row(certNumber="J2", orgCode="91371323760038087X")]))]
    batch = read(json.dumps(records, ensure_ascii=False).encode(), "记录.json")
    assert nonzero(batch) == {"new": 1, "bad": 2}
    rows, bad = annotated(batch, tmp_path)
    assert bad == 2
    assert [line[0] for line in rows[1:]] == [1, 2, 3]
    assert any("此处不是一条记录" in str(cell) for cell in rows[1])
    assert rows[3][rows[0].index("certNumber")] == "J2"
    assert "代码校验不通过" in rows[3][-1]


def test_a_key_that_stands_twice_in_a_record_is_a_problem_not_a_choice(tmp_path):
    record = json_bytes([row()]).decode()[1:-1]
    twice = record.replace('"certiStatus": "01"', '"certiStatus": "01", "certiStatus": "03"')
    unread = record.replace('"certiStatus": "01"', '"certiStatus": "01", "note": "a", "note": "b"').replace(
        "0R0S", "0R1S"
    )
    batch = read(f"[{twice}, {unread}]".encode(), "记录.json")
    assert nonzero(batch) == {"new": 1, "bad": 1}
    problem = batch.problems.get()
    assert (problem.row, problem.column, problem.value, problem.code) == (1, "certiStatus", "01", "repeated")
    rows, _bad = annotated(batch, tmp_path)
    assert "不止一次" in rows[1][-1] or "不止一次" in str(rows[1])


def test_a_sheet_that_is_full_says_where_it_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(annotating, "MOST_ROWS", 3)
    batch = read(csv_bytes([row(certNumber=f"F{n}", certiStatus="09") for n in range(5)]))
    rows, bad = annotated(batch, tmp_path)
    assert (bad, len(rows)) == (3, 5)
    assert "已列满 3 行，原文件第 5 行起未再列出" in rows[4][0]


def test_a_sheet_that_is_just_full_says_nothing_of_the_kind(tmp_path, monkeypatch):
    monkeypatch.setattr(annotating, "MOST_ROWS", 3)
    batch = read(csv_bytes([row(certNumber=f"F{n}", certiStatus="09") for n in range(3)]))
    rows, bad = annotated(batch, tmp_path)
    assert (bad, len(rows)) == (3, 4)
