"""What the views here share: the day, the file or 404, and the way of every form page."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.requests import actor_of
from apps.core.calendar import today
from apps.core.forms import on_top_of, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.institutions.policies import can_edit_institution, can_supervise, get_visible_institution

PAGE_SIZE = 50


def day():
    """Today in Shanghai."""
    return today(timezone.now())


def call_of(request):
    """Who acts, and when: the first two arguments of every service."""
    return {"actor": actor_of(request), "now": timezone.now()}


def version_seen(request):
    """The version that the page showed of what is pressed upon; 0, and so a stale one, for none and for nonsense."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def seen(request, pk):
    """The file, or 404."""
    return get_visible_institution(request.user, pk, day())


def editable(request, pk):
    """The file, if the person may change it; else 404 for who may not see it and 403 for who may not edit it."""
    institution = seen(request, pk)
    if not can_edit_institution(request.user, institution, day()):
        raise Refused("scope")
    return institution


def supervised(request, pk):
    """The file, if the person supervises the institution; else as `editable`."""
    institution = seen(request, pk)
    if not can_supervise(request.user, institution):
        raise Refused("scope")
    return institution


def file_url(institution, anchor=""):
    return reverse("institutions:file", args=[institution.pk]) + (f"#{anchor}" if anchor else "")


def page_of(request, rows, size=PAGE_SIZE):
    """One page of a list by ?page=; a number that means no page is the nearest one."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def form_page(request, form, act, *, institution, title, anchor="", done="", note="", button="", row=None):
    """Show a form of the file, or do what it asks: `act(form)` is the one service call.

    `row`: whose version the form carries. Once its author was told that somebody else was faster, what was typed can be
    sent again on top of the newest version.
    """
    if request.method == "POST" and form.is_valid():
        try:
            act(form)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
            if row is not None:
                row.refresh_from_db(fields=["version"])
                on_top_of(form, row.version)
        else:
            if done:
                messages.success(request, done)
            return redirect(file_url(institution, anchor))
    context = {"form": form, "institution": institution, "title": title, "note": note, "button": button}
    context["back"] = file_url(institution, anchor)
    status = status_of(form) if form.is_bound else 200
    return render(request, "institutions/form.html", context, status=status)
