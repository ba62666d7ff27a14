"""Webhooks of an organisation: its managers list, add, try, pause and end them, and read their log."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.requests import actor_of
from apps.core.calendar import today
from apps.core.forms import posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.parties.policies import get_managed_organisation, managed_organisations
from apps.webhooks import services
from apps.webhooks.forms import EndpointForm, StateForm
from apps.webhooks.policies import get_visible_delivery, get_visible_endpoint
from apps.webhooks.selectors import endpoints_of, log_of
from apps.webhooks.services.endpoints import secret_of
from apps.webhooks.topics import registered, topic_label

PAGE = 50


@require_safe
def index(request):
    """The endpoints of every organisation that the person manages."""
    if request.user.is_staff_member:
        raise Http404
    organisations = list(managed_organisations(request.user, _day()))
    rows = endpoints_of([each.pk for each in organisations])
    groups = [(each, [row for row in rows if row.endpoint.organisation_id == each.pk]) for each in organisations]
    return render(request, "webhooks/index.html", {"groups": groups})


@require_http_methods(["GET", "HEAD", "POST"])
def create(request, pk):
    """A new endpoint. The answer to the form shows its secret, this once."""
    organisation = get_managed_organisation(request.user, pk, _day())
    form = EndpointForm(posted(request), topics=registered())
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_endpoint(
                actor=actor_of(request), now=timezone.now(), organisation_id=pk, **form.cleaned_data
            )
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            return _show_secret(request, made, status=201)
    return render(request, "webhooks/new.html", {"organisation": organisation, "form": form}, status=status_of(form))


@require_safe
def detail(request, pk):
    """An endpoint and its log."""
    endpoint = get_visible_endpoint(request.user, pk, _day())
    page = Paginator(log_of(endpoint), PAGE).get_page(request.GET.get("page"))
    context = {"endpoint": endpoint, "page_obj": page, "topics": [topic_label(code) for code in endpoint.topics]}
    return render(request, "webhooks/detail.html", context)


@require_safe
def delivery(request, pk):
    """One delivery: what was sent, what was answered."""
    found = get_visible_delivery(request.user, pk, _day())
    return render(request, "webhooks/delivery.html", {"delivery": found, "topic": topic_label(found.topic)})


@require_POST
def change_state(request, pk):
    """Pause, resume, end."""
    get_visible_endpoint(request.user, pk, _day())
    form = StateForm(posted(request))
    if not form.is_valid():
        raise Http404
    services.change_state(actor=actor_of(request), now=timezone.now(), endpoint_id=pk, **form.cleaned_data)
    messages.success(request, _("已更改"))
    return redirect("webhooks:detail", pk)


@require_safe
def guide(request):
    """How a receiver takes deliveries and proves them."""
    return render(request, "webhooks/guide.html", {"topics": registered()})


@require_http_methods(["GET", "HEAD", "POST"])
def new_secret(request, pk):
    """Replace the secret; the page says what follows, the answer shows the new one."""
    endpoint = get_visible_endpoint(request.user, pk, _day())
    if request.method == "POST":
        made = services.new_secret(actor=actor_of(request), now=timezone.now(), endpoint_id=pk)
        return _show_secret(request, made, status=200)
    return render(request, "webhooks/new_secret.html", {"endpoint": endpoint})


@require_POST
def ping(request, pk):
    """Send a delivery that tells nothing."""
    get_visible_endpoint(request.user, pk, _day())
    services.ping(actor=actor_of(request), now=timezone.now(), endpoint_id=pk)
    messages.success(request, _("测试事件已进入推送队列，结果见下方记录"))
    return redirect("webhooks:detail", pk)


@require_POST
def replay(request, pk):
    """Send a delivery again."""
    found = get_visible_delivery(request.user, pk, _day())
    services.replay(actor=actor_of(request), now=timezone.now(), delivery_id=pk)
    messages.success(request, _("已重新进入推送队列"))
    return redirect("webhooks:delivery", found.pk)


def _show_secret(request, endpoint, *, status):
    context = {"endpoint": endpoint, "secret": secret_of(endpoint)}
    return render(request, "webhooks/secret.html", context, status=status)


def _day():
    return today(timezone.now())
