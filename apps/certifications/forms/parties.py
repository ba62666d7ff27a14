"""Naming an organisation in a form: by its code, by its record number, or by enough of its name."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.parties.models import Organisation
from apps.parties.policies import visible_organisations
from apps.parties.selectors import find_by_code, resolve, search_organisations

SHOWN = 5
_RECORD = re.compile(r"#(\d{1,18})")


class OrganisationField(forms.CharField):
    """Cleans to the organisation, or to None when left empty.

    A name is looked for among `seen`, what the person at the desk may look at: a county sees its own (ADR 0008). A code
    or a record number names one organisation anywhere, because whoever types it knows it already.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=200, **kwargs)
        self.seen: QuerySet[Organisation] = Organisation.objects.none()

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        return _named(text, self.seen) if text else None


def look_among(form: forms.BaseForm, viewer: User, on: dt.date) -> None:
    """Give the form's organisation fields what the viewer may look at."""
    for field in form.fields.values():
        if isinstance(field, OrganisationField):
            field.seen = visible_organisations(viewer, on)


def _named(text: str, seen: QuerySet[Organisation]) -> Organisation:
    record = _RECORD.fullmatch(text)
    if record:
        found = Organisation.objects.filter(pk=int(record[1])).first()
        if found is None:
            raise forms.ValidationError(_("没有记录号“%(text)s”。") % {"text": text})
        return resolve(found)
    known = find_by_code(text)
    if known is not None:
        return known
    matching = search_organisations(seen, query=text)
    exact = list(matching.filter(name=text)[:2])
    found_here = exact if len(exact) == 1 else list(matching.order_by("name", "pk")[: SHOWN + 1])
    if len(found_here) == 1:
        return found_here[0]
    if not found_here:
        told = _("没有找到“%(text)s”。请核对代码，或者写全名称；按名称只在本单位辖区内查找，辖区外的请填写代码。")
        raise forms.ValidationError(told % {"text": text[:60]})
    names = _("；").join(f"{row.name}（{row.uscc or '#' + str(row.pk)}）" for row in found_here[:SHOWN])
    raise forms.ValidationError(
        _("名称含“%(text)s”的不止一家：%(names)s。请填写其中一家的代码或者记录号。")
        % {"text": text[:60], "names": names}
    )
