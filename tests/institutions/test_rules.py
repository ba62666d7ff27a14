"""Standard numbers, scope lines and their difference, the CMA number, due days. No database."""

import datetime as dt

import pytest

from apps.core.tables.columns import Header
from apps.core.tables.problems import explain
from apps.institutions.rules.cma import check_cma_number
from apps.institutions.rules.duties import commitment_problems, due_on, last_quarter, quarter_end, read_reports
from apps.institutions.rules.scope import PROBLEMS, Line, capability_key, difference, read_line, repeated
from apps.institutions.rules.scope_columns import COLUMNS
from apps.institutions.rules.standards import number_of, read_standard

TODAY = dt.date(2026, 11, 24)
HEADER: Header = COLUMNS.read_header(["领域", "检测对象", "参数", "标准编号", "标准名称", "限制范围", "场所"])


@pytest.mark.parametrize(
    ("text", "code", "clause"),
    [
        ("GB 6675.4-2014", "GB 6675.4-2014", ""),
        ("GB6675.4—2014", "GB 6675.4-2014", ""),
        ("ｇｂ／ｔ　5750.6－2023", "GB/T 5750.6-2023", ""),
        ("GB / T 5750.6 - 2023", "GB/T 5750.6-2023", ""),
        ("GB 5009.12-2023 第一法", "GB 5009.12-2023", "第一法"),
        ("HJ 700-2014", "HJ 700-2014", ""),
        ("DB52/T 1401-2019", "DB52/T 1401-2019", ""),
        ("T/CNFPIA 3001-2019", "T/CNFPIA 3001-2019", ""),
        ("ISO/IEC 17025:2017", "ISO/IEC 17025:2017", ""),
        ("iso 8124-3:2020", "", ""),
        ("《水和废水监测分析方法》（第四版增补版）2002年", "《水和废水监测分析方法》(第四版增补版)2002年", ""),
        ("GB 6675.4", "", ""),
        ("GB 6675.4-14", "", ""),
        ("GB 6675.4-20144", "", ""),
        ("《水和废水监测分析方法》", "", ""),
        ("2014", "", ""),
        ("", "", ""),
        ("a" * 5000, "", ""),
        ("GB " + "1" * 5000 + "-2014", "", ""),
    ],
)
def test_a_standard_as_people_write_it(text: str, code: str, clause: str) -> None:
    cited = read_standard(text)
    assert (cited.code if cited else "", cited.clause if cited else "") == (code, clause)


def test_the_number_is_the_code_without_its_year() -> None:
    assert number_of("GB/T 5750.6-2023") == "GB/T 5750.6"
    assert number_of("ISO/IEC 17025:2017") == "ISO/IEC 17025"
    assert number_of("no standard at all") == "no standard at all"


def line(**parts: str) -> Line:
    defaults = {"field": "10", "object": "玩具", "parameter": "铅迁移量", "standard": "GB 6675.4-2014"}
    return Line(**{**defaults, **parts})


class TestLines:
    def test_a_row_of_cells(self) -> None:
        cells = ["轻工", " 玩具 ", "铅迁移量", "GB6675.4—2014 附录A", "玩具安全", "/", ""]
        read, problems = read_line(2, HEADER, cells, ["东区实验室"])
        assert problems == []
        assert read == line(clause="附录A", title="玩具安全")

    @pytest.mark.parametrize(
        ("place", "text", "code"),
        [
            (0, "", "required"),
            (0, "占星", "field.unknown"),
            (0, "22", "field.unknown"),
            (1, "", "required"),
            (1, "=1+1", "formula"),
            (1, "x" * 201, "too_long"),
            (2, "铅\ufffd", "encoding"),
            (2, "#REF!", "sheet_error"),
            (3, "GB 6675.4", "standard.year"),
            (6, "西区", "site.unknown"),
        ],
    )
    def test_each_fault_names_its_cell(self, place: int, text: str, code: str) -> None:
        cells = ["10", "玩具", "铅", "GB 6675.4-2014", "", "", "东区"]
        cells[place] = text
        read, problems = read_line(7, HEADER, cells, ["东区"])
        assert read is None
        assert [(p.row, p.column, p.code) for p in problems] == [(7, HEADER.texts[place], code)]

    def test_an_invisible_character_is_taken_out(self) -> None:
        read, _problems = read_line(2, HEADER, ["10", "玩具", "铅\u200b", "GB 6675.4-2014", "", "", ""], [])
        assert read is not None
        assert read.parameter == "铅"

    def test_every_fault_of_a_row_at_once(self) -> None:
        _read, problems = read_line(3, HEADER, ["", "", "", "", "", "", ""], ["东区", "西区"])
        assert [p.code for p in problems] == ["required"] * 4 + ["site.needed"]
        assert all(str(explain(PROBLEMS, p.code).rule) for p in problems)

    def test_a_short_row_is_blank_at_its_end_a_long_one_is_refused(self) -> None:
        assert read_line(2, HEADER, ["10", "玩具", "铅", "GB 6675.4-2014"], [])[0] is not None
        assert read_line(2, HEADER, ["10"] * 9, [])[1][0].code == "columns"

    def test_one_capability_whatever_the_spelling(self) -> None:
        assert capability_key(line()) == capability_key(line(object="玩 具", title="x", restriction="y"))
        assert capability_key(line()) != capability_key(line(standard="GB 6675.4-2003"))

    def test_repeated_rows(self) -> None:
        rows = [(2, line()), (3, line(site="西区")), (4, line(object="玩 具"))]
        assert [(p.row, p.code) for p in repeated(rows)] == [(4, "row.repeated")]


