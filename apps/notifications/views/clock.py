"""The official calendar and the statutory limits: read by year, change with a reason."""

import datetime as dt

from django.contrib import messages as flash
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission, require
from apps.accounts.requests import actor_of
from apps.clock import selectors, services
from apps.clock.constants import NOTICES, WORKING
from apps.core.calendar import today
from apps.core.forms import on_top_of, posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.core.text import whole_number
from apps.notifications.forms import DayForm, LimitForm


@staff_permission(Permission.CALENDAR_EDIT, Permission.LIMIT_EDIT)
@require_GET
def days(request):
    known = selectors.years()
    year = _year(request.GET.get("year"), known, today(timezone.now()).year)
    months = selectors.months_of(year)
    working = sum(day.kind in WORKING for month in months for day in month)
    context = {
        "years": known,
        "year": year,
        "months": [(month[0].date, [None] * month[0].date.weekday() + month) for month in months],
        "working": working,
        "weekdays": [str(WEEKDAYS_ABBR[n])[-1] if get_language() != "en" else WEEKDAYS_ABBR[n] for n in range(7)],
        "notice": NOTICES.get(year, ""),
        "provisional": any(day.provisional for month in months for day in month),
        "may_edit": has_permission(request.user, Permission.CALENDAR_EDIT),
    }
    return render(request, "clock/days.html", context)


@staff_permission(Permission.CALENDAR_EDIT)
@require_http_methods(["GET", "POST"])
def day_edit(request, year, month, day):
    found = selectors.get_day(_date(year, month, day))
    initial = {"kind": found.kind, "name": found.name, "notice": found.notice, "version": found.version}
    form = DayForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid() and _day_saved(request, found, form):
        flash.success(request, _("日历已更新。"))
        return redirect(f"{request.path.rsplit('/', 2)[0]}/?year={year}")
    return render(request, "clock/day_edit.html", {"day": found, "form": form}, status=status_of(form))


@staff_permission(Permission.CALENDAR_EDIT, Permission.LIMIT_EDIT)
@require_GET
def limit_list(request):
    context = {
        "limits": selectors.limits(),
        "today": today(timezone.now()),
        "may_edit": has_permission(request.user, Permission.LIMIT_EDIT),
    }
    return render(request, "clock/limits.html", context)


@staff_permission(Permission.LIMIT_EDIT)
@require_http_methods(["GET", "POST"])
def limit_edit(request, pk):
    limit = selectors.get_limit(pk)
    initial = {
        "value": limit.value,
        "effective_from": today(timezone.now()),
        "article": limit.article,
        "consequence": limit.consequence,
        "applies_to_running": False,
        "version": limit.version,
    }
    form = LimitForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid() and _limit_saved(request, limit, form):
        flash.success(request, _("时限已更新。"))
        return redirect("clock:limits")
    return render(request, "clock/limit_edit.html", {"limit": limit, "form": form}, status=status_of(form))


def _day_saved(request, found, form) -> bool:
    try:
        services.edit_day(
            actor=actor_of(request),
            day=found,
            now=timezone.now(),
            allow=lambda actor: require(actor, Permission.CALENDAR_EDIT),
            **form.cleaned_data,
        )
    except StaleVersion as stale:
        put_problems(form, stale)
        on_top_of(form, selectors.get_day(found.date).version)
        return False
    return True


def _limit_saved(request, limit, form) -> bool:
    try:
        services.change_limit(
            actor=actor_of(request),
            limit=limit,
            now=timezone.now(),
            allow=lambda actor: require(actor, Permission.LIMIT_EDIT),
            **form.cleaned_data,
        )
    except ProblemsFound as found:
        for problem in found.problems:
            form.add_error(problem.place, str(problem))
    except StaleVersion as stale:
        put_problems(form, stale)
        on_top_of(form, selectors.get_limit(limit.pk).version)
    except Refused:
        form.add_error(None, _("该时限已经失效，不能修改。"))
    return not form.errors


def _year(text, known: list[int], current: int) -> int:
    year = whole_number(text) if text else current
    if year is None or year not in (known or [current]):
        raise Http404
    return year


def _date(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except (ValueError, OverflowError) as fault:
        raise Http404 from fault
