"""Tables typed or pasted as text: one thing a line, its columns between tabs or upright bars.

So a whole appendix can be pasted from a sheet, and the page needs no script. Every fault names its line.
"""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.certifications.models import ProductLine, Site
from apps.certifications.services.records import LineData, SiteData
from apps.parties.selectors import known_division_codes

MOST_LINES = 500
BAR = "|"


class LinesField(forms.CharField):
    """`read` makes one row of the cells of a line or raises ValidationError; `columns` is how many it may have."""

    def __init__(self, *, read: Callable[[list[str]], Any], columns: int, **kwargs: Any) -> None:
        self.read, self.columns = read, columns
        widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})
        super().__init__(required=False, max_length=100_000, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        lines = [line for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(
                _("最多 %(most)d 行，此处为 %(n)d 行。") % {"most": MOST_LINES, "n": len(lines)}
            )
        rows, faults = [], []
        for n, line in enumerate(lines, 1):
            try:
                rows.append(self._row(line))
            except forms.ValidationError as fault:
                faults += [_("第 %(n)d 行：%(fault)s") % {"n": n, "fault": text} for text in fault.messages]
        if faults:
            raise forms.ValidationError(faults)
        return tuple(rows)

    def _row(self, line: str) -> Any:
        cells = [cell.strip() for cell in line.replace("\t", BAR).replace("｜", BAR).split(BAR)]
        if len(cells) > self.columns:
            raise forms.ValidationError(
                _("最多 %(most)d 列，此处为 %(n)d 列。") % {"most": self.columns, "n": len(cells)}
            )
        return self.read([*cells, *[""] * (self.columns - len(cells))])


def _limited(model: Any, name: str, text: str) -> str:
    field = model._meta.get_field(name)
    if len(text) > field.max_length:
        raise forms.ValidationError(
            _("“%(label)s”最长 %(most)d 字。") % {"label": field.verbose_name, "most": field.max_length}
        )
    return text


def _number(name: str, text: str) -> Decimal | None:
    """A number that is not negative, as long as the column holds."""
    if not text:
        return None
    field: Any = ProductLine._meta.get_field(name)
    try:
        value = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        value = Decimal(-1)
    most = Decimal(10) ** (field.max_digits - field.decimal_places)
    if not (value.is_finite() and 0 <= value < most):
        raise forms.ValidationError(
            _("“%(label)s”应当是数字，此处为“%(text)s”。") % {"label": field.verbose_name, "text": text[:20]}
        )
    return round(value, field.decimal_places)


def read_site(cells: list[str]) -> SiteData:
    address, name, activity, division = cells
    if not address:
        raise forms.ValidationError(_("地址必填。"))
    if division and division not in known_division_codes():
        raise forms.ValidationError(_("没有行政区划代码“%(code)s”。") % {"code": division[:12]})
    return SiteData(
        address=_limited(Site, "address", address),
        name=_limited(Site, "name", name),
        activity=_limited(Site, "activity", activity),
        division_code=division,
    )


def read_product_line(cells: list[str]) -> LineData:
    product, place, area, output, unit = cells
    if not product:
        raise forms.ValidationError(_("产品必填。"))
    return LineData(
        product=_limited(ProductLine, "product", product),
        place=_limited(ProductLine, "place", place),
        area_mu=_number("area_mu", area),
        output=_number("output", output),
        output_unit=_limited(ProductLine, "output_unit", unit),
    )


def sites_field() -> LinesField:
    return LinesField(
        read=read_site,
        columns=4,
        label=gettext_lazy("场所"),
        help_text=gettext_lazy("每行一处：地址|名称|活动|行政区划代码；只有地址必填。可以从表格整块粘贴。"),
    )


def product_lines_field() -> LinesField:
    return LinesField(
        read=read_product_line,
        columns=5,
        label=gettext_lazy("产品明细"),
        help_text=gettext_lazy("每行一种：产品|产地|面积（亩）|年产量|单位；只有产品必填。可以从表格整块粘贴。"),
    )


def as_lines(rows: Any, *names: str) -> str:
    """Rows as the text that the field reads."""
    cells = [[str(getattr(row, name) if getattr(row, name) is not None else "") for name in names] for row in rows]
    return "\n".join(BAR.join(line).rstrip(BAR) for line in cells)
