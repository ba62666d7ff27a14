"""What somebody typed into the one search box, read in every way it can be meant. Pure; asks no table.

A number is tried before a code, a code before a prefix, a prefix before words, until one reading finds something
(selectors.lookup). What looks like a resident ID or a mobile number is never searched as text: the register must not
answer questions about persons (PIPL; docs/security-attempts.md, 36), and it answers in the same words and time as for
any other text that it does not know.
"""

import datetime as dt
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.certifications.rules.numbers import number_key
from apps.core.grams import fold
from apps.core.problems import Problem, ProblemsFound
from apps.core.tokens import token_key

MAX_LENGTH = 100  # characters typed; the longest firm name in the register has 60
MAX_WORDS = 6
SHORTEST_WORD = 2  # bigrams: one character would read the whole register
SHORTEST_PREFIX = 4

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}")
_ORG_CODE = re.compile(r"[0-9A-Z]{8}[0-9X]")
_APPROVAL = re.compile(r"CNCA-?(RF|R)-?(\d{4})-?(\d{2,4})")
_TOKEN = re.compile(r"[0-9A-Z]{12}")
_MOBILE = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
_INITIALS = re.compile(r"[a-z]{2,20}")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the text, folded. `initials`: it may also be the pinyin initials of a name."""

    text: str
    initials: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """Every way to read the text; empty where it cannot be meant so."""

    typed: str
    number: str = ""
    token: str = ""
    uscc: str = ""
    org_code: str = ""
    approval: str = ""
    prefix: str = ""
    words: tuple[Word, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.number or self.words)


def read_query(typed: str) -> Reading:
    """Read `typed`; ProblemsFound if no answer could be right: too long, a NUL, a single character."""
    typed = typed.strip()
    _refuse_unreadable(typed)
    key = number_key(typed)
    number = key if any(ch.isdigit() for ch in key) and len(key) <= 64 else ""
    if is_personal(key):
        return Reading(typed, number=number)
    codes = _codes(key) if key.isascii() else {}
    prefix = number if len(number) >= SHORTEST_PREFIX and key.isascii() else ""
    return Reading(typed, number=number, prefix=prefix, words=_words(typed), **codes)


def is_personal(key: str) -> bool:
    """A resident ID (18 characters with a birth date and a right check, or the old 15) or a mobile number."""
    if _MOBILE.fullmatch(key):
        return True
    if re.fullmatch(r"\d{17}[\dX]", key):
        total = sum(int(c) * w for c, w in zip(key, _ID_WEIGHTS, strict=False))
        return _is_birth_date(key[6:14]) and "10X98765432"[total % 11] == key[17]
    return bool(re.fullmatch(r"[1-8]\d{14}", key)) and _is_birth_date("19" + key[6:12])


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text filter (a product), checked like the box."""
    _refuse_unreadable(text.strip())
    return _words(text)


def _is_birth_date(text: str) -> bool:
    try:
        day = dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return 1900 <= day.year <= 2100


def _codes(key: str) -> dict[str, str]:
    flat = key.replace("-", "")
    approval = _APPROVAL.fullmatch(key)
    return {
        "token": token_key(key) if _TOKEN.fullmatch(flat) else "",
        "uscc": flat if _USCC.fullmatch(flat) else "",
        "org_code": flat if _ORG_CODE.fullmatch(flat) else "",
        "approval": "CNCA-{}-{}-{}".format(*approval.groups()) if approval else "",
    }


def _words(typed: str) -> tuple[Word, ...]:
    """The folded words, each once. A word that folds to nothing (punctuation) is no word."""
    folded = dict.fromkeys(word for part in typed.split() if (word := fold(part)))
    if len(folded) > MAX_WORDS:
        raise ProblemsFound(
            Problem("too_many_words", "q", typed, _("一次最多 %(n)d 个词") % {"n": MAX_WORDS}, _("请只留下最特别的词"))
        )
    if short := [word for word in folded if len(word) < SHORTEST_WORD]:
        raise ProblemsFound(
            Problem("word_too_short", "q", short[0], _("每个词至少两个字"), _("请再输入一个相邻的字，例如“泓达”"))
        )
    return tuple(Word(word, initials=bool(_INITIALS.fullmatch(word))) for word in folded)


def _refuse_unreadable(typed: str) -> None:
    if len(typed) > MAX_LENGTH:
        rule = _("查询内容最长 %(n)d 个字符，此处为 %(given)d 个") % {"n": MAX_LENGTH, "given": len(typed)}
        raise ProblemsFound(Problem("too_long", "q", typed[:20] + "…", rule, _("请只输入名称、编号或代码中的一段")))
    if any(ord(ch) < 32 and not ch.isspace() for ch in typed):
        shown = typed.encode("unicode_escape").decode()
        raise ProblemsFound(
            Problem("control_character", "q", shown, _("查询内容含有不可见的控制字符"), _("请重新键入，不要粘贴"))
        )
