"""办证引导: what do you make or do, for whom, where; then what is compulsory and what is useful. No sign-in."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.certifications.selectors.guide import latest_codes, latest_product_code
from apps.core.calendar import today
from apps.parties.selectors import division_name
from apps.portal.views.limited import limited
from apps.portal.views.unavailable import cannot_check
from apps.schemes.forms import GuideForm
from apps.schemes.selectors.guide import codes_of
from apps.schemes.services.guide import guided

QUESTIONS = ("activity", "industry", "product", "sector", "market", "county")


@login_not_required
@require_safe
@limited("lookup")
def guide(request):
    """The question and its answer have one address, so that an answer can be passed on."""
    asked = any(request.GET.get(name) for name in QUESTIONS)
    try:
        form = GuideForm(request.GET) if asked else GuideForm(initial=_own(request))
        context = {"form": form, "asked": asked}
        if not asked:
            return render(request, "portal/guide.html", context)
        if not form.is_valid():
            return render(request, "portal/guide.html", context, status=400)
        on, county = today(timezone.now()), form.cleaned_data["county"]
        found = guided(form.answers(), county, on)
        context |= {"on": on, "county": division_name(county)}
        context["found"] = [(each, apply_url(each.project_code), _peers_url(each, county)) for each in found]
        context["not_listed"] = bool(form.answers().product_code) and not any(each.advice.listed for each in found)
    except DatabaseError as error:
        return cannot_check(request, error)
    return render(request, "portal/guide.html", context)


def apply_url(project_code):
    """Where one applies online for a project; empty as long as this installation has no such form."""
    try:
        return f"{reverse('certifying:apply')}?{urlencode({'project': project_code})}"
    except NoReverseMatch:
        return ""


def _peers_url(suggestion, county):
    """The public list in which those who are certified already stand."""
    group = suggestion.advice.group
    return f"{reverse('portal:lookup')}?{urlencode({'scheme': group, 'county': county, 'status': 'valid'})}"


def _own(request):
    """What the registry knows of the organisation that the person acts for; nothing for anybody else."""
    organisation = getattr(request, "acting_for", None)
    if organisation is None:
        return {}
    industry, sector = codes_of(latest_codes(organisation.pk))
    product = latest_product_code(organisation.pk)
    return {"industry": industry, "sector": sector, "product": product, "county": organisation.division_code}
