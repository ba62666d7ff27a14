"""The citizen identification number (GB 11643-1999)."""

import datetime as dt

from django.utils.translation import gettext as _

from apps.core.problems import Problem
from apps.parties.rules.text import Checked, squeeze

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MAP = "10X98765432"
# Numbers given in Tongren before 2011 carry the codes of the former Tongren prefecture, and stay valid for life.
TONGREN_HISTORICAL = frozenset({"522201", *(str(code) for code in range(522221, 522231))})
_PROVINCES = frozenset(
    str(code)
    for region in (
        range(11, 16),
        range(21, 24),
        range(31, 38),
        range(41, 47),
        range(50, 55),
        range(61, 66),
        (71, 81, 82),
    )
    for code in region
) | {"83"}  # 83: residence permits of Taiwan residents


def resident_check_character(first17: str) -> str:
    """Character 18 for the first 17 digits."""
    return _MAP[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def check_resident_id(
    text: str, *, today: dt.date, known_divisions: frozenset[str] | None = None, place: str = "resident_id"
) -> Checked:
    """GB 11643. `known_divisions` (current and repealed codes) makes an unknown division a warning, never a refusal."""
    value = squeeze(text)
    if len(value) != 18 or not (value[:17].isascii() and value[:17].isdigit() and value[17] in "0123456789X"):
        remedy = _("请照身份证填写18位号码，末位可为 X；15位旧号码请先换领证件")
        return Checked(value, [Problem("resident_id.shape", place, value, _("号码为17位数字加1位校验码"), remedy)], [])
    problems = []
    remedy = _("请照身份证逐位核对")
    if value[:2] not in _PROVINCES:
        problems.append(Problem("resident_id.province", place, value, _("第1、2位不是省级代码"), remedy))
    if _birthday(value) is None or not dt.date(1850, 1, 1) <= (_birthday(value) or today) <= today:
        problems.append(Problem("resident_id.birthday", place, value, _("第7至14位不是过去的一个日期"), remedy))
    if resident_check_character(value[:17]) != value[17]:
        problems.append(Problem("resident_id.check", place, value, _("第18位校验码不符（GB 11643）"), remedy))
    warnings = []
    if known_divisions is not None and value[:6] not in known_divisions | TONGREN_HISTORICAL:
        rule = _("第1至6位 %(code)s 不在现行和历史行政区划代码中") % {"code": value[:6]}
        warnings.append(Problem("resident_id.division", place, value, rule, _("请照身份证核对前6位；无误可继续")))
    return Checked(value, problems, warnings)


def _birthday(value: str) -> dt.date | None:
    try:
        return dt.date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None
