"""The security administrator's pages: granting and ending roles."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission, Role
from apps.accounts.forms import GrantForm, ReasonForm
from apps.accounts.policies import get_visible_grant, get_visible_person
from apps.accounts.requests import actor_of
from apps.accounts.services.roles import end_role, grant_role
from apps.accounts.views.people import Act
from apps.core.calendar import today
from apps.core.forms import posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused

grants = staff_permission(Permission.ROLE_GRANT)
GRANT = Act(
    _("授予角色"),
    _("角色自开始日期起生效。系统管理员、安全管理员、审计管理员须由三人分别担任。"),
    _("授予"),
    _("角色已授予。"),
)
END = Act(
    _("终止角色"), _("角色立即失效，此人下一次打开页面即失去相应权限。"), _("终止"), _("角色已终止。"), danger=True
)


@grants
@require_http_methods(["GET", "HEAD", "POST"])
def grant_new(request, pk):
    person = get_visible_person(request.user, pk)
    now = timezone.now()
    form = GrantForm(posted(request), initial={"starts_on": today(now)})
    if form.is_valid():
        given = {**form.cleaned_data, "role": Role(form.cleaned_data["role"])}
        try:
            grant_role(actor=actor_of(request), now=now, user=person, **given)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, GRANT.done)
            return redirect("accounts:person", pk=person.pk)
    context = {"person": person, "form": form, "act": GRANT}
    return render(request, "accounts/act.html", context, status=status_of(form))


@grants
@require_http_methods(["GET", "HEAD", "POST"])
def grant_end(request, pk):
    grant = get_visible_grant(request.user, pk)
    form = ReasonForm(posted(request))
    if form.is_valid():
        try:
            end_role(actor=actor_of(request), now=timezone.now(), grant=grant, **form.cleaned_data)
        except Refused as refused:
            put_problems(form, refused)
        else:
            messages.success(request, END.done)
            return redirect("accounts:person", pk=grant.user_id)
    context = {"person": grant.user, "grant": grant, "form": form, "act": END}
    return render(request, "accounts/act.html", context, status=status_of(form))
