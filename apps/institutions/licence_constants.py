"""Words of the licence process: routes, states of a licence, reviews, demands, subjects."""

from django.db import models
from django.utils.translation import gettext_lazy as _

SUBJECT = "institutions.application"  # subject kind of an application's documents
LICENCE = "institutions.licence"  # subject kind of a licence's trail and public facts
AUTHORITY = "24"  # Guizhou, in the twelve digits of a licence number
VALIDITY, WINDOW = "CMA.VALIDITY", "CMA.RENEWAL.WINDOW"
CERTIFICATE = "cma_certificate"  # the paper
MAX_DEMANDS = 100


class Route(models.TextChoices):
    GENERAL = "general", _("一般程序")
    COMMITMENT = "commitment", _("告知承诺程序")


class LicenceStatus(models.TextChoices):
    """Four different legal acts end a licence or stop its use; they are never merged (DOMAIN.md, section 0)."""

    VALID = "valid", _("有效")
    RECTIFYING = "rectifying", _("责令改正")
    EXPIRED = "expired", _("已过期")
    CANCELLED = "cancelled", _("已注销")
    REVOKED = "revoked", _("已被撤销")


class DemandKind(models.TextChoices):
    CORRECTION = "correction", _("补正")
    RECTIFICATION = "rectification", _("整改")


class ReviewMode(models.TextChoices):
    ON_SITE = "on_site", _("现场评审")
    PAPER = "paper", _("书面评审")


class Duty(models.TextChoices):
    LEADER = "leader", _("评审组长")
    EXPERT = "expert", _("组员")


class Conclusion(models.TextChoices):
    CONFORMS = "conforms", _("符合要求")
    AFTER_RECTIFICATION = "after_rectification", _("整改后符合要求")
    FAILS = "fails", _("不符合要求")


class Criterion(models.TextChoices):
    """The chapters of the assessment criteria, to which findings refer."""

    BODY = "body", _("机构主体")
    PEOPLE = "people", _("人员")
    PREMISES = "premises", _("场所环境")
    EQUIPMENT = "equipment", _("设备设施")
    SYSTEM = "system", _("管理体系")


class Change(models.TextChoices):
    """What happened to a licence."""

    GRANTED = "granted", _("准予")
    RENEWED = "renewed", _("延续")
    CHANGED = "changed", _("信息变更")
    EXTENDED = "extended", _("扩项")
    EXPIRED = "expired", _("过期")
    CANCELLED = "cancelled", _("注销")
    REVOKED = "revoked", _("撤销")
