"""Words of the engine: competences, how a file came to a person, subjects, topics of messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _

SUBJECT = "workflow.file"  # the subject kind of a file's deadlines, documents and trail entries
OPENED = "open"  # the step of the first transition of every file

# Topics of messages; their words are in apps.notifications' templates.
TOLD, ASSIGNED, REMINDED = "workflow.told", "workflow.assigned", "workflow.reminded"

VIEWS_PER_PERSON = 20
BULK_LIMIT = 200
REASON_LENGTH = 2_000


class Competence(models.TextChoices):
    """Whose licence it is: seal and deciding authority follow it."""

    OWN = "own", _("本级")
    DELEGATED = "delegated", _("委托")
    RELAY = "relay", _("初审转报")


class How(models.TextChoices):
    """How a file came into somebody's hands."""

    CLAIMED = "claimed", _("领取")
    ASSIGNED = "assigned", _("分派")
    ROUTED = "routed", _("自动分派")
    HANDED_OVER = "handed_over", _("移交")
    RETURNED = "returned", _("退回原承办人")
    TAKEN = "taken", _("直接办理")


class Obstacle(models.TextChoices):
    """Why somebody may not take a step. The first five are never cured by waiting."""

    PERMISSION = "permission", _("您的岗位不能办理这一步")
    SCOPE = "scope", _("该件不在您的辖区内")
    OWN_CASE = "own_case", _("您代表申请单位，不能办理本单位的件")
    SEPARATION = "separation", _("您已办理本件的相邻或不相容环节，同一人不得再办这一步")
    RECUSED = "recused", _("您已就本件回避")
    CONFLICT = "conflict", _("存在利益冲突")
    BARRED = "barred", _("您在禁止从业期内")
    NOT_NAMED = "not_named", _("您未被指定办理本件")
    HOLDER = "holder", _("本件由他人承办")
