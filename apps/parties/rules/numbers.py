"""Numbers of approvals and certificates that have a published form."""

import re
import unicodedata

from django.utils.translation import gettext as _

from apps.core.problems import Problem
from apps.parties.rules.text import Checked, squeeze

_APPROVAL = re.compile(r"CNCA(RF|R)(\d{4})(\d{2,4})")
_ORGANIC = re.compile(r"(\d{4}|\d{12}|\d{11})OP(\d{2})(\d{5})(?:-(\d{1,3}))?")
FIRST_YEAR = 2001  # CNCA was set up in August 2001: no approval or CCC number is older
CMA_NATIONAL = "00"
CMA_PROVINCES = frozenset(f"{n:02d}" for n in range(1, 33))  # 24 is Guizhou
CMA_FIELDS = frozenset(f"{n:02d}" for n in range(22))
CMA_MINISTRIES = frozenset(f"{n:02d}" for n in range(35))


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


def check_cma_number(text: str, *, this_year: int, place: str = "number") -> Checked:
    """Twelve digits: year 2, authority 2, field 2, ministry 2, serial 4. Blocks on 1-4, only warns on 5-8."""
    value = squeeze(text)
    if not (len(value) == 12 and value.isascii() and value.isdigit()):
        rule = _("资质认定证书编号为12位数字")
        return Checked(value, [Problem("cma.shape", place, value, rule, _("请照证书填写12位编号"))], [])
    remedy = _("请照资质认定证书核对")
    problems, warnings = [], []
    if int(value[:2]) > this_year % 100:
        problems.append(Problem("cma.year", place, value, _("第1、2位为发证年份，不应晚于今年"), remedy))
    if value[2:4] != CMA_NATIONAL and value[2:4] not in CMA_PROVINCES:
        rule = _("第3、4位为发证机关代码，没有此代码（00 国家，24 贵州）")
        problems.append(Problem("cma.authority", place, value, rule, remedy))
    if value[4:6] not in CMA_FIELDS:
        rule = _("第5、6位为专业领域类别代码，一般为 00 至 21")
        warnings.append(Problem("cma.field", place, value, rule, remedy))
    if value[6:8] not in CMA_MINISTRIES:
        rule = _("第7、8位为行业主管部门代码，一般为 00 至 34")
        warnings.append(Problem("cma.ministry", place, value, rule, remedy))
    return Checked(value, problems, warnings)


def check_organic_number(text: str, *, place: str = "number") -> Checked:
    """Body code (4; foreign 9+3, equivalence 8+3) + OP + year (2) + five digits, and -n for a sub-certificate."""
    value = "".join(unicodedata.normalize("NFKC", text).upper().split())
    if _ORGANIC.fullmatch(value):
        return Checked(value, [], [])
    rule = _("有机产品认证证书编号为机构代码（4位，境外11或12位）+ OP + 年份2位 + 顺序号5位，子证书另加“-序号”")
    return Checked(value, [Problem("organic.shape", place, value, rule, _("请照证书填写，例如 0010OP2600123"))], [])


def check_organic_code(text: str, *, place: str = "organic_code") -> Checked:
    """The code on a single package: 17 digits (body 3, year 2, serial 12) until 2023, 17 or 18 since."""
    value = squeeze(text)
    if len(value) in (17, 18) and value.isascii() and value.isdigit():
        return Checked(value, [], [])
    rule = _("有机码为17或18位数字，此处为%(n)d位") % {"n": len(value)}
    return Checked(value, [Problem("organic_code.shape", place, value, rule, _("请刮开标签照数字填写"))], [])
