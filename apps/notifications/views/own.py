"""A person's own messages, preferences and calendar."""

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.requests import actor_of
from apps.core.calendar import today
from apps.core.forms import posted
from apps.core.problems import StaleVersion
from apps.notifications import services
from apps.notifications.calendar_feed import calendar_of
from apps.notifications.constants import Channel
from apps.notifications.forms import PreferenceForm
from apps.notifications.policies import get_own_message
from apps.notifications.selectors import feed_by_hash, inbox, preference_of, running_feed, unread_count
from apps.notifications.services.composing import absolute
from apps.notifications.services.people import hash_of
from apps.notifications.services.reading import entries


@require_GET
def centre(request):
    unread_only = request.GET.get("show") == "unread"
    page = Paginator(inbox(request.user, unread_only=unread_only), 20).get_page(request.GET.get("page"))
    language = get_language() or "zh-hans"
    page.object_list = entries(page.object_list, today=today(timezone.now()), language=language)  # type: ignore[assignment]  # as shown
    context = {"page": page, "unread_only": unread_only, "unread_total": unread_count(request.user)}
    return render(request, "notifications/centre.html", context)


@require_POST
def read(request, pk):
    message = get_own_message(request.user, pk)
    services.mark_read(actor=actor_of(request), now=timezone.now(), message=message)
    return redirect("notifications:centre")


@require_POST
def read_all(request):
    services.mark_read(actor=actor_of(request), now=timezone.now())
    flash.success(request, _("全部消息已标为已读。"))
    return redirect("notifications:centre")


@require_http_methods(["GET", "POST"])
def preferences(request):
    found = preference_of(request.user)
    choices = [c for c in (Channel.EMAIL, Channel.SMS) if c not in found.channels_off]
    initial = {"language": found.language, "channels": choices, "version": found.version}
    form = PreferenceForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid() and _saved(request, form):
        flash.success(request, _("消息设置已保存。"))
        return redirect("notifications:preferences")
    context = {"form": form, "feed": running_feed(request.user), "secret_url": request.session.pop("feed_url", "")}
    return render(request, "notifications/preferences.html", context, status=422 if form.errors else 200)


def _saved(request, form) -> bool:
    wanted = form.cleaned_data["channels"]
    try:
        services.save_preferences(
            actor=actor_of(request),
            language=form.cleaned_data["language"],
            channels_off=[c for c in (Channel.EMAIL, Channel.SMS) if c not in wanted],
            version=form.cleaned_data["version"],
            now=timezone.now(),
        )
    except StaleVersion:
        form.add_error(None, _("设置已在别处修改。请刷新页面后重试。"))
        return False
    return True


@require_POST
def calendar_renew(request):
    secret = services.renew_feed(actor=actor_of(request), now=timezone.now())
    # Shown once on the next page; only its hash is stored.
    request.session["feed_url"] = absolute(reverse("notifications:calendar", args=[secret]))
    return redirect("notifications:preferences")


@require_POST
def calendar_revoke(request):
    services.revoke_feed(actor=actor_of(request), now=timezone.now())
    flash.success(request, _("日历地址已停用。"))
    return redirect("notifications:preferences")


@login_not_required
@require_GET
def calendar(request, secret):
    """The secret is the key: calendar programs cannot sign in. Unknown, revoked and disabled look the same."""
    feed = feed_by_hash(hash_of(secret))
    if feed is None:
        raise Http404
    now = timezone.now()
    services.note_feed_read(feed=feed, now=now)
    response = HttpResponse(calendar_of(feed.user, now=now), content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Disposition"] = 'inline; filename="certification.ics"'
    return response
