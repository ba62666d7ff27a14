"""Entering a certificate by hand, and the places that it covers."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.certifications import rules
from apps.certifications.forms.details import detail_fields, detail_of
from apps.certifications.forms.lines import as_lines, sites_field
from apps.certifications.forms.parties import OrganisationField, look_among
from apps.certifications.forms.staff import VersionedForm, read_scope_codes
from apps.certifications.models import Certificate, Project
from apps.certifications.selectors.reference import projects_of_shape, standard_choices
from apps.certifications.services.holders import NewHolder
from apps.certifications.services.records import CertificateData
from apps.core.forms import DateInput, RegisterSelect
from apps.parties.constants import OrganisationKind
from apps.parties.selectors import approved_bodies, county_choices
from apps.parties.services import OrganisationFacts

_CODE = {"class": "code", "autocomplete": "off", "spellcheck": "false"}
_HOLDERS = (
    OrganisationKind.ENTERPRISE,
    OrganisationKind.SOLE_TRADER,
    OrganisationKind.INSTITUTION,
    OrganisationKind.DEPARTMENT,
    OrganisationKind.FOREIGN,
)
_SITE = ("address", "name", "activity", "division_code")


def _date(label: Any, *, required: bool = False) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=DateInput)


class EnterForm(forms.Form):
    """A certificate as it lies on the desk. `shape` decides which projects and which details it has."""

    project = forms.ChoiceField(label=_("认证项目"))
    body = forms.ChoiceField(
        label=_("认证机构"), widget=RegisterSelect, help_text=_("按批准号排列；不在其中的，请先登记该机构。")
    )
    number = forms.CharField(
        label=_("证书编号"), max_length=64, widget=forms.TextInput(attrs=_CODE), help_text=_("照证书原样填写。")
    )
    standard = forms.ChoiceField(label=_("认证依据标准"), required=False, widget=RegisterSelect)
    standard_text = forms.CharField(
        label=_("认证依据"), required=False, max_length=300, help_text=_("证书上的写法；与所选标准号相同的不填。")
    )
    issued_on = _date(_("发证日期"), required=True)
    valid_from = _date(_("有效期自"))
    valid_to = _date(_("有效期至"), required=True)
    first_issued_on = _date(_("初次获证日期"))
    main = forms.CharField(
        label=_("主证书编号"), required=False, max_length=64, help_text=_("本证书是子证书时填写，须为同一机构颁发。")
    )
    predecessor = forms.CharField(
        label=_("前一证书编号"), required=False, max_length=64, help_text=_("本证书接替另一证书时填写。")
    )
    holder = OrganisationField(
        label=_("已登记的持证单位"), help_text=_("统一社会信用代码、组织机构代码、记录号（# 加数字）或者名称。")
    )
    new_name = forms.CharField(label=_("新单位名称"), required=False, max_length=200)
    new_kind = forms.ChoiceField(
        label=_("新单位类型"), required=False, choices=[(kind.value, kind.label) for kind in _HOLDERS]
    )
    new_uscc = forms.CharField(
        label=_("新单位统一社会信用代码"), required=False, max_length=40, widget=forms.TextInput(attrs=_CODE)
    )
    new_org_code = forms.CharField(
        label=_("新单位组织机构代码"), required=False, max_length=12, widget=forms.TextInput(attrs=_CODE)
    )
    new_division_code = forms.ChoiceField(label=_("新单位所在区县"), required=False)
    new_address = forms.CharField(label=_("新单位地址"), required=False, max_length=300)
    new_override_reason = forms.CharField(
        label=_("校验不通过仍放行的理由"),
        required=False,
        max_length=500,
        help_text=_("仅当执照原件上的代码确实通不过校验，且本人有放行权限时填写；留痕备查。"),
    )
    holder_name = forms.CharField(
        label=_("证书所载持证单位"), required=False, max_length=200, help_text=_("与登记名称不同时填写。")
    )
    scope = forms.CharField(label=_("认证范围"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    scope_codes = forms.CharField(
        label=_("范围代码"), required=False, max_length=300, help_text=_("以空格分隔，例如：IAF:03 GB:C14")
    )
    products = forms.CharField(label=_("产品"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    division_code = forms.RegexField(
        r"^\d{6}$", label=_("行政区划代码"), required=False, help_text=_("六位数字；不填的，按持证单位所在区划。")
    )
    sites = sites_field()

    def __init__(self, *args: Any, shape: int, viewer: User, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = {str(body.pk): body for body in approved_bodies()}
        details = detail_fields(shape)
        self.fields.update(details)
        look_among(self, viewer, on)
        self._choose("project", projects_of_shape(shape))
        self._choose("body", [(pk, f"{body.approval_number} {body.name}") for pk, body in self.bodies.items()])
        self._choose("standard", standard_choices())
        self._choose("new_division_code", county_choices(), _("未知或本市以外"))
        certificate = list(EnterForm.base_fields)[: list(EnterForm.base_fields).index("holder")]
        holder = [name for name in self.fields if name.startswith("new_")]
        extent = ["scope", "scope_codes", "products", "division_code", "sites"]
        self.groups = [
            (_("证书"), [self[name] for name in certificate]),
            (_("持证单位"), [self["holder"], self["holder_name"]]),
            (_("持证单位尚未登记的，在此登记"), [self[name] for name in holder]),
            (_("范围和场所"), [self[name] for name in extent]),
            (_("本类证书的信息"), [self[name] for name in details]),
        ]

    def _choose(self, name: str, choices: list[tuple[str, str]], none: Any = None) -> None:
        self.fields[name].choices = [("", none or _("请选择")), *choices]  # type: ignore[attr-defined]

    def clean_scope_codes(self) -> list[str]:
        return read_scope_codes(self.cleaned_data["scope_codes"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen, new = data.get("holder"), data.get("new_name", "").strip()
        if chosen is None and not new and "holder" not in self.errors:
            self.add_error("holder", _("请填写已登记的单位；尚未登记的，填写下面的新单位。"))
        if chosen is not None and new:
            self.add_error("new_name", _("已填写登记过的单位，请二者留一。"))
        for name in ("main", "predecessor"):
            data[name] = self._certificate(name, data)
        return data

    def _certificate(self, name: str, data: dict[str, Any]) -> Certificate | None:
        """The other certificate that a number of the same body names."""
        number = data.get(name, "").strip()
        if not number or not data.get("body"):
            return None
        found = Certificate.objects.filter(body=data["body"], number_key=rules.number_key(number)).first()
        if found is None:
            self.add_error(name, _("该机构没有登记过这一编号。请先登记那张证书，或者留空。"))
        return found

    def as_data(self) -> CertificateData:
        """What services.records.record_certificate takes."""
        data = self.cleaned_data
        same = ("number", "issued_on", "valid_from", "valid_to", "first_issued_on", "standard_text", "holder_name")
        extent = ("scope", "products", "division_code", "main", "predecessor", "sites")
        return CertificateData(
            body=self.bodies[data["body"]],
            holder=data["holder"] or self._new_holder(),
            project=Project.objects.get(pk=data["project"]),
            standard_code=data["standard"] or None,
            scope_codes=tuple(data["scope_codes"]),
            detail=detail_of(data),
            **{name: data[name] for name in (*same, *extent)},
        )

    def _new_holder(self) -> NewHolder:
        data = self.cleaned_data
        facts = OrganisationFacts(
            kind=data["new_kind"] or OrganisationKind.ENTERPRISE,
            uscc=data["new_uscc"],
            org_code=data["new_org_code"],
            division_code=data["new_division_code"],
            address=data["new_address"],
            override_reason=data["new_override_reason"],
        )
        return NewHolder(name=data["new_name"], facts=facts)


class SitesForm(VersionedForm):
    """The places of a recorded certificate."""

    sites = sites_field()
    reason = forms.CharField(
        label=_("更正理由"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        help_text=_("写明依据，例如证书附件。更正前后的内容都会保留。"),
    )

    @staticmethod
    def initial_of(certificate: Certificate) -> dict[str, Any]:
        return {"version": certificate.version, "sites": as_lines(certificate.sites.order_by("pk"), *_SITE)}
