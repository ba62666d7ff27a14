"""What fictional institutions test: themes with their objects, parameters and standards, multiplied into a dictionary.

data/demo_themes.csv cites standards of the library where they fit, replaced ones too; the series DEMO is made up.
"""

import csv
from functools import cache
from pathlib import Path

from apps.institutions.rules.scope import Line

THEMES = Path(__file__).resolve().parent.parent / "data" / "demo_themes.csv"
COMMITMENT = (
    "示例·公开承诺：本机构遵守法律法规和检验检测相关规定，独立、客观、公正地开展检验检测活动，"
    "对出具的报告负责，不出具虚假或不实报告，保守委托方秘密，接受社会和主管部门监督。"
)


@cache
def dictionary() -> dict[str, tuple[Line, ...]]:
    """Every line of every theme, by the word an institution is named after."""
    lines: dict[str, list[Line]] = {}
    with THEMES.open(encoding="utf-8", newline="") as file:
        for theme in csv.DictReader(file):
            lines.setdefault(theme["word"], []).extend(_lines(theme))
    return {word: tuple(listed) for word, listed in lines.items()}


def _lines(theme: dict[str, str]) -> list[Line]:
    standards = [text.partition("=") for text in theme["standards"].split("|")]
    return [
        Line(theme["field"], tested, parameter, code, title=title)
        for tested in theme["objects"].split("|")
        for parameter in theme["parameters"].split("|")
        for code, _mark, title in standards
    ]
