"""The ban register, as staff keep it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission
from apps.accounts.requests import actor_of
from apps.core.forms import on_top_of, posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.parties.constants import BanState
from apps.parties.forms.bans import BanFilterForm, BanForm, LiftForm
from apps.parties.models import Ban
from apps.parties.rules.bans import BASES, state_on
from apps.parties.selectors.bans import find_bans
from apps.parties.services.bans import lift_ban, record_ban
from apps.parties.views.shared import day, page_of


@require_safe
@staff_permission(Permission.BAN_VIEW, Permission.BAN_RECORD)
def listing(request):
    """Who is or was barred, newest decision first."""
    form = BanFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    found = find_bans(
        query=asked.get("q", ""), subject=asked.get("subject", ""), state=asked.get("state", ""), on=day()
    )
    page = page_of(request, found if form.is_valid() else Ban.objects.none())
    context = {
        "form": form,
        "page": page,
        "rows": [(ban, state_on(ban.starts_on, ban.ends_on, ban.lifted_on, day())) for ban in page],
        "may_record": has_permission(request.user, Permission.BAN_RECORD),
    }
    return render(request, "parties/bans.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission(Permission.BAN_RECORD)
def create(request):
    """Record a decision."""
    form = BanForm(posted(request), initial={"id_kind": "resident", "starts_on": day(), "decided_on": day()})
    if request.method == "POST" and form.is_valid():
        try:
            made = record_ban(actor=actor_of(request), now=timezone.now(), facts=form.as_facts())
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("已登记，即刻在各类填报中生效"))
            return redirect("parties:ban", pk=made.pk)
    return render(request, "parties/ban_new.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_permission(Permission.BAN_VIEW, Permission.BAN_RECORD)
def detail(request, pk):
    """One decision; those who may record can end it by another one."""
    ban = Ban.objects.select_related("organisation", "recorded_by").filter(pk=pk).first()
    if ban is None:
        raise Http404
    state = state_on(ban.starts_on, ban.ends_on, ban.lifted_on, day())
    may_lift = has_permission(request.user, Permission.BAN_RECORD) and state in (BanState.COMING, BanState.RUNNING)
    form = LiftForm(posted(request), initial={"version": ban.version, "lifted_on": day()})
    if request.method == "POST" and form.is_valid():
        try:
            lift_ban(actor=actor_of(request), now=timezone.now(), ban_id=pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
            on_top_of(form, Ban.objects.get(pk=pk).version)
        else:
            messages.success(request, _("已登记解除决定"))
            return redirect("parties:ban", pk=pk)
    context = {"ban": ban, "state": state, "basis": BASES[ban.basis].label, "form": form, "may_lift": may_lift}
    return render(request, "parties/ban.html", context, status=status_of(form) if form.is_bound else 200)
