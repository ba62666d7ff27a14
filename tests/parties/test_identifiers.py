"""Resident identity numbers, approvals, CCC, CMA and organic numbers, masking, search fields."""

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric as oracle
from stdnum.exceptions import InvalidComponent

from apps.core.grams import fold
from apps.parties.rules import masking, numbers, searching
from apps.parties.rules.resident import TONGREN_HISTORICAL, check_resident_id, resident_check_character

TODAY = dt.date(2026, 11, 24)


def resident(division: str, birthday: str, serial: str = "001") -> str:
    first17 = division + birthday + serial
    return first17 + resident_check_character(first17)


@pytest.mark.parametrize("division", sorted(TONGREN_HISTORICAL))
def test_numbers_given_in_tongren_before_2011_stay_valid(division: str) -> None:
    number = resident(division, "19850230"[:6] + "20")
    checked = check_resident_id(number.lower(), today=TODAY, known_divisions=frozenset())
    assert checked.ok
    assert checked.warnings == []


def test_the_oracle_crashes_on_a_division_missing_from_its_table() -> None:
    # Disagreement: stdnum breaks with a KeyError; the portal only warns, because numbers are given for life and tables
    # of repealed codes are never complete.
    number = resident("522299", "19800101")
    checked = check_resident_id(number, today=TODAY, known_divisions=frozenset({"520602"}))
    assert checked.ok
    assert [p.code for p in checked.warnings] == ["resident_id.division"]
    with pytest.raises(KeyError):
        oracle.is_valid(number)


@given(st.dates(dt.date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_made_numbers_pass_here_and_with_the_oracle(day: dt.date, serial: int) -> None:
    number = resident("110101", day.strftime("%Y%m%d"), f"{serial:03d}")
    assert check_resident_id(number, today=TODAY).ok
    assert oracle.is_valid(number)


@given(st.text(max_size=20) | st.from_regex(r"\A[0-9]{17}[0-9X]\Z"))
def test_what_passes_here_passes_the_oracle_or_has_an_unknown_division(text: str) -> None:
    checked = check_resident_id(text, today=TODAY)
    if checked.ok:
        with contextlib.suppress(KeyError, InvalidComponent):  # the division is not in the oracle's table
            oracle.get_birth_place(checked.value)
            assert oracle.is_valid(checked.value)


@pytest.mark.parametrize(
    ("number", "codes"),
    [
        ("11010119900230001", ["resident_id.shape"]),
        ("110101900101001", ["resident_id.shape"]),
        (resident("110101", "19900230"), ["resident_id.birthday"]),
        (resident("110101", "20270101"), ["resident_id.birthday"]),
        (resident("010101", "19900101"), ["resident_id.province"]),
        ("110101199001010010", ["resident_id.check"]),
        ("11010119900101００１X", ["resident_id.check"]),
    ],
)
def test_faults_of_resident_numbers(number: str, codes: list[str]) -> None:
    assert [p.code for p in check_resident_id(number, today=TODAY).problems] == codes


@pytest.mark.parametrize(
    ("typed", "value", "codes"),
    [
        ("CNCA-R-2002-001", "CNCA-R-2002-001", []),
        ("cnca r 2002 001", "CNCA-R-2002-001", []),
        ("ＣＮＣＡ－ＲＦ－2006－39", "CNCA-RF-2006-39", []),
        ("CNCA-R-2024-1364", "CNCA-R-2024-1364", []),
        ("CNCA-R-1999-001", "CNCA-R-1999-001", ["approval.year"]),
        ("CNCA-R-2027-001", "CNCA-R-2027-001", ["approval.year"]),
        ("CNCA-R-2002-1", "CNCAR20021", ["approval.shape"]),
        ("CNCA-X-2002-001", "CNCAX2002001", ["approval.shape"]),
    ],
)
def test_approval_numbers(typed: str, value: str, codes: list[str]) -> None:
    checked = numbers.check_approval_number(typed, this_year=2026)
    assert (checked.value, [p.code for p in checked.problems]) == (value, codes)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("2009010702358369", []),
        (" 2009 0107 0235 8369 ", []),
        ("200901070235836", ["ccc.shape"]),
        ("2109010702358369", ["ccc.year"]),
    ],
)
def test_ccc_numbers(typed: str, codes: list[str]) -> None:
    assert [p.code for p in numbers.check_ccc_number(typed, this_year=2026).problems] == codes


def test_masks() -> None:
    assert masking.mask_person_name("张三丰") == "张*"
    assert masking.mask_person_name("欧阳明") == "欧阳*"
    assert masking.mask_person_name("Ann Lee") == "A* L*"
    assert masking.mask_resident_id("52220119900101001X") == "522***********001X"
    assert masking.mask_address("碧江区灯塔街道东太大道12号3单元") == "碧江区灯塔街道***"


@given(st.text(max_size=30))
def test_masks_never_fail_and_never_show_all_of_a_name(text: str) -> None:
    for mask in (masking.mask_person_name, masking.mask_resident_id, masking.mask_address):
        mask(text)
    if text.strip() and not text.isascii():
        assert masking.mask_person_name(text).endswith("*")


def test_search_fields_hold_every_name_and_the_initials_of_the_first() -> None:
    text, vector, initials = searching.search_fields(["示例·重庆碧江（茶）ABC", "旧名"])
    assert text == "示例重庆碧江茶abc\n旧名"
    assert "'旧名'" in vector
    assert initials == "slcqbjcabc"
    assert searching.search_fields([]) == ("", "", "")


@given(st.text(max_size=300))
def test_initials_fit_their_column(name: str) -> None:
    assert len(searching.initials_of(name)) <= searching.INITIALS_LENGTH
    assert "\n" not in fold(name)


@pytest.mark.parametrize("name", ["示例·碧江区某某茶行", "碧江区梵净茶叶经营部", "万山区老张家米粉店（个体工商户）"])
def test_a_trade_name_is_shown_as_it_stands(name):
    assert masking.is_trade_name(name)
    assert masking.mask_trader_name(f" {name} ") == name


@pytest.mark.parametrize(
    "name",
    ["", "张三", "张三丰", "欧阳明月", "买买提·吐尔逊江", "阿卜杜拉·买买提·热合曼", "John Smith", "茶行", "小店"],
)
def test_what_may_be_a_person_is_masked(name):
    assert not masking.is_trade_name(name)
    assert masking.mask_trader_name(name) != name or not name
