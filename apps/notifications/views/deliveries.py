"""The delivery monitor: what went out, what did not and why, and what a person must decide."""

from django.contrib import messages as flash
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission
from apps.accounts.requests import actor_of
from apps.core.problems import Refused
from apps.notifications import services
from apps.notifications.channels import configured
from apps.notifications.constants import Channel, MessageState
from apps.notifications.forms import DecisionForm, DeliveryFilter
from apps.notifications.mailbox import attached_html, lies_in_mailbox, mails, read_mail
from apps.notifications.policies import get_visible_message, visible_messages
from apps.notifications.selectors import delivery_health, state_counts
from apps.notifications.topics import channel_label, threshold_text, topic_label


@staff_permission(Permission.REMINDER_VIEW, Permission.DELIVERY_RETRY)
@require_GET
def delivery_list(request):
    form = DeliveryFilter(request.GET or None)
    visible = visible_messages(request.user)
    found = _filtered(visible, form) if form.is_bound and form.is_valid() else visible
    page = Paginator(found.order_by("-id"), 50).get_page(request.GET.get("page"))
    counts = state_counts(visible)
    context = {
        "form": form if form.is_bound else DeliveryFilter(),
        "page": page,
        "rows": [(message, topic_label(message.topic)) for message in page],
        "tabs": [(state.value, state.label, counts[state.value]) for state in MessageState if counts.get(state.value)],
        "state": request.GET.get("state", ""),
        "health": delivery_health(timezone.now()),
        "absent": [channel_label(channel) for channel in Channel if not configured(channel)],
        "may_retry": has_permission(request.user, Permission.DELIVERY_RETRY),
    }
    return render(request, "notifications/deliveries.html", context)


@staff_permission(Permission.REMINDER_VIEW, Permission.DELIVERY_RETRY)
@require_GET
def delivery(request, pk):
    message = get_visible_message(request.user, pk)
    return _shown(request, message, DecisionForm())


@staff_permission(Permission.DELIVERY_RETRY)
@require_POST
def retry(request, pk):
    message = get_visible_message(request.user, pk)
    try:
        services.retry(actor=actor_of(request), message=message, now=timezone.now())
        flash.success(request, _("已重新排队，稍后发送。"))
    except Refused:
        flash.error(request, _("这条消息现在不能重发：状态已经变化。"))
    return redirect("notifications:delivery", pk)


@staff_permission(Permission.DELIVERY_RETRY)
@require_POST
def decide(request, pk):
    message = get_visible_message(request.user, pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _shown(request, message, form, status=422)
    try:
        services.decide(actor=actor_of(request), message=message, now=timezone.now(), **form.cleaned_data)
        flash.success(request, _("处理结果已登记。"))
    except Refused:
        flash.error(request, _("这条消息已经处理过。"))
    return redirect("notifications:delivery", pk)


@staff_permission(Permission.DELIVERY_RETRY)
@require_POST
def accept_clock(request):
    services.accept_clock(actor=actor_of(request), now=timezone.now())
    flash.success(request, _("已确认当前时间正确，提醒恢复计划。"))
    return redirect("notifications:deliveries")


@staff_permission(Permission.MAILBOX_VIEW)
@require_GET
def mailbox(request):
    page = Paginator(mails(), 50).get_page(request.GET.get("page"))
    return render(request, "notifications/mailbox.html", {"page": page, "rows": [read_mail(name) for name in page]})


@staff_permission(Permission.MAILBOX_VIEW)
@require_GET
def mail(request, name):
    lies_in_mailbox(name)
    return render(request, "notifications/mail.html", {"mail": read_mail(name)})


@staff_permission(Permission.MAILBOX_VIEW)
@require_GET
def mail_html(request, name):
    """The HTML part alone, in a sandbox: no script, no form, no image, no other host."""
    response = HttpResponse(attached_html(lies_in_mailbox(name)), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return response


@staff_permission(Permission.MAILBOX_VIEW)
@require_GET
def mail_raw(request, name):
    """Every byte as it would have gone out."""
    return HttpResponse(lies_in_mailbox(name).read_bytes(), content_type="text/plain; charset=utf-8")


def _filtered(messages, form):
    wanted = form.cleaned_data
    exact = {name: wanted[name] for name in ("state", "channel", "day") if wanted[name]}
    found = messages.filter(**exact)
    if wanted["q"]:
        text = wanted["q"].replace("\0", "")
        return found.filter(recipient__display_name__icontains=text) | found.filter(recipient__username__iexact=text)
    return found


def _shown(request, message, form, status: int = 200):
    context = {
        "message": message,
        "label": topic_label(message.topic),
        "form": form,
        "reminders": [(one, threshold_text(one.threshold)) for one in message.reminders.order_by("due_on")[:50]],
        "may_retry": has_permission(request.user, Permission.DELIVERY_RETRY),
    }
    return render(request, "notifications/delivery.html", context, status=status)
