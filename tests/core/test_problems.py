"""What is wrong, told in sentences of the reader's language."""

import pytest
from django.utils import translation

from apps.core.problems import Problem


@pytest.mark.parametrize(
    ("language", "rule", "remedy", "told"),
    [
        ("zh-hans", "须填写", "请照执照填写", "须填写。请照执照填写。"),
        ("zh-hans", "须填写。", "请照执照填写。", "须填写。请照执照填写。"),
        ("en", "Must be given", "Copy it from the licence", "Must be given. Copy it from the licence."),
        ("en", "Must be given.", "Copy it from the licence.", "Must be given. Copy it from the licence."),
        ("en", "Not known", "", "Not known."),
    ],
)
def test_rule_and_remedy_are_two_sentences(language: str, rule: str, remedy: str, told: str) -> None:
    with translation.override(language):
        assert str(Problem("x", "place", "value", rule, remedy)) == told
