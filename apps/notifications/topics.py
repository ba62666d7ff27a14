"""Words for topics, variants and rules, as pages name them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.notifications.channels import configured
from apps.notifications.constants import ALARM, DIGEST, TEST, Channel, Recipients
from apps.notifications.models import ReminderRule
from apps.notifications.rules import share_of
from apps.notifications.sources import registered, source_of

_LABELS = {
    DIGEST: _("到期提醒（每日一封）"),
    TEST: _("测试消息"),
    ALARM: _("运行报警"),
    "accounts.export.ready": _("导出文件可以下载"),
    "accounts.export.failed": _("导出文件未能生成"),
    "parties.claim.submitted": _("绑定申请待确认"),
    "parties.claim.confirmed": _("绑定申请已通过"),
    "parties.claim.refused": _("绑定申请未通过"),
    "parties.invitation.sent": _("邀请加入组织"),
    "parties.membership.ended": _("成员资格结束"),
    "workflow.told": _("案件办理进展"),
    "workflow.assigned": _("案件分派"),
    "workflow.reminded": _("案件催办"),
    "webhooks.paused": _("事件推送已暂停"),
}


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule in words. `state`: current, future or past."""

    rule: ReminderRule
    event: Any
    variant: Any
    recipients: list[Any]
    channels: list[Any]
    state: str
    times: list[str]


def topic_label(topic: str) -> Any:
    """The topic in words; its code where no app names it."""
    if (source := source_of(topic)) is not None:
        return source.label
    return _LABELS.get(topic, topic)


def channel_label(channel: str) -> Any:
    """The channel in words, and that this installation has no way out on it."""
    label = Channel(channel).label
    return label if configured(channel) else format_lazy("{}{}", label, _("（未配置，不会发送）"))


def channel_choices(*without: str) -> list[tuple[str, Any]]:
    """The channels for a form, those that are not configured marked so."""
    return [(channel.value, channel_label(channel)) for channel in Channel if channel not in without]


def threshold_text(threshold: int) -> str:
    """When a reminder was due, in words: how much of the limit was used, or days to the end."""
    share = share_of(threshold)
    if share is not None:
        return gettext("期限用时 %(share)d%%") % {"share": share}
    if threshold < 0:
        return ngettext("到期后 %(n)d 天", "到期后 %(n)d 天", -threshold) % {"n": -threshold}
    return ngettext("到期前 %(n)d 天", "到期前 %(n)d 天", threshold) % {"n": threshold}


def rule_view(rule: ReminderRule, day: dt.date) -> RuleView:
    """A rule as a page shows it on a day."""
    source = registered().get(rule.event)
    past = rule.effective_to is not None and rule.effective_to < day
    return RuleView(
        rule=rule,
        event=topic_label(rule.event),
        variant=source.variants.get(rule.variant, rule.variant) if source else rule.variant,
        recipients=[Recipients(name).label for name in rule.recipients],
        channels=[channel_label(name) for name in rule.channels],
        times=[*(f"{share} %" for share in rule.shares), *(str(offset) for offset in rule.offsets)],
        state="past" if past else "future" if rule.effective_from > day else "current",
    )
