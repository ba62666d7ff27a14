"""Rules and texts: read, change with the consequence in view, preview, test."""

import datetime as dt

from django.contrib import messages as flash
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission
from apps.accounts.requests import actor_of
from apps.core.calendar import today
from apps.core.forms import on_top_of, posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.notifications import services
from apps.notifications.forms import RuleForm, TemplateForm
from apps.notifications.policies import get_rule, get_template
from apps.notifications.rules import allowed_variables
from apps.notifications.selectors import rules_by_event, templates
from apps.notifications.services import RuleChange
from apps.notifications.sources import registered, source_of
from apps.notifications.topics import rule_view, topic_label


@staff_permission(Permission.REMINDER_VIEW, Permission.REMINDER_RULE_EDIT)
@require_GET
def rule_list(request):
    day = today(timezone.now())
    context = {
        "rules": [rule_view(rule, day) for rule in rules_by_event()],
        "templates": [(template, topic_label(template.topic)) for template in templates()],
        "may_edit": has_permission(request.user, Permission.REMINDER_RULE_EDIT),
    }
    return render(request, "notifications/rules.html", context)


@staff_permission(Permission.REMINDER_RULE_EDIT)
@require_http_methods(["GET", "POST"])
def rule_edit(request, pk):
    rule, now = get_rule(pk), timezone.now()
    source = source_of(rule.event)
    known = {"recipients": services.recipients_of(rule.event), "paced": source is not None and source.paced}
    form = RuleForm(posted(request), initial=_initial(rule, today(now)), **known)
    effect = None
    if request.method == "POST" and form.is_valid():
        change = _change(form)
        if "confirm" in request.POST and _changed(request, rule, change, form):
            flash.success(request, _("规则已更新。"))
            return redirect("notifications:rules")
        if not form.errors:
            effect = _effect(rule, change, today(now))
    context = {"rule": rule_view(rule, today(now)), "form": form, "effect": effect}
    return render(request, "notifications/rule_edit.html", context, status=status_of(form))


@staff_permission(Permission.REMINDER_RULE_EDIT)
@require_http_methods(["GET", "POST"])
def template_edit(request, pk):
    template = get_template(pk)
    initial = {"subject": template.subject, "body": template.body, "version": template.version}
    form = TemplateForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid() and _template_posted(request, template, form):
        return redirect("notifications:rules")
    subject = form.data.get("subject", template.subject)
    shown = services.preview(subject, form.data.get("body", template.body), template.topic, template.language)
    context = {
        "template": template,
        "label": topic_label(template.topic),
        "form": form,
        "preview_subject": shown[0],
        "preview_text": shown[1],
        "variables": allowed_variables(template.topic, registered()),
    }
    return render(request, "notifications/template_edit.html", context, status=status_of(form))


def _initial(rule, day: dt.date) -> dict:
    return {
        "offsets": rule.offsets,
        "shares": rule.shares,
        "recipients": rule.recipients,
        "channels": rule.channels,
        "effective_from": max(day, rule.effective_from),
        "legal_basis": rule.legal_basis,
        "version": rule.version,
    }


def _change(form) -> RuleChange:
    values = {name: form.cleaned_data[name] for name in RuleChange.__dataclass_fields__}
    return RuleChange(**values)


def _changed(request, rule, change, form) -> bool:
    try:
        services.change_rule(
            actor=actor_of(request),
            rule=rule,
            change=change,
            version=form.cleaned_data["version"],
            now=timezone.now(),
        )
    except ProblemsFound as found:
        _show(form, found)
    except StaleVersion as stale:
        put_problems(form, stale)
        on_top_of(form, get_rule(rule.pk).version)
    except Refused:
        form.add_error(None, _("这条规则已经失效，不能修改。"))
    return not form.errors


def _effect(rule, change, day: dt.date) -> dict:
    proposed = services.proposed(rule, change)
    reminders, people = services.would_create(proposed, day=max(day, change.effective_from))
    return {"reminders": reminders, "people": people}


def _template_posted(request, template, form) -> bool:
    """Save or send a test; a preview only shows. True when saved."""
    subject, body = form.cleaned_data["subject"], form.cleaned_data["body"]
    if problems := services.template_problems(template.topic, subject, body):
        _show(form, ProblemsFound(*problems))
        return False
    actor, now = actor_of(request), timezone.now()
    if "test" in request.POST:
        shown = services.preview(subject, body, template.topic, template.language)
        services.send_test(actor=actor, subject=shown[0] or topic_label(template.topic), body=shown[1], now=now)
        flash.success(request, _("测试消息已发往您的邮箱和消息中心。"))
    if "save" not in request.POST:
        return False
    version = form.cleaned_data["version"]
    try:
        services.change_template(actor=actor, template=template, subject=subject, body=body, version=version, now=now)
    except StaleVersion as stale:
        put_problems(form, stale)
        on_top_of(form, get_template(template.pk).version)
        return False
    flash.success(request, _("模板已保存。"))
    return True


def _show(form, found: ProblemsFound) -> None:
    for problem in found.problems:
        text = f"{problem.value} {problem}".strip()
        form.add_error(problem.place if problem.place in form.fields else None, text)
