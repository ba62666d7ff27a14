"""Numbers of approvals and certificates that have a published form."""

import re

from django.utils.translation import gettext as _

from apps.core.problems import Problem
from apps.parties.rules.text import Checked, squeeze

_APPROVAL = re.compile(r"CNCA(RF|R)(\d{4})(\d{2,4})")
FIRST_YEAR = 2001  # CNCA was set up in August 2001: no approval or CCC number is older


def check_approval_number(text: str, *, this_year: int, place: str = "approval_number") -> Checked:
    """CNCA-R-YYYY-NNN (domestic) or CNCA-RF-YYYY-NN (foreign); serials have two to four digits."""
    found = _APPROVAL.fullmatch(squeeze(text))
    if found is None:
        rule = _("认证机构批准号形如 CNCA-R-2002-001 或 CNCA-RF-2006-39，顺序号2至4位")
        problem = Problem("approval.shape", place, text, rule, _("请照国家认监委批准书填写批准号"))
        return Checked(squeeze(text), [problem], [])
    kind, year, serial = found.groups()
    value = f"CNCA-{kind}-{year}-{serial}"
    return Checked(value, _year_problems("approval.year", place, value, int(year), this_year), [])


def check_ccc_number(text: str, *, this_year: int, place: str = "number") -> Checked:
    """Sixteen digits: year (4), certification body (2; 01 is CQC), product code (4), serial (6)."""
    value = squeeze(text)
    if not (len(value) == 16 and value.isascii() and value.isdigit()):
        rule = _("强制性产品认证证书编号为16位数字：年份4位、机构2位、产品代码4位、顺序号6位")
        return Checked(value, [Problem("ccc.shape", place, value, rule, _("请照证书填写16位编号"))], [])
    return Checked(value, _year_problems("ccc.year", place, value, int(value[:4]), this_year), [])


def _year_problems(code: str, place: str, value: str, year: int, this_year: int) -> list[Problem]:
    if FIRST_YEAR <= year <= this_year:
        return []
    rule = _("编号中的年份 %(year)d 不在 %(first)d 至 %(last)d 之间") % {
        "year": year,
        "first": FIRST_YEAR,
        "last": this_year,
    }
    return [Problem(code, place, value, rule, _("请照原件核对年份"))]
