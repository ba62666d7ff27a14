"""The file of an institution, for its own people and for staff."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission
from apps.core.forms import posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.institutions.forms.files import FilterForm, LicenceForm, OpenForm, ProfileForm
from apps.institutions.policies import (
    SEES_INSTITUTIONS,
    can_approve_scope,
    can_edit_institution,
    can_supervise,
    visible_institutions,
)
from apps.institutions.selectors.duties import duties_of
from apps.institutions.selectors.files import file_of, find_institutions, organisations_without_file, profile_of
from apps.institutions.services.profile import ProfileFacts, edit_profile, open_institution, record_licence_entry
from apps.institutions.views.shared import call_of, day, editable, file_url, form_page, page_of, seen, supervised
from apps.parties.constants import OrganisationKind
from apps.parties.policies import get_visible_organisation
from apps.parties.selectors import find_by_code

EDITS = ["GET", "HEAD", "POST"]


@require_safe
@staff_permission(*SEES_INSTITUTIONS)
def listing(request):
    """The institutions in the staff member's scope."""
    form = FilterForm(request.GET)
    found = visible_institutions(request.user, day())
    if form.is_valid():
        asked = form.cleaned_data
        found = find_institutions(found, query=asked["q"], division=asked["division"], cma=asked["cma"])
    else:
        found = found.none()
    may_open = has_permission(request.user, Permission.INSTITUTION_EDIT)
    context = {"form": form, "page": page_of(request, found), "may_open": may_open}
    return render(request, "institutions/list.html", context)


@require_http_methods(EDITS)
@staff_permission(Permission.INSTITUTION_EDIT)
def create(request):
    """Open the file of an organisation that is recorded."""
    form = OpenForm(posted(request))
    if request.method == "POST" and form.is_valid():
        organisation = find_by_code(form.cleaned_data["code"])
        if organisation is None:
            form.add_error("code", _("没有这个代码的组织。请先在“组织列表”中登记。"))
        else:
            get_visible_organisation(request.user, organisation.pk, day())
            try:
                made = open_institution(**call_of(request), organisation_id=organisation.pk)
            except (ProblemsFound, Refused) as found:
                put_problems(form, found)
            else:
                return redirect(file_url(made))
    return render(request, "institutions/open.html", {"form": form}, status=status_of(form))


@require_safe
def mine(request):
    """The institutions that a person acts for."""
    rows = list(visible_institutions(request.user, day()).order_by("organisation__name"))
    waiting = organisations_without_file(request.user.pk, day(), OrganisationKind.INSTITUTION)
    if len(rows) == 1 and not waiting:
        return redirect(file_url(rows[0]))
    return render(request, "institutions/mine.html", {"rows": rows, "waiting": waiting})


@require_POST
def open_own(request, organisation_id):
    """A member opens the file of their organisation."""
    organisation = get_visible_organisation(request.user, organisation_id, day())
    try:
        made = open_institution(**call_of(request), organisation_id=organisation.pk)
    except Refused as refused:
        if not refused.reason:
            raise
        messages.error(request, refused.reason)
        return redirect("institutions:mine")
    return redirect(file_url(made))


@require_safe
def file(request, pk):
    """Everything about one institution: what it owes first."""
    institution = seen(request, pk)
    user, on = request.user, day()
    duties = [(duty, duty.days_left(on)) for duty in duties_of(institution, on)]
    context = {
        "institution": institution,
        "file": file_of(institution, on),
        "duties": duties,
        "overdue": sum(1 for _duty, left in duties if left is not None and left < 0),
        "may_edit": can_edit_institution(user, institution, on),
        "may_supervise": can_supervise(user, institution),
        "may_approve": can_approve_scope(user, institution, on),
        "on": on,
    }
    return render(request, "institutions/file.html", context)


@require_http_methods(EDITS)
def profile(request, pk):
    """A new version of the profile."""
    institution = editable(request, pk)
    last = profile_of(pk)
    initial = {name: getattr(last, name) for name in ProfileFacts.__slots__} if last else {}
    form = ProfileForm(posted(request), initial={**initial, "since": day(), "version": institution.version})

    def act(form):
        asked = form.cleaned_data
        edit_profile(
            **call_of(request),
            institution_id=pk,
            version=asked["version"],
            since=asked["since"],
            facts=form.facts(),
        )

    note = _("每次保存形成一个新版本，原版本连同日期保留。")
    return form_page(
        request,
        form,
        act,
        institution=institution,
        title=_("机构概况"),
        anchor="profile",
        done=_("已保存"),
        note=note,
        row=institution,
    )


@require_http_methods(EDITS)
@staff_permission(Permission.INSTITUTION_EDIT)
def licence(request, pk):
    """What the register of the licensing authority says, copied by staff who supervise."""
    institution = supervised(request, pk)
    names = ("cma_number", "cma_from", "cma_to", "licence_source", "version")
    form = LicenceForm(posted(request), initial={name: getattr(institution, name) for name in names})
    note = _("资质认定由省级部门或国家市场监督管理总局批准；此处只转录其公布的证书信息。")
    return form_page(
        request,
        form,
        lambda form: record_licence_entry(**call_of(request), institution_id=pk, **form.cleaned_data),
        institution=institution,
        title=_("资质认定证书"),
        anchor="profile",
        done=_("已保存"),
        note=note,
        row=institution,
    )
