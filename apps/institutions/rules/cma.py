"""The CMA number: 12 digits - year, authority, field, line ministry, serial."""

import datetime as dt

from django.utils.translation import gettext as _

from apps.core.problems import Problem
from apps.institutions.constants import Field
from apps.parties.rules.text import Checked, squeeze

AUTHORITIES = frozenset(f"{n:02d}" for n in range(33))  # 00 national, 24 Guizhou
MINISTRIES = frozenset(f"{n:02d}" for n in range(35))
FIRST_YEAR = 2000


def check_cma_number(text: str, *, today: dt.date, place: str = "cma_number") -> Checked:
    """Digits 1 to 4 must make sense; field and ministry (5 to 8) only warn, for the tables have changed over time."""
    value = squeeze(text)
    if len(value) != 12 or not (value.isascii() and value.isdigit()):
        rule, remedy = _("资质认定证书编号为12位数字"), _("请照证书填写，不含字母和空格")
        return Checked(value, [Problem("cma.shape", place, value, rule, remedy)], [])
    problems, warnings = [], []
    if FIRST_YEAR + int(value[:2]) > today.year:
        rule = _("第1、2位 %(digits)s 是尚未到来的年份") % {"digits": value[:2]}
        problems.append(Problem("cma.year", place, value, rule, _("请照证书核对前两位")))
    if value[2:4] not in AUTHORITIES:
        rule = _("第3、4位 %(digits)s 不是发证机关代码（00 国家，24 贵州）") % {"digits": value[2:4]}
        problems.append(Problem("cma.authority", place, value, rule, _("请照证书核对第3、4位")))
    if value[4:6] not in Field.values:
        rule = _("第5、6位 %(digits)s 不在专业领域代码（00至21）中") % {"digits": value[4:6]}
        warnings.append(Problem("cma.field", place, value, rule, _("请照证书核对；无误可继续")))
    if value[6:8] not in MINISTRIES:
        rule = _("第7、8位 %(digits)s 不在行业主管部门代码（00至34）中") % {"digits": value[6:8]}
        warnings.append(Problem("cma.ministry", place, value, rule, _("请照证书核对；无误可继续")))
    return Checked(value, problems, warnings)
