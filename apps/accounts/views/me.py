"""One's own account: what it is, what protects it, where it is signed in."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.constants import SessionEnd
from apps.accounts.requests import actor_of
from apps.accounts.rules import PASSWORD_LIFETIME, SESSION_LIMITS
from apps.accounts.selectors import grants_of, sessions_of
from apps.accounts.services.sessions import end_session, end_sessions_of


@require_safe
def overview(request):
    user = request.user
    changed = user.password_changed_at
    context = {
        "grants": [grant for grant in grants_of(user) if grant.ended_at is None],
        "factors": Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).count(),
        "password_until": changed + PASSWORD_LIFETIME if changed and user.is_staff_member else None,
        "running": sessions_of(user).count(),
        "limits": SESSION_LIMITS[user.realm],
    }
    return render(request, "accounts/overview.html", context)


@require_safe
def session_list(request):
    context = {"sessions": sessions_of(request.user), "limits": SESSION_LIMITS[request.user.realm]}
    return render(request, "accounts/sessions.html", context)


@require_POST
def session_end(request, pk):
    now = timezone.now()
    if not end_session(actor=actor_of(request), now=now, session_id=pk, because=SessionEnd.ENDED_BY_PERSON):
        raise Http404
    messages.success(request, _("已结束该登录。"))
    return redirect("accounts:sessions")


@require_POST
def sessions_end_others(request):
    ended = end_sessions_of(
        actor=actor_of(request),
        now=timezone.now(),
        user=request.user,
        because=SessionEnd.ENDED_BY_PERSON,
        keep=request.user_session.pk,
    )
    messages.success(request, _("已结束其他 %(count)d 处登录。") % {"count": ended})
    return redirect("accounts:sessions")
