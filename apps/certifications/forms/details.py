"""What only one of the four shapes has: its fields, and the detail data that the services take."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.certifications.constants import Shape
from apps.certifications.forms.lines import as_lines, product_lines_field
from apps.certifications.forms.parties import OrganisationField, look_among
from apps.certifications.forms.staff import VersionedForm
from apps.certifications.models import Certificate
from apps.certifications.selectors.reference import catalogue_choices
from apps.certifications.services.records import DetailData
from apps.core.forms import RegisterSelect

MOST_PEOPLE = 1_000_000
_LINES = ("product", "place", "area_mu", "output", "output_unit")
_PARTY = _("统一社会信用代码、记录号（# 加数字）或者名称；与持证单位相同的不填。")


def detail_fields(shape: int, current: str = "") -> dict[str, forms.Field]:
    """The fields of a shape. `current`: a CCC code that is recorded already, kept even if the catalogue dropped it."""
    if shape == Shape.MANAGEMENT:
        return {
            "headcount": _count(_("覆盖人数"), MOST_PEOPLE),
            "surveillance_count": _count(_("监督次数"), 99),
            "recertification_count": _count(_("再认证次数"), 99),
            "accreditation_mark": forms.CharField(label=_("认可标识"), required=False, max_length=60),
        }
    if shape == Shape.FOOD:
        return {"lines": product_lines_field()}
    name = forms.CharField(label=_("产品名称"), max_length=200)
    models = forms.CharField(
        label=_("规格型号"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    if shape == Shape.INDUSTRIAL:
        mode = forms.CharField(label=_("认证模式"), required=False, max_length=200)
        return {"product_name": name, "models_text": models, "mode": mode}
    return {
        "manufacturer": OrganisationField(label=_("制造商"), help_text=_PARTY),
        "factory": OrganisationField(label=_("生产厂"), help_text=_PARTY),
        "product_code": forms.ChoiceField(
            label=_("产品代码"),
            required=False,
            widget=RegisterSelect,
            choices=_product_codes(current),
            help_text=_("按现行强制性产品认证目录；产品已调出目录的不选，写明产品名称。"),
        ),
        "product_name": name,
        "models_text": models,
    }


def _product_codes(current: str) -> list[Any]:
    """None, the catalogue of now by category, and before it the recorded code if the catalogue dropped it."""
    catalogue = catalogue_choices()
    dropped = current and not any(current == code for _category, products in catalogue for code, _name in products)
    return [("", _("不在现行目录内")), *([(current, current)] if dropped else []), *catalogue]


def _count(label: Any, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=most)


def detail_of(cleaned: dict[str, Any]) -> DetailData:
    """The detail data in a cleaned form, whatever its shape."""
    return DetailData(**{name: cleaned[name] for name in DetailData.__slots__ if cleaned.get(name) not in (None, "")})


class DetailForm(VersionedForm):
    """The details of a recorded certificate."""

    reason = forms.CharField(
        label=_("更正理由"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        help_text=_("写明依据，例如证书原件。更正前后的内容都会保留。"),
    )

    def __init__(self, *args: Any, certificate: Certificate, viewer: User, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": _initial(certificate)})
        code = certificate.ccc.product_code if hasattr(certificate, "ccc") else ""
        reason = self.fields.pop("reason")
        self.fields.update({**detail_fields(certificate.shape, code), "reason": reason})
        look_among(self, viewer, on)

    def as_call(self) -> dict[str, Any]:
        """What services.file.set_detail takes."""
        names = ("version", "reason")
        return {"detail": detail_of(self.cleaned_data), **{name: self.cleaned_data[name] for name in names}}


def _initial(certificate: Certificate) -> dict[str, Any]:
    found: dict[str, Any] = {"version": certificate.version}
    if certificate.shape == Shape.FOOD:
        return {**found, "lines": as_lines(certificate.product_lines.order_by("pk"), *_LINES)}
    row = next(
        (row for name in ("management", "ccc", "industrial") if (row := getattr(certificate, name, None)) is not None),
        None,
    )
    for name in DetailData.__slots__:
        if row is not None and hasattr(row, name):
            found[name] = getattr(row, name)
    for party in ("manufacturer", "factory"):
        if found.get(party) is not None:
            other = found[party]
            found[party] = "" if other.pk == certificate.holder_id else other.uscc or f"#{other.pk}"
    return found
