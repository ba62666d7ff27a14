"""Owners, sites, people and changes of an institution: each added from a day, ended on a day, never erased."""

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.forms import posted
from apps.institutions.forms.files import (
    ConfirmForm,
    EndForm,
    EndPostForm,
    FileChangeForm,
    PostForm,
    ShareholderForm,
    SiteForm,
)
from apps.institutions.services.changes import acknowledge_change, file_change
from apps.institutions.services.people import appoint, end_appointment
from apps.institutions.services.profile import add_shareholder, add_site, end_shareholder, end_site
from apps.institutions.views.shared import call_of, day, editable, form_page

EDITS = ["GET", "HEAD", "POST"]


def part_of(rows, pk):
    """A row of the file, or 404: never another institution's."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(EDITS)
def shareholder_add(request, pk):
    institution = editable(request, pk)
    return form_page(
        request,
        ShareholderForm(posted(request), initial={"since": day()}),
        lambda form: add_shareholder(**call_of(request), institution_id=pk, **form.cleaned_data),
        institution=institution,
        title=_("登记股东"),
        anchor="owners",
        done=_("已登记"),
    )


@require_http_methods(EDITS)
def shareholder_end(request, pk, row):
    institution = editable(request, pk)
    part_of(institution.shareholders, row)
    return form_page(
        request,
        EndForm(posted(request), initial={"until": day()}),
        lambda form: end_shareholder(**call_of(request), shareholder_id=row, **form.cleaned_data),
        institution=institution,
        title=_("终止股东记录"),
        anchor="owners",
        done=_("已终止，记录保留"),
    )


@require_http_methods(EDITS)
def site_add(request, pk):
    institution = editable(request, pk)
    return form_page(
        request,
        SiteForm(posted(request), initial={"since": day()}),
        lambda form: add_site(**call_of(request), institution_id=pk, **form.cleaned_data),
        institution=institution,
        title=_("登记场所"),
        anchor="sites",
        done=_("已登记"),
    )


@require_http_methods(EDITS)
def site_end(request, pk, row):
    institution = editable(request, pk)
    part_of(institution.sites, row)
    return form_page(
        request,
        EndForm(posted(request), initial={"until": day()}),
        lambda form: end_site(**call_of(request), site_id=row, **form.cleaned_data),
        institution=institution,
        title=_("终止场所"),
        anchor="sites",
        done=_("已终止，记录保留"),
    )


@require_http_methods(EDITS)
def post_add(request, pk):
    institution = editable(request, pk)
    initial = {"since": day(), "id_kind": "resident", "position": request.GET.get("position", "")}
    return form_page(
        request,
        PostForm(posted(request), initial=initial),
        lambda form: appoint(**call_of(request), institution_id=pk, facts=form.facts()),
        institution=institution,
        title=_("登记任职"),
        anchor="people",
        done=_("已登记"),
        note=_("被禁止从业的人员不能登记；核对以证件为准。"),
    )


@require_http_methods(EDITS)
def post_end(request, pk, row):
    institution = editable(request, pk)
    part_of(institution.appointments, row)
    return form_page(
        request,
        EndPostForm(posted(request), initial={"until": day()}),
        lambda form: end_appointment(**call_of(request), appointment_id=row, **form.cleaned_data),
        institution=institution,
        title=_("终止任职"),
        anchor="people",
        done=_("已终止，记录保留"),
    )


@require_http_methods(EDITS)
def change_file(request, pk, row):
    institution = editable(request, pk)
    change = part_of(institution.changes, row)
    return form_page(
        request,
        FileChangeForm(posted(request), initial={"version": change.version}),
        lambda form: file_change(**call_of(request), change_id=row, **form.cleaned_data),
        institution=institution,
        title=_("报备变更"),
        anchor="changes",
        done=_("已报备"),
        note=f"{change.get_kind_display()} · {change.occurred_on.isoformat()}",
        row=change,
    )


@require_POST
def change_acknowledge(request, pk, row):
    institution = editable(request, pk)
    change = part_of(institution.changes, row)
    return form_page(
        request,
        ConfirmForm(request.POST),
        lambda form: acknowledge_change(**call_of(request), change_id=row, **form.cleaned_data),
        institution=institution,
        title=_("确认变更"),
        anchor="changes",
        done=_("已确认"),
        row=change,
    )
