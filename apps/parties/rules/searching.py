"""The three search columns of an organisation, kept in step with its names by one function."""

from collections.abc import Iterable
from functools import lru_cache

from pypinyin import Style, pinyin

from apps.core.grams import fold, fold_names, vector_literal

INITIALS_LENGTH = 200
_PHRASES = {
    "重庆": "cq",
    "厦门": "xm",
    "长沙": "cs",
    "长春": "cc",
    "银行": "yh",
    "朝阳": "cy",
}  # readings in firms' names


def search_fields(names: Iterable[str]) -> tuple[str, str, str]:
    """(search_text, text form of the search vector, initials) of an organisation's names, the current one first.

    Callers: every service here that writes a name, and imports for whole sets (pure, so it runs over a COPY stream).
    """
    listed = list(names)
    text = fold_names(listed)
    return text, vector_literal(text), initials_of(listed[0]) if listed else ""


def initials_of(name: str) -> str:
    """示例·碧江茶业 -> slbjcy. Characters without a reading and Latin letters stay as they are."""
    folded = fold(name)
    for phrase, letters in _PHRASES.items():
        if phrase in folded:
            folded = folded.replace(phrase, letters)
    return "".join(map(_initial, folded))[:INITIALS_LENGTH]


@lru_cache(maxsize=32_768)
def _initial(character: str) -> str:
    return pinyin(character, style=Style.FIRST_LETTER, errors="default")[0][0][:1] or character
