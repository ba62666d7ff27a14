"""The columns of an import: the national lookup's field names, the Chinese template, and what people call them.

Real sheets carry a title above the header, group headings over two rows, and headings of their own making; the header
is therefore looked for, not assumed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core.grams import fold

Words = str | Promise
HEADER_SEARCH_ROWS = 30


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its name here, its heading in the template, the national name, other headings, and an example."""

    name: str
    heading: str
    national: str
    also: tuple[str, ...]
    required: bool
    example: str
    hint: Words


FIELDS: tuple[Field, ...] = (
    Field(
        "number",
        "证书编号",
        "certNumber",
        ("证书号", "证书号码", "认证证书编号", "编号", "certificate number"),
        True,
        "00126Q10001R0S",
        _("照证书填写，最多64个字符；请把单元格设为“文本”格式，以免末位数字丢失"),
    ),
    Field(
        "holder",
        "持证单位",
        "orgName",
        ("获证组织", "获证组织名称", "组织名称", "企业名称", "单位名称", "持证人", "证书持有人", "holder"),
        True,
        "示例·梵净山茶业有限公司",
        _("证书所载名称，最多200个字符"),
    ),
    Field(
        "code",
        "统一社会信用代码",
        "orgCode",
        ("信用代码", "社会信用代码", "组织机构代码", "统一社会信用代码/组织机构代码", "组织代码", "uscc"),
        True,
        "91520602MA6DEMOX0X",
        _("18位统一社会信用代码，或9位组织机构代码；确无代码的填 000000000"),
    ),
    Field(
        "body",
        "认证机构批准号",
        "rzjgId",
        ("批准号", "机构批准号", "认证机构编号", "approval number"),
        True,
        "CNCA-R-2002-001",
        _("形如 CNCA-R-2002-001 或 CNCA-RF-2006-39"),
    ),
    Field(
        "body_name",
        "认证机构名称",
        "rzjgIdName",
        ("认证机构", "发证机构", "发证机构名称"),
        False,
        "中国质量认证中心有限公司",
        _("仅供核对；以批准号为准"),
    ),
    Field(
        "project",
        "认证项目代码",
        "authProjCode",
        ("项目代码", "认证项目编码", "认证领域代码", "scheme code"),
        True,
        "A010101",
        _("国家平台的认证项目代码，如 A010101 质量管理体系"),
    ),
    Field("project_name", "认证项目名称", "authProjCodeName", ("认证项目",), False, "质量管理体系认证", _("仅供核对")),
    Field(
        "status",
        "证书状态",
        "certiStatus",
        ("状态", "证书状态代码", "status"),
        True,
        "有效",
        _("有效、暂停、撤销、注销、过期失效，或代码 01 至 05"),
    ),
    Field("status_name", "证书状态名称", "certiStatusName", (), False, "有效", _("仅供核对")),
    Field(
        "status_on", "状态日期", "statusDate", ("状态变更日期", "状态变化日期"), False, "2026-03-18", _("状态从哪天起")
    ),
    Field(
        "issued_on",
        "发证日期",
        "zersda",
        ("颁证日期", "颁发日期", "换证日期", "issue date"),
        False,
        "2026-03-18",
        _("本次发证日期"),
    ),
    Field("valid_from", "有效期自", "certiSDate", ("生效日期", "有效期起", "起始日期"), False, "2026-03-18", _("可空")),
    Field(
        "valid_to",
        "有效期至",
        "certiEDate",
        ("证书到期日期", "到期日期", "截止日期", "有效期止", "失效日期", "expiry date"),
        True,
        "2029-03-17",
        _("证书最后一个有效日；不早于发证日期"),
    ),
    Field(
        "first_issued_on",
        "初次获证日期",
        "firstDate",
        ("首次发证日期", "首次获证日期", "初次发证日期"),
        False,
        "",
        _("可空"),
    ),
    Field("standard", "认证依据", "standard", ("认证标准", "依据标准"), False, "GB/T 19001-2016", _("最多300个字符")),
    Field(
        "scope",
        "认证范围",
        "scope",
        ("认证覆盖的业务范围", "业务范围", "认证覆盖范围"),
        False,
        "茶叶的加工",
        _("照证书填写"),
    ),
    Field("products", "产品", "products", ("产品名称", "认证产品", "产品名称及单元"), False, "", _("可空")),
    Field(
        "shape",
        "信息模板",
        "showtemp",
        (),
        False,
        "1",
        _("1 管理体系或服务，2 强制性产品，3 食品农产品，4 自愿性工业产品"),
    ),
    Field("division", "行政区划代码", "divisionCode", ("区划代码", "所在区县代码"), False, "520602", _("6位，可空")),
)
BY_NAME = {field.name: field for field in FIELDS}
REQUIRED = tuple(field.name for field in FIELDS if field.required)
FOR_CHECKING = ("body_name", "project_name", "status_name")  # read, shown beside a conflict, never stored
TEMPLATE = tuple(f.name for f in FIELDS if f.name not in ("project_name", "status_name", "shape"))
_KNOWN = {
    fold(text): field.name for field in FIELDS for text in (field.heading, field.national, field.name, *field.also)
}


