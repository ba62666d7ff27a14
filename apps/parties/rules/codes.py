"""The unified social credit code (GB 32100-2015) and the organisation code inside it (GB 11714).

Imports ask a million times, so validity is nine table look-ups: each table knows a pair of adjacent characters at its
place and gives both weighted sums packed in one number (mod 31 of GB 32100 below, mod 11 of GB 11714 above).
"""

import re

from django.utils.translation import gettext as _

from apps.core.problems import Problem
from apps.parties.rules.text import Checked, did_you_mean, illegal_characters, remedy_with, squeeze

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I, O, S, V, Z
REGISTRARS = "123456789ANY"  # first character: who registers (9 market supervision, A military, N rural, Y other)
ORG_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = "0123456789"
_WEIGHTS_31 = (*(pow(3, place, 31) for place in range(17)), 1)
_WEIGHTS_11 = (3, 7, 9, 10, 5, 8, 4, 2, 1)
_VALUE_31 = {character: value for value, character in enumerate(ALPHABET)}
_VALUE_11 = {character: value for value, character in enumerate(ORG_ALPHABET)}
_CHECK_11 = {**{digit: int(digit) for digit in _DIGITS}, "X": 10}
_HIGH = 1 << 16
UNUSABLE = frozenset({"000000000", "123456788", "111111111", "999999999", "XXXXXXXXX"})  # placeholders, not codes

_USCC_SHAPE = re.compile(rf"[{REGISTRARS}][{ALPHABET}][0-9]{{6}}[{ALPHABET}]{{10}}")
_ORG_SHAPE = re.compile(r"[0-9A-Z]{8}[0-9X]")


def _uscc_weight(place: int, character: str) -> int | None:
    """What the character adds to the packed sum at a place (0 to 17); None where it may not stand."""
    allowed = REGISTRARS if place == 0 else _DIGITS if 2 <= place <= 7 else ALPHABET
    if character not in allowed or (place == 16 and character not in _CHECK_11):
        return None
    low = _VALUE_31[character] * _WEIGHTS_31[place]
    if not 8 <= place <= 16:
        return low
    value = _CHECK_11[character] if place == 16 else _VALUE_11[character]
    return low + value * _WEIGHTS_11[place - 8] * _HIGH


def _pair_table(place: int) -> dict[str, int]:
    table = {}
    for first in ALPHABET:
        for second in ALPHABET:
            left, right = _uscc_weight(place, first), _uscc_weight(place + 1, second)
            if left is not None and right is not None:
                table[first + second] = left + right
    return table


_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7, _T8 = (_pair_table(place) for place in range(0, 18, 2))
_O = [
    {
        a + b: _VALUE_11[a] * _WEIGHTS_11[i] + _VALUE_11[b] * _WEIGHTS_11[i + 1]
        for a in ORG_ALPHABET
        for b in ORG_ALPHABET
    }
    for i in (0, 2, 4, 6)
]
_O0, _O1, _O2, _O3 = _O


def uscc_is_valid(s: str) -> bool:
    """Shape and both check characters of a normalised code. About a microsecond."""
    try:
        total = (
            _T0[s[0:2]] + _T1[s[2:4]] + _T2[s[4:6]] + _T3[s[6:8]] + _T4[s[8:10]]
            + _T5[s[10:12]] + _T6[s[12:14]] + _T7[s[14:16]] + _T8[s[16:]]
        )  # fmt: skip
    except KeyError:
        return False
    return not (total & 0xFFFF) % 31 and not (total >> 16) % 11 and s[8:17] not in UNUSABLE


def org_code_is_valid(s: str) -> bool:
    """Shape and check character of a nine-character code without hyphen."""
    try:
        total = _O0[s[0:2]] + _O1[s[2:4]] + _O2[s[4:6]] + _O3[s[6:8]] + _CHECK_11[s[8:]]
    except KeyError:
        return False
    return not total % 11 and s not in UNUSABLE


def normalise_uscc(text: str) -> str | None:
    """The 18 characters in the form the portal stores, or None if the text has not the shape. Checks are not asked."""
    if len(text) == 18 and _USCC_SHAPE.fullmatch(text):
        return text
    value = squeeze(text)
    return value if _USCC_SHAPE.fullmatch(value) else None


def org_code_of(text: str) -> str | None:
    """The organisation code in a USCC or in an old code (9, or 10 with a hyphen): the key that joins records.

    None for placeholders and for codes whose own check character fails: a wrong code must never join two parties.
    """
    if len(text) not in (9, 18):
        text = squeeze(text)
    code = text[8:17] if len(text) == 18 else text
    if org_code_is_valid(code):
        return code
    value = squeeze(text)
    code = value[8:17] if len(value) == 18 else value
    return code if org_code_is_valid(code) else None


