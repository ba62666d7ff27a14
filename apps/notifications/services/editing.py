"""Changing rules and texts. A rule's change begins on a day; what held before stays readable."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit import services as audit
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.notifications.constants import BY_MATTER, Channel
from apps.notifications.models import MessageTemplate, ReminderRule
from apps.notifications.rules import allowed_variables, unknown_variables
from apps.notifications.sources import registered, source_of


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What a rule shall say from a day on."""

    offsets: Sequence[int]
    shares: Sequence[int]
    recipients: Sequence[str]
    channels: Sequence[str]
    effective_from: dt.date
    legal_basis: str


def change_rule(
    *, actor: Actor, rule: ReminderRule, change: RuleChange, version: int, now: dt.datetime
) -> ReminderRule:
    """End the rule the day before the change and begin its successor; on its own first day it is corrected in place."""
    with transaction.atomic():
        found = ReminderRule.objects.select_for_update().get(pk=rule.pk)
        require(actor, Permission.REMINDER_RULE_EDIT)
        if found.version != version:
            raise StaleVersion
        if found.effective_to is not None:
            raise Refused("rule_ended")
        if problems := _problems(found, change, today(now)):
            raise ProblemsFound(*problems)
        before = _facts(found)
        changed = _apply(found, change, now)
        audit.record(
            actor=actor,
            now=now,
            action="notifications.rule.edit",
            subject_kind="reminder_rule",
            subject_id=changed.pk,
            before=before,
            after=_facts(changed),
        )
    return changed


def proposed(rule: ReminderRule, change: RuleChange) -> ReminderRule:
    """The rule as it would be, unsaved: for the count that is shown before the change is confirmed."""
    return ReminderRule(event=rule.event, variant=rule.variant, **asdict(change))


def change_template(
    *, actor: Actor, template: MessageTemplate, subject: str, body: str, version: int, now: dt.datetime
) -> MessageTemplate:
    """Change the words of a topic. Every variable must be on the topic's list."""
    with transaction.atomic():
        found = MessageTemplate.objects.select_for_update().get(pk=template.pk)
        require(actor, Permission.REMINDER_RULE_EDIT)
        if found.version != version:
            raise StaleVersion
        if problems := template_problems(found.topic, subject, body):
            raise ProblemsFound(*problems)
        before = {"subject": found.subject, "body": found.body}
        found.subject, found.body, found.updated_at = subject, body, now
        found.version += 1
        found.save()
        audit.record(
            actor=actor,
            now=now,
            action="notifications.template.edit",
            subject_kind="message_template",
            subject_id=found.pk,
            before=before,
            after={"subject": subject, "body": body},
        )
    return found


def template_problems(topic: str, subject: str, body: str) -> list[Problem]:
    """Unknown variables, each by name, with the list of what may stand there."""
    allowed = allowed_variables(topic, registered())
    rule = _("模板只能使用列出的变量")
    remedy = _("请改用：%(names)s") % {"names": " ".join("{" + name + "}" for name in allowed)}
    problems = [
        Problem("unknown_variable", place, "{" + name + "}", rule, remedy)
        for place, text in (("subject", subject), ("body", body))
        for name in unknown_variables(text, allowed)
    ]
    if not body.strip():
        problems.append(Problem("empty", "body", "", _("正文不能为空"), _("请填写正文")))
    return problems


def _problems(found: ReminderRule, change: RuleChange, day: dt.date) -> list[Problem]:
    problems = [*_share_problems(found.event, change.shares)]
    if not change.offsets and not change.shares:
        problems.append(Problem("empty", "offsets", "", _("至少要有一个提醒时点"), _("例如：90, 30, 7, 0")))
    for offset in change.offsets:
        if not -30 <= offset <= 730:
            text = str(offset)
            problems.append(Problem("range", "offsets", text, _("提醒时点须在 -30 至 730 天之间"), _("请修改该数值")))
    if not change.recipients or not set(change.recipients) <= recipients_of(found.event):
        problems.append(Problem("choice", "recipients", "", _("至少要选择一类接收人"), _("请勾选接收人")))
    if not change.channels or not set(change.channels) <= set(Channel.values):
        problems.append(Problem("choice", "channels", "", _("至少要选择一个渠道"), _("请勾选渠道")))
    if change.effective_from < max(day, found.effective_from):
        value = change.effective_from.isoformat()
        problems.append(
            Problem("past", "effective_from", value, _("生效日期不能早于今天"), _("请填写今天或以后的日期"))
        )
    return problems


def recipients_of(event: str) -> set[str]:
    """Who can be told of an event: those found by any matter, and those whom its source knows."""
    source = source_of(event)
    return {*BY_MATTER, *(source.people if source is not None else ())}


def _share_problems(event: str, shares: Sequence[int]) -> Iterator[Problem]:
    source = source_of(event)
    if shares and (source is None or not source.paced):
        text = ", ".join(map(str, shares))
        yield Problem("shares", "shares", text, _("这一事项没有办理期限，不能按用时提醒"), _("请只填写提醒时点"))
    for share in shares:
        if not 1 <= share <= 100:
            yield Problem("range", "shares", str(share), _("用时须在 1 至 100 之间"), _("请修改该数值"))


def _apply(found: ReminderRule, change: RuleChange, now: dt.datetime) -> ReminderRule:
    values = {**asdict(change), "offsets": sorted(set(change.offsets), reverse=True), "updated_at": now}
    values["shares"] = sorted(set(change.shares))
    if change.effective_from == found.effective_from:
        for name, value in values.items():
            setattr(found, name, value)
        found.version += 1
        found.save()
        return found
    found.effective_to, found.updated_at = change.effective_from - dt.timedelta(days=1), now
    found.version += 1
    found.save()
    return ReminderRule.objects.create(event=found.event, variant=found.variant, version=found.version, **values)


def _facts(rule: ReminderRule) -> dict[str, object]:
    return {
        "event": rule.event,
        "variant": rule.variant,
        "offsets": list(rule.offsets),
        "shares": list(rule.shares),
        "recipients": list(rule.recipients),
        "channels": list(rule.channels),
        "effective_from": rule.effective_from.isoformat(),
        "effective_to": rule.effective_to.isoformat() if rule.effective_to else None,
        "legal_basis": rule.legal_basis,
    }
