"""The certificate page: verdict first, then the record. A permalink that a QR code carries."""

import hashlib
import re
from functools import lru_cache

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from apps.certifications.rules import effective_status, spoken_token, stale_after, token_key
from apps.certifications.rules.coverage import covers, overall
from apps.certifications.rules.verdict import Kind, verdict_of
from apps.certifications.selectors.certificate_page import covered, details, head, sources, standing
from apps.certifications.selectors.lookup import by_body_and_number
from apps.core.calendar import today as date_of
from apps.parties.policies import can_act_for
from apps.portal.appearance import of as appearance_of
from apps.portal.forms import CoverageForm
from apps.portal.fragments import kept
from apps.portal.views.limited import limited
from apps.portal.views.unavailable import cannot_check
from apps.schemes.rules.stock import stock_duty
from apps.schemes.selectors import next_step

COVERAGE = "portal/coverage_form.html"
_CHECKED = re.compile(r"<time data-checked>[^<]*</time>")


@login_not_required
@require_safe
@limited("page")
def certificate(request, token):
    """Verdict and record. The verdict is judged anew each time; the record below it is a kept piece."""
    try:
        known = standing(token_key(token)[:12])
        if known is None:
            return not_found(request, spoken_token(token_key(token)[:12]))
        if token != known.token:
            return HttpResponseRedirect(reverse("portal:certificate", args=[known.token]))
        now = timezone.now()
        verdict = known.verdict(now=now, today=date_of(now))
        tag = _tag(request, known, verdict, now)
        if tag and request.headers.get("If-None-Match") == tag:
            return _fresh(HttpResponseNotModified(), tag)
        return _fresh(HttpResponse(_page(request, known, verdict, now)), tag)
    except DatabaseError as error:
        return cannot_check(request, error)


@login_not_required
@require_safe
@limited("lookup")
def certificate_by_number(request):
    """/c/?body=CNCA-R-2002-001&number=…: leads to the permalink, or says that it is not here."""
    number, body = request.GET.get("number", "")[:64], request.GET.get("body", "")[:20]
    if not number.isprintable() or not body.isprintable():
        return not_found(request, "", status=400)
    try:
        found = by_body_and_number(body, number) if number and body else None
    except DatabaseError as error:
        return cannot_check(request, error)
    if found is None:
        return not_found(request, number)
    return HttpResponseRedirect(reverse("portal:certificate", args=[found.token]))


@login_not_required
@require_safe
def certificate_qr(request, token):
    """The QR code: the permalink and nothing else, so that a copied code still shows the live status."""
    address = f"{settings.PUBLIC_URL}{reverse('portal:certificate', args=[token_key(token)[:12] or 'x'])}"
    response = HttpResponse(content_type="image/svg+xml")
    code = segno.make_qr(address, error="m")
    code.save(response, kind="svg", scale=4, border=4, dark="#000", light="#fff", omitsize=True, xmldecl=False)  # type: ignore[arg-type]  # it writes bytes
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def not_found(request, asked, *, status=404):
    """The verdict "not found here": which sources were asked, and when they last reported."""
    context = {"verdict": verdict_of(Kind.NOT_FOUND), "asked": asked, "sources": sources(), "now": timezone.now()}
    return render(request, "portal/not_found.html", context, status=status)


def _page(request, known, verdict, now):
    """The page as text. What is asked for most, the bare permalink by somebody without a session, is kept whole for
    as long as verdict and record stand; only the time of the check is written in anew."""

    def drawn(record=_record):
        found = head(known.token)
        context = {**_verdict_context(found, verdict, now), "record": record(found, now)}
        context |= {"own_step": _own_step(request, found, now), "stock": _stock(found, now)}
        return render_to_string("portal/certificate.html", {**context, **_coverage(request, found, now)}, request)

    if request.GET or request.COOKIES.keys() & {settings.SESSION_COOKIE_NAME, "messages"}:
        return drawn()
    late = now > stale_after(known.confirmed_at, known.cadence_days)
    shown = (known, verdict.kind, late, get_language(), appearance_of(request), request.path)
    page = kept(("page", *shown), lambda: drawn(_draw_record))  # whole, so that its record need not be kept besides
    checked = f"<time data-checked>{timezone.localtime(now):%Y-%m-%d %H:%M}</time>"
    return _CHECKED.sub(checked, page, count=1)


def _stock(found, now):
    """What may be done with goods of a compulsory certificate that does not hold."""
    return stock_duty(found.shape, effective_status(found.status, found.valid_to, date_of(now)))


def _own_step(request, found, now):
    """What a person who acts for the holder must do next; nothing for anybody else."""
    day = date_of(now)
    if not can_act_for(request.user, found.holder_id, day):
        return None
    step = next_step(found.pk, day)
    return {"step": step, "days_left": step.days_left(day)}


def _verdict_context(found, verdict, now):
    late = stale_after(found.confirmed_at, found.source.cadence_days)
    return {
        "certificate": found,
        "verdict": verdict,
        "now": now,
        "spoken": spoken_token(found.token),
        "is_late": now > late,
        "address": f"{settings.PUBLIC_URL}{reverse('portal:certificate', args=[found.token])}",
    }


def _record(found, now):
    """The record below the verdict, kept by everything that it depends on."""
    status = str(effective_status(found.status, found.valid_to, date_of(now)))
    versions = (found.version, found.updated_at, found.holder.version, found.body.version)
    return kept(("certificate", found.pk, *versions, get_language(), status), lambda: _draw_record(found, now))


def _draw_record(found, now):
    status = str(effective_status(found.status, found.valid_to, date_of(now)))
    context = {"certificate": found, "english": (get_language() or "").startswith("en")}
    return render_to_string("portal/certificate_record.html", {**context, "details": details(found, status=status)})


def _coverage(request, found, now):
    """The form, and the answer if it was asked."""
    if not {"product", "site", "day"} & set(request.GET):
        return {"coverage_form": _unasked(get_language())}
    form = CoverageForm(request.GET)
    shown = {"coverage_form": render_to_string(COVERAGE, {"form": form})}
    if not form.is_valid():
        return shown
    findings = covers(covered(found), **form.cleaned_data, today=date_of(now))
    return {**shown, "findings": findings, "overall": str(overall(findings))}


@lru_cache(maxsize=8)
def _unasked(language):
    """The form as long as nobody asked: the same for everybody who reads this language."""
    return render_to_string(COVERAGE, {"form": CoverageForm()})


def _tag(request, known, verdict, now):
    """The page's ETag, good for a minute because the page says when it was checked. None for a signed-in person."""
    if request.user.is_authenticated:
        return None
    minute = f"{now:%Y%m%d%H%M}"
    shown = (
        known,
        verdict.kind,
        get_language(),
        appearance_of(request),
        settings.DEMO,
        minute,
        request.get_full_path(),
    )
    return f'"{hashlib.sha256(repr(shown).encode()).hexdigest()[:32]}"'


def _fresh(response, tag):
    """Ask again each time; the answer may be "not modified"."""
    if tag:
        response.headers["ETag"] = tag
        response.headers["Cache-Control"] = "public, no-cache"
        response.headers["Vary"] = "Cookie, Accept-Language"
    return response
