"""The merge queue."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.requests import actor_of
from apps.core.forms import put_on_open, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.core.text import whole_number
from apps.parties.constants import MergeState
from apps.parties.forms.organisations import DecideForm, SameAsForm, UndoForm
from apps.parties.policies import get_visible_merge, get_visible_organisation, visible_merges, visible_organisations
from apps.parties.selectors import find_by_code
from apps.parties.selectors.merges import pair_of_counts, side_by_side, undecided
from apps.parties.services.merges import DECIDABLE, decide_merge, suggest_merge, undo_merge
from apps.parties.views.shared import day, page_of


@require_GET
@staff_permission(Permission.ORGANISATION_MERGE)
def listing(request):
    """Pairs that wait, and pairs that were decided."""
    state = request.GET.get("state", "open")
    seen = visible_merges(request.user).select_related("kept", "duplicate", "decided_by")
    of_state = {
        "open": undecided(seen).order_by("found_at", "pk"),
        "merged": seen.filter(state=MergeState.MERGED).order_by("-decided_at", "-pk"),
        "distinct": seen.filter(state=MergeState.DISTINCT).order_by("-decided_at", "-pk"),
    }
    labels = {"open": _("待处理"), "merged": _("已合并"), "distinct": _("确认不同")}
    rows = of_state.get(state, of_state["open"])
    tabs = [(key, labels[key], of_state[key].count()) for key in of_state]
    context = {"page": page_of(request, rows), "tabs": tabs, "state": state if state in of_state else "open"}
    return render(request, "parties/merges.html", context)


@require_GET
@staff_permission(Permission.ORGANISATION_MERGE)
def detail(request, pk):
    """Both records side by side."""
    return _page(request, get_visible_merge(request.user, pk))


@require_POST
@staff_permission(Permission.ORGANISATION_MERGE)
def decide(request, pk):
    """One party or two."""
    pair = get_visible_merge(request.user, pk)
    form = DecideForm(request.POST, pair=pair)
    if form.is_valid():
        kept = form.cleaned_data["kept"]
        call = {"actor": actor_of(request), "now": timezone.now(), "merge_id": pk}
        try:
            decide_merge(
                **call,
                version=form.cleaned_data["version"],
                kept_id=None if kept == "distinct" else int(kept),
                reason=form.cleaned_data["reason"],
            )
        except (ProblemsFound, Refused) as found:
            pair = get_visible_merge(request.user, pk)
            put_on_open(form, found, version=pair.version, is_open=pair.state in DECIDABLE)
        else:
            messages.success(request, _("已记录为不同主体") if kept == "distinct" else _("已合并，可随时撤销"))
            return redirect("parties:merge", pk=pk)
    return _page(request, pair, form)


@require_POST
@staff_permission(Permission.ORGANISATION_MERGE)
def undo(request, pk):
    """Two records again."""
    pair = get_visible_merge(request.user, pk)
    form = UndoForm(request.POST)
    if form.is_valid():
        try:
            undo_merge(actor=actor_of(request), now=timezone.now(), merge_id=pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            pair = get_visible_merge(request.user, pk)
            put_on_open(form, found, version=pair.version, is_open=pair.state == MergeState.MERGED)
        else:
            messages.success(request, _("合并已撤销，两条记录恢复原状"))
            return redirect("parties:merge", pk=pk)
    return _page(request, pair, form)


@require_POST
@staff_permission(Permission.ORGANISATION_MERGE)
def suggest(request, pk):
    """A clerk thinks that two records are one party."""
    organisation = get_visible_organisation(request.user, pk, day())
    form = SameAsForm(request.POST)
    if form.is_valid():
        other = _named(request.user, form.cleaned_data["other"].strip())
        if other is None:
            form.add_error("other", _("没有找到这个代码或记录号的组织"))
        else:
            try:
                pair = suggest_merge(
                    actor=actor_of(request), now=timezone.now(), first_id=organisation.pk, second_id=other.pk
                )
            except (ProblemsFound, Refused) as found:
                put_problems(form, found)
            else:
                return redirect("parties:merge", pk=pair.pk)
    context = {"form": form, "organisation": organisation}
    return render(request, "parties/same_as.html", context, status=status_of(form))


def _named(user, text):
    """The organisation behind a code or `#record number`."""
    if text.startswith("#") and (number := whole_number(text[1:])) is not None:
        return visible_organisations(user, day()).filter(pk=number).first()
    found = find_by_code(text)
    return visible_organisations(user, day()).filter(pk=found.pk).first() if found else None


def _page(request, pair, form=None):
    status = status_of(form)
    if form is None and pair.state in DECIDABLE:
        form = DecideForm(pair=pair, initial={"version": pair.version})
    elif form is None and pair.state == MergeState.MERGED:
        form = UndoForm(initial={"version": pair.version})
    context = {
        "pair": pair,
        "form": form,
        "rows": side_by_side(pair.kept, pair.duplicate),
        "counts": pair_of_counts(pair.kept, pair.duplicate),
        "decidable": pair.state in DECIDABLE,
        "undoable": pair.state == MergeState.MERGED,
    }
    return render(request, "parties/merge.html", context, status=status)
