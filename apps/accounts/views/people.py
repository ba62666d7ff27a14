"""The system administrator's pages: accounts. The security administrator reads the same list."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.forms import PeopleFilter, ReasonForm, StaffAccountForm, UnitForm
from apps.accounts.invitations import send_invitation
from apps.accounts.policies import get_visible_person, has_permission, visible_people
from apps.accounts.requests import actor_of
from apps.accounts.selectors import factors_of, grants_of, sessions_of
from apps.accounts.services import accounts
from apps.core.calendar import today
from apps.core.forms import posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused

PER_PAGE = 50
manages = staff_permission(Permission.ACCOUNT_MANAGE)
reads = staff_permission(Permission.ACCOUNT_MANAGE, Permission.ROLE_GRANT)


@dataclass(frozen=True, slots=True)
class Act:
    """The words of a page that asks for a reason before it does something to an account."""

    title: Any  # lazy texts
    consequence: Any
    button: Any
    done: Any
    danger: bool = False


CLOSE = Act(
    _("停用账号"),
    _("停用后，此人立即退出所有登录，并且不能再登录。角色授予记录与审计记录保留；以后可以重新启用。"),
    _("停用"),
    _("账号已停用。"),
    danger=True,
)
REOPEN = Act(_("启用账号"), _("启用后，此人可以用原来的密码和第二验证因素登录。"), _("启用"), _("账号已启用。"))
MOVE = Act(
    _("变更所属单位"), _("此人能看到的区域随新单位改变，下一次打开页面即生效。"), _("变更"), _("所属单位已变更。")
)
RESET = Act(
    _("重置第二验证因素"),
    _("将删除此人的全部动态口令、通行密钥和恢复码，并结束其所有登录。请先通过其他途径核实本人身份。"),
    _("重置"),
    _("第二验证因素已重置。"),
    danger=True,
)


@reads
@require_safe
def person_list(request):
    form = PeopleFilter(request.GET)
    filters = {}
    if form.is_valid():
        chosen = {**form.cleaned_data}
        filters = {**chosen, "unit": chosen["unit"].code if chosen["unit"] else ""}
    found = visible_people(request.user, **filters) if form.is_valid() else visible_people(request.user).none()
    page = Paginator(found.prefetch_related("role_grants"), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "accounts/people.html",
        {"form": form, "page": page, "manages": has_permission(request.user, Permission.ACCOUNT_MANAGE)},
    )


@reads
@require_safe
def person_detail(request, pk):
    person = get_visible_person(request.user, pk)
    context = {
        "person": person,
        "grants": grants_of(person),
        "factors": factors_of(person),
        "running": sessions_of(person).count(),
        "manages": has_permission(request.user, Permission.ACCOUNT_MANAGE),
        "grants_roles": has_permission(request.user, Permission.ROLE_GRANT) and person.is_staff_member,
        "own": person.pk == request.user.pk,
        "today": today(timezone.now()),
    }
    return render(request, "accounts/person.html", context)


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def person_new(request):
    form = StaffAccountForm(posted(request))
    if form.is_valid():
        try:
            person = accounts.create_staff_account(actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            return _invited(request, person)
    return render(request, "accounts/person_new.html", {"form": form}, status=status_of(form))


@manages
@require_POST
def person_invite(request, pk):
    return _invited(request, get_visible_person(request.user, pk))


def _invited(request, person):
    try:
        accounts.record_invitation(actor=actor_of(request), now=timezone.now(), user=person)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        send_invitation(person)
        messages.success(request, _("设置密码的邀请已发往 %(email)s，三天内有效。") % {"email": person.email})
    return redirect("accounts:person", pk=person.pk)


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def person_close(request, pk):
    return _ask(request, pk, ReasonForm, CLOSE, _set_active(False))


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def person_reopen(request, pk):
    return _ask(request, pk, ReasonForm, REOPEN, _set_active(True))


def _set_active(active):
    return lambda **given: accounts.set_account_active(active=active, **given)


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def person_move(request, pk):
    return _ask(request, pk, UnitForm, MOVE, accounts.move_to_unit)


@manages
@require_http_methods(["GET", "HEAD", "POST"])
def person_reset_factor(request, pk):
    return _ask(request, pk, ReasonForm, RESET, accounts.reset_second_factor)


def _ask(request, pk, form_class, act, service):
    """The shape of every act on an account: state the consequence, ask why, do it, say so."""
    person = get_visible_person(request.user, pk)
    form = form_class(posted(request))
    if form.is_valid():
        try:
            service(actor=actor_of(request), now=timezone.now(), user=person, **form.cleaned_data)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, act.done)
            return redirect("accounts:person", pk=person.pk)
    context = {"person": person, "form": form, "act": act}
    return render(request, "accounts/act.html", context, status=status_of(form))
