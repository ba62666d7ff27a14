"""Staff keep the table of the guided choice, and try a change before it holds."""

from django.contrib import messages as flash
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission
from apps.accounts.requests import actor_of
from apps.certifications.selectors.reference import group_names
from apps.core.calendar import today
from apps.core.forms import attempt, on_top_of, posted, status_of
from apps.schemes.forms import GuideForm, GuideRuleForm
from apps.schemes.selectors.guide import get_guide_rule, guide_rows, rules_of_guide
from apps.schemes.services.guide import GuideFacts, change_guide, guided

VIEW, EDIT = Permission.CERTIFICATE_VIEW_INTERNAL, Permission.SCHEME_EDIT
FACTS = list(GuideFacts.__dataclass_fields__)


def _groups():
    return group_names(english=(get_language() or "").startswith("en"))


@staff_permission(VIEW, EDIT)
@require_GET
def guide_list(request):
    groups = _groups()
    rows = [(rule, groups.get(rule.group, rule.group)) for rule in rules_of_guide()]
    context = {"rows": rows, "today": today(timezone.now()), "may_edit": has_permission(request.user, EDIT)}
    return render(request, "schemes/guide_rules.html", context)


@staff_permission(EDIT)
@require_http_methods(["GET", "POST"])
def guide_new(request):
    return _edit(request, None)


@staff_permission(EDIT)
@require_http_methods(["GET", "POST"])
def guide_edit(request, pk):
    return _edit(request, get_guide_rule(pk))


def _edit(request, rule):
    initial = {name: getattr(rule, name) for name in (*FACTS, "version")} if rule else {"weight": 50}
    form = GuideRuleForm(posted(request), groups=list(_groups().items()), initial=initial)
    context = {"form": form, "rule": rule, "trial": GuideForm(prefix="try")}
    if request.method == "POST" and "end" in request.POST and rule:
        form = context["form"] = GuideRuleForm(request.POST, groups=list(_groups().items()))
        form.is_valid()
        return _written(request, context, None, rule)
    if request.method == "POST" and form.is_valid():
        facts = GuideFacts(**{name: form.cleaned_data[name] for name in FACTS})
        if "dry" in request.POST:
            context |= _tried(request, facts, rule)
        else:
            return _written(request, context, facts, rule)
    return render(request, "schemes/guide_edit.html", context, status=status_of(form))


def _written(request, context, facts, rule):
    form, now = context["form"], timezone.now()
    call = {"actor": actor_of(request), "now": now, "on": today(now), "facts": facts}
    if rule:
        call |= {"rule_id": rule.pk, "version": form.cleaned_data.get("version")}
    if facts is None:
        form.errors.clear()
    status = attempt(form, lambda: change_guide(**call))
    if status == 200:
        flash.success(request, _("引导规则已更新，公开页面立即按新规则回答。"))
        return redirect("schemes:guide_rules")
    if rule:
        on_top_of(form, get_guide_rule(rule.pk).version)
    return render(request, "schemes/guide_edit.html", context, status=status)


def _tried(request, facts, rule):
    """What the trial answers would get now, and with the change: nothing is written."""
    trial = GuideForm(request.POST, prefix="try")
    if not trial.is_valid():
        return {"trial": trial}
    on = today(timezone.now())
    now_rows = guide_rows(on)
    then_rows = [row for row in now_rows if rule is None or row.key != rule.pk] + [facts.as_row()]
    answers, county = trial.answers(), trial.cleaned_data["county"]
    return {
        "trial": trial,
        "tried": True,
        "before": guided(answers, county, on, rows=now_rows),
        "after": guided(answers, county, on, rows=then_rows),
    }
