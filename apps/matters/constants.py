"""Words of what the bureau decides itself (局办事项): states of a configuration, kinds of fields, limits, topics."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

PROCESS = "matter"
TRAIL = "matters.matter"  # subject kind of a configuration's trail
DECISION = "matter_decision"  # the paper that a granting step issues
# Limits of the table. A matter may name its own, MATTER.<its word>.<stage>: the last part says which it stands for.
ACCEPT, CORRECT, DECIDE = "MATTER.ACCEPT", "MATTER.CORRECT", "MATTER.DECIDE"
CONSULT, DUTY, ESCALATE = "MATTER.CONSULT", "MATTER.DUTY", "MATTER.ESCALATE"
MAX_ROWS, MAX_LINES, MAX_POINTS = 30, 50, 100


class ConfigState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    PROPOSED = "proposed", _("待复核")
    APPROVED = "approved", _("已批准")
    DISCARDED = "discarded", _("已放弃")


class FieldKind(models.TextChoices):
    """What a matter may ask for. `lines` is a table of products or things with a quantity each."""

    TEXT = "text", _("文字")
    NUMBER = "number", _("数字")
    DATE = "date", _("日期")
    CODE = "code", _("代码")
    LINES = "lines", _("清单")


class FieldRule(models.TextChoices):
    """What an answer must obey beyond its kind."""

    NONE = "", _("无")
    POSITIVE = "positive", _("大于零")
    PAST = "past", _("不晚于今天")
    FUTURE = "future", _("不早于今天")
    CCC = "ccc", _("强制性产品认证目录中的产品代码")
    CERTIFICATE = "certificate", _("本单位的一张证书")
    PLACE = "place", _("证书上可以更正的栏目")


class Effect(models.TextChoices):
    """What a decision in favour writes, beside the decision itself."""

    NONE = "none", _("只出具决定")
    CORRECT = "correct", _("更正证书信息")


class BodyAnswer(models.TextChoices):
    AGREES = "agrees", _("同意更正")
    DISAGREES = "disagrees", _("不同意")


class DutyKind(models.TextChoices):
    USE = "use", _("证明用途")
    RETURN = "return", _("退运出境")
    DESTRUCTION = "destruction", _("销毁")
    REPORT = "report", _("报告情况")


class Topic(StrEnum):
    """What matters tell higher apps (apps.core.events).

    DUTY_UNFULFILLED: file_id, number, matter (code), organisation_id, division_code, duties (codes not shown),
    now. Sent once, when duties were not shown in time and the leader was told: a lead for supervision.
    DUTY_TRANSFERRED: file_id, number, organisation_id, reason, now. Sent when the leader hands the case over.
    """

    DUTY_UNFULFILLED = "matters.duty.unfulfilled"
    DUTY_TRANSFERRED = "matters.duty.transferred"
