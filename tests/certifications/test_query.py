"""The one box: what was typed, read in every way it can be meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.certifications.rules.query import MAX_LENGTH, is_personal, read_query
from apps.core.problems import ProblemsFound


def test_number_in_any_width_case_and_spacing_has_one_key():
    assert read_query("００２１６ｑ１００９７ r1s").number == read_query("00216Q10097R1S").number == "00216Q10097R1S"


def test_codes_are_recognised():
    assert read_query("91371323760038087m").uscc == "91371323760038087M"
    assert read_query("76003808-7").org_code == "760038087"
    assert read_query("cnca r-2002-1").approval == ""
    assert read_query("CNCA-R-2002-001").approval == "CNCA-R-2002-001"
    assert read_query("7q4k-m2xd-9a1b").token == "7Q4KM2XD9A1B"


def test_words_are_split_and_folded():
    assert [w.text for w in read_query("山东·泓达 有机（产品）").words] == ["山东泓达", "有机产品"]
    assert read_query("SDHD").words[0].initials


@pytest.mark.parametrize(
    "typed", ["泓", "茶 叶品", "a\x00b", "字" * (MAX_LENGTH + 1), "一二 三四 五六 七八 九十 百千 万亿"]
)
def test_what_cannot_be_answered_says_why(typed):
    with pytest.raises(ProblemsFound) as found:
        read_query(typed)
    problem = found.value.problems[0]
    assert problem.place == "q"
    assert str(problem.rule)
    assert str(problem.remedy)


@pytest.mark.parametrize("typed", ["11010519491231002X", "110105491231002", "13812341234", "+86 138 1234 1234"])
def test_persons_are_never_searched(typed):
    """docs/security-attempts.md, 36."""
    reading = read_query(typed)
    assert not reading.words
    assert not reading.prefix
    assert (reading.uscc, reading.org_code, reading.token) == ("", "", "")


def test_a_uscc_of_digits_is_not_taken_for_a_person():
    assert not is_personal("913713237600380870")


@given(st.text(max_size=120))
def test_reading_never_fails_otherwise(typed):
    try:
        reading = read_query(typed)
    except ProblemsFound:
        return
    assert all(len(word.text) >= 2 for word in reading.words)
    assert "%" not in "".join(word.text for word in reading.words)