def uscc_check_character(first17: str) -> str:
    """Character 18 for the first 17 (demo data and messages)."""
    total = sum(_VALUE_31[c] * w for c, w in zip(first17, _WEIGHTS_31, strict=False))
    return ALPHABET[-total % 31]


def org_check_character(first8: str) -> str:
    """Character 9 for the first eight (demo data and messages)."""
    total = sum(_VALUE_11[c] * w for c, w in zip(first8, _WEIGHTS_11, strict=False))
    return "0123456789X"[-total % 11]


def make_uscc(division: str, org8: str, prefix: str = "91") -> str:
    """A code with both check characters right, from its parts (demo data, tests)."""
    first17 = prefix + division + org8 + org_check_character(org8)
    return first17 + uscc_check_character(first17)


def check_uscc(text: str, place: str = "uscc") -> Checked:
    """GB 32100-2015, every fault at once. The public is blocked; staff may override a failed check with a reason."""
    value = squeeze(text)
    if uscc_is_valid(value):
        return Checked(value, [], [])
    suggestion = did_you_mean(value, uscc_is_valid) if len(value) == 18 else None
    problems = _shape_problems(value, place, suggestion) or _check_problems(value, place, suggestion)
    return Checked(value, problems, [])


def _shape_problems(value: str, place: str, suggestion: str | None) -> list[Problem]:
    rule_of: list[tuple[str, str, str]] = []
    if not value:
        return [Problem("uscc.missing", place, value, _("须填写统一社会信用代码"), _("请照营业执照填写18位代码"))]
    if len(value) != 18:
        rule = _("统一社会信用代码为18位，此处为%(n)d位") % {"n": len(value)}
        return [Problem("uscc.length", place, value, rule, _("请照营业执照逐位核对，补齐或删去多余字符"))]
    if strange := illegal_characters(value, ALPHABET):
        rule = _("代码不使用 I、O、S、V、Z 及其他字符，出现了：%(which)s（括号内为位次）") % {
            "which": "、".join(strange)
        }
        rule_of.append(("uscc.characters", rule, _("请核对易混字符：字母 O 与数字 0、I 与 1、S 与 5、Z 与 2、V 与 U")))
    if not (value[2:8].isascii() and value[2:8].isdigit()):
        rule_of.append(("uscc.division", _("第3至8位为登记机关行政区划码，须为数字"), _("请照营业执照核对第3至8位")))
    if value[0] in ALPHABET and value[0] not in REGISTRARS:
        rule_of.append(("uscc.registrar", _("第1位为登记管理部门代码，没有此代码"), _("请照营业执照核对第1位")))
    return [Problem(code, place, value, rule, remedy_with(suggestion, remedy)) for code, rule, remedy in rule_of]


def _check_problems(value: str, place: str, suggestion: str | None) -> list[Problem]:
    rules: list[tuple[str, str]] = []
    if value[8:17] in UNUSABLE:
        rules.append(("uscc.placeholder", _("第9至17位是占位数字，不是有效的主体标识码")))
    elif not org_code_is_valid(value[8:17]):
        rules.append(("uscc.org_check", _("第9至17位（主体标识码）的校验位不符（GB 11714）")))
    if uscc_check_character(value[:17]) != value[17]:
        rules.append(("uscc.check", _("第18位校验码不符（GB 32100-2015）")))
    remedy = remedy_with(suggestion, _("请照营业执照逐位核对；确认无误仍不能通过的，请携营业执照到窗口办理"))
    return [Problem(code, place, value, rule, remedy) for code, rule in rules]


def check_org_code(text: str, place: str = "org_code") -> Checked:
    """GB 11714: eight characters and a check character, written with or without a hyphen, in either case."""
    value = squeeze(text)
    if org_code_is_valid(value):
        return Checked(value, [], [])
    remedy = _("请照原组织机构代码证核对；已换发“三证合一”执照的，请填统一社会信用代码")
    if value in UNUSABLE:
        rule = _("“%(value)s”是占位数字，不是组织机构代码") % {"value": value}
        return Checked(value, [Problem("org_code.placeholder", place, value, rule, remedy)], [])
    if not _ORG_SHAPE.fullmatch(value):
        rule = _("组织机构代码为8位数字或大写字母加1位校验码（数字或 X）")
        return Checked(value, [Problem("org_code.shape", place, value, rule, remedy)], [])
    rule = _("组织机构代码校验位不符（GB 11714），按前8位应为 %(right)s") % {"right": org_check_character(value[:8])}
    remedy = remedy_with(did_you_mean(value, org_code_is_valid), remedy)
    return Checked(value, [Problem("org_code.check", place, value, rule, remedy)], [])
