"""Naming an organisation in a form: by its code, by its record number, or by enough of its name."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from apps.parties.models import Organisation
from apps.parties.selectors import find_by_code, resolve, search_organisations

SHOWN = 5
_RECORD = re.compile(r"#(\d{1,18})")


class OrganisationField(forms.CharField):
    """Cleans to the organisation, or to None when left empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=200, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        return _named(text) if text else None


def _named(text: str) -> Organisation:
    record = _RECORD.fullmatch(text)
    if record:
        found = Organisation.objects.filter(pk=int(record[1])).first()
        if found is None:
            raise forms.ValidationError(_("没有记录号“%(text)s”。") % {"text": text})
        return resolve(found)
    known = find_by_code(text)
    if known is not None:
        return known
    matching = search_organisations(Organisation.objects.all(), query=text)
    exact = list(matching.filter(name=text)[:2])
    found_here = exact if len(exact) == 1 else list(matching.order_by("name", "pk")[: SHOWN + 1])
    if len(found_here) == 1:
        return found_here[0]
    if not found_here:
        raise forms.ValidationError(_("没有找到“%(text)s”。请核对代码，或者写全名称。") % {"text": text[:60]})
    names = _("；").join(f"{row.name}（{row.uscc or '#' + str(row.pk)}）" for row in found_here[:SHOWN])
    raise forms.ValidationError(
        _("名称含“%(text)s”的不止一家：%(names)s。请填写其中一家的代码或者记录号。")
        % {"text": text[:60], "names": names}
    )
