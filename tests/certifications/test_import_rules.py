"""What a cell of an import means, or which rule it breaks; and where a sheet's header stands. No database."""

import datetime as dt

import pytest

from apps.certifications.constants import Status
from apps.certifications.rules import import_cells as cells
from apps.certifications.rules.import_cells import HolderCode
from apps.certifications.rules.import_fields import BY_NAME, COLUMNS, FIELDS, REQUIRED, TEMPLATE
from apps.certifications.rules.import_problems import PROBLEMS
from apps.core.tables.cells import TEXT_LENGTH, Fault, long_text
from apps.core.tables.problems import explain

DAY = dt.date(2026, 3, 8)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-03-08", "2026/3/8", "2026.3.8", "20260308", "20260308.0", "2026年3月8日", "2026 - 03 - 08"),
        *("2026-03-08 00:00:00", "2026-03-08T00:00:00Z", "２０２６－０３－０８", " 2026-03-08 ", "46089", "46089.0"),
    ],
)
def test_one_day_written_in_many_ways(text):
    assert cells.read_date(text) == DAY


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2027-02-29", "date.impossible"),
        ("2025.13.45", "date.impossible"),
        ("1989-12-31", "date.range"),
        ("2101-01-01", "date.range"),
        ("长期", "date.shape"),
        ("2026-03", "date.shape"),
        ("#REF!", "sheet_error"),
    ],
)
def test_days_that_are_none(text, code):
    assert cells.read_date(text) == Fault(code)


def test_no_day_is_not_a_fault():
    assert cells.read_date("  ") is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("00126Q10001R0S", ("00126Q10001R0S", "00126Q10001R0S")),
        (" 00126q10001r0s ", ("00126q10001r0s", "00126Q10001R0S")),
        ("", Fault("required")),
        ("=1+1", Fault("formula")),
        ("2.00901E+15", Fault("number.digits_lost")),
        ("A<script>", Fault("number.characters")),
        ("A" * 65, Fault("too_long")),
        ("A\0B", Fault("control")),
        ("A\ufffdB", Fault("encoding")),
        ("#N/A", Fault("sheet_error")),
    ],
)
def test_numbers(text, meant):
    assert cells.read_number(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("91371323760038087M", HolderCode("91371323760038087M", "91371323760038087M", "760038087")),
        (
            "９１３７１３２３７６００３８０８７M",
            HolderCode("９１３７１３２３７６００３８０８７M", "91371323760038087M", "760038087"),
        ),
        ("760038087", HolderCode("760038087", None, "760038087")),
        ("76003808-7", HolderCode("76003808-7", None, "760038087")),
        ("000000000", HolderCode("000000000", None, None)),
        ("无", HolderCode("无", None, None)),
        ("", Fault("required")),
        ("91371323760038087X", Fault("code.check")),
        ("760038088", Fault("code.check")),
        ("12345", Fault("code.shape")),
        ("9" * 41, Fault("code.shape")),
    ],
)
def test_codes_of_holders(text, meant):
    assert cells.read_holder_code(text) == meant


def test_a_code_that_staff_let_pass_is_taken_as_it_is():
    code = "91371323760038087X"
    assert cells.read_holder_code(code, frozenset({code})).uscc == code


@pytest.mark.parametrize(
    ("reader", "text", "meant"),
    [
        (cells.read_status, "01", Status.VALID),
        (cells.read_status, "1", Status.VALID),
        (cells.read_status, "撤销", Status.REVOKED),
        (cells.read_status, "过期失效", Status.EXPIRED),
        (cells.read_status, "09", Fault("status.unknown")),
        (cells.read_status, "", Fault("required")),
        (cells.read_approval, "CNCA-R-2002-001", "CNCA-R-2002-001"),
        (cells.read_approval, "cnca-rf-2006-39", "CNCA-RF-2006-39"),
        (cells.read_approval, "CQC", Fault("body.shape")),
        (cells.read_shape, "01", 1),
        (cells.read_shape, "", None),
        (cells.read_shape, "5", Fault("shape.unknown")),
        (cells.read_division, "520602", "520602"),
        (cells.read_division, "5206", Fault("division.shape")),
        (cells.read_name, "  示例   公司 ", "示例 公司"),
        (cells.read_name, "@SUM(A1)", Fault("formula")),
        (cells.read_name, "示" * 201, Fault("too_long")),
    ],
)
def test_other_cells(reader, text, meant):
    assert reader(text) == meant


def test_long_text_keeps_its_lines_and_loses_its_blanks():
    assert long_text(" 茶叶  的加工 \r\n\r\n 销售\t") == "茶叶 的加工\n销售"
    assert long_text("x" * (TEXT_LENGTH + 1)) == Fault("too_long")


def test_a_header_is_found_below_titles_and_over_two_rows():
    rows = [
        ["获证企业一览表"],
        [],
        ["证书编号", "持证单位", "有效期", ""],
        ["", "", "自", "至"],
        ["A1", "示例", "", ""],
    ]
    header = COLUMNS.find_header(rows)
    assert header is not None
    assert header.last == 3
    assert [header.place(name) for name in ("number", "holder", "valid_from", "valid_to")] == [0, 1, 2, 3]


def test_a_sheet_without_a_header_is_no_list():
    assert COLUMNS.find_header([["a", "b"], ["1", "2"]]) is None
    assert COLUMNS.find_header([]) is None


def test_a_header_says_what_is_missing_doubled_and_unknown():
    header = COLUMNS.read_header(["certNumber", "证书编号", "备注", ""])
    assert header.doubled == ("number",)
    assert header.unknown == ("备注",)
    assert set(header.missing) == set(REQUIRED) - {"number"}
    assert not header.usable


def test_the_template_is_readable_by_its_own_rules():
    header = COLUMNS.read_header([BY_NAME[name].heading for name in TEMPLATE])
    assert header.usable
    assert header.fields == TEMPLATE
    assert all(COLUMNS.name_of(field.code) == field.name for field in FIELDS)


def test_stars_and_remarks_at_a_heading_do_not_matter():
    assert COLUMNS.name_of("证书编号（必填）") == "number"
    assert COLUMNS.name_of("* 持证单位 (全称)") == "holder"


def test_every_problem_explains_itself_and_an_old_one_by_its_name():
    assert all(words.rule and words.remedy for words in PROBLEMS.values())
    assert explain(PROBLEMS, "gone.since").rule == "gone.since"