@dataclass(frozen=True, slots=True)
class Header:
    """Where each field stands. `last` is the index of the header's last row, so data begin at `last` + 1."""

    texts: tuple[str, ...]
    fields: tuple[str | None, ...]
    last: int
    unknown: tuple[str, ...]
    doubled: tuple[str, ...]
    missing: tuple[str, ...]

    def place(self, name: str) -> int | None:
        return self.fields.index(name) if name in self.fields else None

    @property
    def usable(self) -> bool:
        return not self.missing and not self.doubled


def shown(text: str) -> str:
    """A heading as people and the database can hold it: what is invisible becomes U+FFFD."""
    plain = text.strip()
    return plain if plain.isprintable() else "".join(ch if ch.isprintable() else "\ufffd" for ch in plain)


def field_of(text: str) -> str | None:
    """The field that a heading means; stars and remarks in brackets do not matter."""
    plain = text.replace("（", "(").partition("(")[0]
    return _KNOWN.get(fold(text)) or _KNOWN.get(fold(plain))


def read_header(texts: Sequence[str], last: int = 0) -> Header:
    """What a row of headings says. Trailing blank columns are not columns."""
    listed = list(texts)
    while listed and not listed[-1].strip():
        listed.pop()
    fields = [field_of(text) for text in listed]
    return Header(
        texts=tuple(shown(text) for text in listed),
        fields=tuple(fields),
        last=last,
        unknown=tuple(
            shown(text) or f"#{n}" for n, (text, name) in enumerate(zip(listed, fields, strict=True), 1) if not name
        ),
        doubled=tuple(dict.fromkeys(name for name in fields if name is not None and fields.count(name) > 1)),
        missing=tuple(name for name in REQUIRED if name not in fields),
    )


def find_header(rows: Sequence[Sequence[str]]) -> Header | None:
    """The header among the first rows of a sheet: the row, or pair of rows, that names most fields; the first such.

    None if no row names at least two fields; then the file is no list of certificates.
    """
    best: Header | None = None
    for last in range(min(len(rows), HEADER_SEARCH_ROWS)):
        for candidate in _readings(rows, last):
            if best is None or _known(candidate) > _known(best):
                best = candidate
    return best if best is not None and _known(best) >= 2 else None


def _known(header: Header) -> int:
    return sum(name is not None for name in header.fields)


def _readings(rows: Sequence[Sequence[str]], last: int) -> list[Header]:
    """A row by itself, and together with the row above, whose group headings span the cells to their right."""
    found = [read_header(rows[last], last)]
    if last and found[0].texts:
        found.append(read_header(_joined(rows[last - 1], rows[last]), last))
    return found


def _joined(above: Sequence[str], below: Sequence[str]) -> list[str]:
    texts, group = [], ""
    for i in range(max(len(above), len(below))):
        top = above[i].strip() if i < len(above) else ""
        bottom = below[i].strip() if i < len(below) else ""
        group = top or (group if bottom else "")
        texts.append(_best_of(group, top, bottom))
    return texts


def _best_of(group: str, top: str, bottom: str) -> str:
    """有效期 over 自 is 有效期自; a heading merged over both rows stands in the upper one only."""
    for text in (group + bottom if bottom else "", bottom, top):
        if text and field_of(text):
            return text
    return bottom or top