class TestDifference:
    def test_added_removed_changed(self) -> None:
        old = [line(), line(parameter="镉"), line(parameter="汞", restriction="只测塑料")]
        new = [line(standard="GB 6675.4-2024"), line(parameter="汞"), line(parameter="铬")]
        found = difference(old, new, {})
        assert [c.parts for c in found.changed] == [("standard",), ("restriction",)]
        assert [row.parameter for row in found.added] == ["铬"]
        assert [row.parameter for row in found.removed] == ["镉"]

    def test_a_replacing_standard_is_a_change(self) -> None:
        old, new = [line(standard="GB/T 5009.12-2010")], [line(standard="GB 5009.12-2023")]
        assert difference(old, new, {}).changed == []
        replaced = {"GB/T 5009.12-2010": {"GB 5009.12-2023"}}
        found = difference(old, new, replaced)
        assert (len(found.changed), found.added, found.removed) == (1, [], [])

    def test_nothing_changed(self) -> None:
        found = difference([line(title="a")], [line(title="b")], {})
        assert (found.added, found.removed, found.changed) == ([], [], [])


class TestCmaNumber:
    def test_right(self) -> None:
        checked = check_cma_number(" 2524 0005 0123 ", today=TODAY)
        assert (checked.value, checked.problems, checked.warnings) == ("252400050123", [], [])

    @pytest.mark.parametrize(
        ("text", "problems", "warnings"),
        [
            ("25240005012", ["cma.shape"], []),
            ("25240005012X", ["cma.shape"], []),
            ("２５２４０００５０１２３", [], []),
            ("272400050123", ["cma.year"], []),
            ("259900050123", ["cma.authority"], []),
            ("252430050123", [], ["cma.field"]),
            ("252400990123", [], ["cma.ministry"]),
        ],
    )
    def test_wrong_or_odd(self, text: str, problems: list, warnings: list) -> None:
        checked = check_cma_number(text, today=TODAY)
        assert [p.code for p in checked.problems] == problems
        assert [p.code for p in checked.warnings] == warnings


class TestDuties:
    @pytest.mark.parametrize(
        ("begins", "months", "days", "due"),
        [
            ("2025-12-31", 3, 0, "2026-03-31"),
            ("2026-03-31", 1, 0, "2026-04-30"),
            ("2026-06-30", 1, 0, "2026-07-31"),
            ("2024-02-29", 12, 0, "2025-02-28"),
            ("2025-02-28", 36, 0, "2028-02-29"),
            ("2026-01-15", 0, 30, "2026-02-14"),
        ],
    )
    def test_due(self, begins: str, months: int, days: int, due: str) -> None:
        day = dt.date.fromisoformat
        assert due_on(day(begins), months=months, days=days) == day(due)

    def test_quarters(self) -> None:
        assert last_quarter(dt.date(2026, 1, 1)) == (2025, 4)
        assert last_quarter(TODAY) == (2026, 3)
        assert quarter_end(2026, 2) == dt.date(2026, 6, 30)

    def test_a_sample_is_read_line_by_line(self) -> None:
        text = "R1，2026-07-01，玩具，GB 6675.4-2014\n\nR2,2026-10-01,水,GB 5749-2022\nR1,2026-08-01,水,x\nnonsense"
        reports, problems = read_reports(text, 2026, 3)
        assert [r.number for r in reports] == ["R1"]
        assert [p.code for p in problems] == ["sample.quarter", "sample.repeated", "sample.line"]

    def test_a_commitment_says_something_and_is_signed(self) -> None:
        assert [p.code for p in commitment_problems("我们承诺", " ")] == ["commitment.short", "commitment.unsigned"]
        assert commitment_problems("依法依规独立公正开展检验检测" * 5, "示例") == []
