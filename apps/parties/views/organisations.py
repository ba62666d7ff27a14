"""Organisations as staff see them."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission
from apps.accounts.requests import actor_of
from apps.core.forms import on_top_of, posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.parties import policies
from apps.parties.forms.organisations import CreateForm, EditForm, FilterForm, RenameForm, SameAsForm
from apps.parties.forms.people import InviteForm
from apps.parties.models import Organisation
from apps.parties.selectors import find_by_code, resolve, search_organisations
from apps.parties.selectors.merges import merges_of, rows_of
from apps.parties.selectors.people import ended_people_of, open_claims_on, open_invitations, people_of
from apps.parties.services import OrganisationFacts, edit_organisation, record_organisation, rename_organisation
from apps.parties.views.shared import day, page_of

PROFILE = [name for name in OrganisationFacts.__slots__ if name not in ("codes", "override_reason")]


@require_GET
@staff_permission(*policies.SEES_ORGANISATIONS)
def listing(request):
    """Find an organisation by two characters, initials or a code."""
    form = FilterForm(request.GET)
    found = Organisation.objects.none()  # a filter that means nothing finds nothing; the form says which
    if form.is_valid():
        asked = form.cleaned_data
        seen = policies.visible_organisations(request.user, day())
        found = search_organisations(seen, query=asked["q"], kind=asked["kind"], division=asked["division"])
    context = {
        "form": form,
        "page": page_of(request, found.order_by("-pk")),
        "can_create": has_permission(request.user, Permission.ORGANISATION_EDIT),
    }
    return render(request, "parties/list.html", context)


@require_GET
@staff_permission(*policies.SEES_ORGANISATIONS)
def detail(request, pk):
    """Everything about one organisation."""
    organisation = policies.get_visible_organisation(request.user, pk, day())
    user = request.user
    manages = policies.can_decide_for_staff(user, organisation)
    context = {
        "organisation": organisation,
        "survivor": resolve(organisation) if organisation.merged_into_id else None,
        "names": organisation.names.order_by("until", "pk"),
        "codes": organisation.codes.order_by("pk"),
        "people": people_of(organisation.pk),
        "former": ended_people_of(organisation.pk)[:20],
        "claims": open_claims_on(organisation.pk),
        "invitations": open_invitations(organisation.pk),
        "merges": merges_of(organisation.pk)[:20],
        "rows": rows_of(organisation),
        "can_edit": policies.can_edit_organisation(user, organisation) and not organisation.merged_into_id,
        "can_merge": has_permission(user, Permission.ORGANISATION_MERGE) and not organisation.merged_into_id,
        "manages": manages,
        "invite_form": InviteForm() if manages else None,
        "same_form": SameAsForm(),
        "on": day(),
    }
    return render(request, "parties/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission(Permission.ORGANISATION_EDIT)
def create(request):
    """Record an organisation; one that is known by its code is shown instead."""
    form = CreateForm(posted(request), initial={"country": "CN"})
    if request.method == "POST" and form.is_valid():
        facts, name = form.as_facts(), form.cleaned_data["name"]
        known = find_by_code(facts.uscc or facts.org_code)
        try:
            made = record_organisation(
                actor=actor_of(request), now=timezone.now(), name=name, source="staff", facts=facts
            )
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("该代码已有记录，名称已作为别名登记") if known else _("已登记"))
            return redirect("parties:detail", pk=made.pk)
    return render(request, "parties/create.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission(Permission.ORGANISATION_EDIT)
def edit(request, pk):
    """Correct the profile. If somebody else was faster, both versions are shown and nothing is lost."""
    organisation = policies.get_visible_organisation(request.user, pk, day())
    form = EditForm(posted(request), initial=_profile(organisation))
    conflict = False
    if request.method == "POST" and form.is_valid():
        call = {"actor": actor_of(request), "now": timezone.now(), "organisation_id": pk}
        try:
            edit_organisation(**call, version=form.cleaned_data["version"], facts=form.as_facts())
        except StaleVersion:
            conflict, form = True, _again(request, pk)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("已保存"))
            return redirect("parties:detail", pk=pk)
    status = 409 if conflict else status_of(form)
    context = {"form": form, "organisation": organisation, "conflict": conflict}
    if conflict:
        context["theirs"] = _differences(form, Organisation.objects.get(pk=pk))
    return render(request, "parties/edit.html", context, status=status)


def _again(request, pk):
    """The same input on top of the version of now."""
    version = Organisation.objects.values_list("version", flat=True).get(pk=pk)
    data = request.POST.copy()
    data["version"] = str(version)
    return EditForm(data, initial=_profile(Organisation.objects.get(pk=pk)))


def _differences(form, organisation):
    """(label, what stands there now, what this person typed) where the two differ."""
    current = _profile(organisation)
    rows = [(name, form.fields[name].label, current[name]) for name in PROFILE]
    return [(label, now, form.data.get(name, "")) for name, label, now in rows if str(now) != form.data.get(name, "")]


def _profile(organisation):
    profile = {name: getattr(organisation, name) or "" for name in PROFILE}
    if organisation.uscc:
        profile["org_code"] = ""  # it is part of the USCC, and follows when that is corrected
    return {**profile, "override_reason": organisation.code_override_reason, "version": organisation.version}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission(Permission.ORGANISATION_EDIT)
def rename(request, pk):
    """A change of name in the register."""
    organisation = policies.get_visible_organisation(request.user, pk, day())
    form = RenameForm(posted(request), initial={"version": organisation.version, "since": day()})
    if request.method == "POST" and form.is_valid():
        try:
            rename_organisation(actor=actor_of(request), now=timezone.now(), organisation_id=pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
            on_top_of(form, policies.get_visible_organisation(request.user, pk, day()).version)
        else:
            messages.success(request, _("名称已变更，原名称仍可查到"))
            return redirect("parties:detail", pk=pk)
    context = {"form": form, "organisation": organisation}
    return render(request, "parties/rename.html", context, status=status_of(form))
