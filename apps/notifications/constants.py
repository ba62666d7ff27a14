"""Channels, states and topics of the outbox, and the figures that bound a delivery."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

DIGEST = "reminder.digest"
ALARM = "operations.alarm"  # something waits for whoever holds a permission
TEST = "template.test"  # the words of an unsaved template, sent to its author
DEFAULT_VARIANT = "default"

MAX_ATTEMPTS = 20
FIRST_BACKOFF = dt.timedelta(seconds=5)
MAX_BACKOFF = dt.timedelta(hours=1)
CLOCK_TOLERANCE = dt.timedelta(minutes=5)
OVERDUE_ALARM = dt.timedelta(minutes=15)  # a message due longer than this alarms
HEAL_DAYS = 30  # so long after the last threshold a missed run is still made good
PLAN_FROM_HOUR = 7  # a digest goes out in the morning, Shanghai time, never at midnight
CALENDAR_HORIZON_DAYS = 400
DIGEST_LINES = 50  # in one message; what is more is counted, and stands in the centre


class Channel(models.TextChoices):
    EMAIL = "email", _("电子邮件")
    IN_APP = "in_app", _("站内消息")
    SMS = "sms", _("短信")


class Recipients(models.TextChoices):
    """Who is told. Resolved to persons when the reminder is planned."""

    MANAGERS = "managers", _("持证单位管理人")
    OFFICERS = "officers", _("属地监管人员")
    BODY = "body", _("认证机构人员")
    HOLDER = "holder", _("承办人（无人承办时为应办岗位）")
    LEADER = "leader", _("承办部门负责人")


# Found by the organisation, the body or the area of a matter, whatever it is. The others, only by who registers it.
BY_MATTER = (Recipients.MANAGERS, Recipients.OFFICERS, Recipients.BODY)
LEFT = 1000  # a threshold from here on is a share: 1000 and so many per cent of the limit are left


class MessageState(models.TextChoices):
    PLANNED = "planned", _("待发送")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("失败待重试")
    DEAD = "dead", _("多次失败")
    UNKNOWN = "unknown", _("结果不明")
    CLOSED = "closed", _("已了结")


WAITING = (MessageState.PLANNED, MessageState.FAILED)
FINAL = (MessageState.SENT, MessageState.DEAD, MessageState.UNKNOWN, MessageState.CLOSED)


class Decision(models.TextChoices):
    """What a person says about a message whose fate no machine can know."""

    ARRIVED = "arrived", _("确认已送达")
    SEND_AGAIN = "send_again", _("重新发送")
    DROP = "drop", _("不再发送")


# What a template may name. Anything else between braces is refused when the template is saved.
DIGEST_VARIABLES = ("name", "count", "items", "link", "bureau")
ITEM_VARIABLES = ("number", "holder", "about", "due", "days", "link")
DIRECT_VARIABLES = (
    *("name", "bureau", "link", "organisation", "reason", "role", "until", "person"),
    *("number", "title", "message", "message_en"),
)
