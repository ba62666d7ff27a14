from apps.core.grams import bigrams, fold, fold_names, query_literal, vector_literal


def test_width_case_and_punctuation_do_not_matter() -> None:
    assert fold("示例·梵净山（翠峰）ＡＢ c") == "示例梵净山翠峰abc"


def test_no_bigram_spans_two_names() -> None:
    assert bigrams(fold_names(["甲乙", "丙丁", "甲 乙"])) == ["甲乙", "丙丁"]


def test_every_stored_bigram_can_be_asked_for() -> None:
    assert vector_literal("山东泓达") == "'山东' '东泓' '泓达'"
    assert query_literal("泓达") == "'泓达'"
    assert query_literal("泓") == ""
