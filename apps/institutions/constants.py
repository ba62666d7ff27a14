"""Kinds and states of what an institution is, does and owes."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

DEMO_SOURCE = "demo"


class LegalForm(models.TextChoices):
    ENTERPRISE = "enterprise", _("企业法人")
    PUBLIC = "public", _("事业单位法人")
    SOCIAL = "social", _("社会组织法人")
    BRANCH = "branch", _("非独立法人（由所属法人授权）")
    OTHER = "other", _("其他组织")


class Ownership(models.TextChoices):
    STATE = "state", _("国有")
    COLLECTIVE = "collective", _("集体")
    PRIVATE = "private", _("民营")
    FOREIGN = "foreign", _("外商投资")
    MIXED = "mixed", _("混合所有制")


class HolderKind(models.TextChoices):
    ORGANISATION = "organisation", _("单位股东")
    PERSON = "person", _("自然人股东")


class Position(models.TextChoices):
    """What a person is in the institution (CMA rules; names of the posts as RB/T 214 has them)."""

    LEGAL_REPRESENTATIVE = "legal_representative", _("法定代表人")
    TOP_MANAGER = "top_manager", _("最高管理者")
    TECHNICAL_HEAD = "technical_head", _("技术负责人")
    QUALITY_HEAD = "quality_head", _("质量负责人")
    SIGNATORY = "signatory", _("授权签字人")


ONE_HOLDER = (Position.LEGAL_REPRESENTATIVE, Position.TOP_MANAGER, Position.QUALITY_HEAD)


class Field(models.TextChoices):
    """Digits 5 and 6 of the CMA number (rules.cma)."""

    FOOD = "00", _("食品")
    CONSTRUCTION = "01", _("建筑工程")
    BUILDING_MATERIALS = "02", _("建材")
    HEALTH = "03", _("卫生计生")
    AGRICULTURE = "04", _("农林牧渔")
    VEHICLE = "05", _("机动车安检")
    FORENSIC_POLICE = "06", _("公安刑事技术")
    JUDICIAL = "07", _("司法鉴定")
    MACHINERY = "08", _("机械")
    ELECTRONICS = "09", _("电子信息")
    LIGHT_INDUSTRY = "10", _("轻工")
    TEXTILE = "11", _("纺织服装")
    ENVIRONMENT = "12", _("环境与环保")
    WATER = "13", _("水质")
    CHEMICAL = "14", _("化工")
    MEDICAL_DEVICE = "15", _("医疗器械")
    MINING = "16", _("采矿冶金")
    ENERGY = "17", _("能源")
    MEDICINE = "18", _("医学")
    BIOSAFETY = "19", _("生物安全")
    GENERAL = "20", _("综合")
    OTHER = "21", _("其他")


class ScopeState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    APPROVED = "approved", _("现行有效")
    SUPERSEDED = "superseded", _("已被新版代替")
    DISCARDED = "discarded", _("已放弃")


class StandardStatus(models.TextChoices):
    UPCOMING = "upcoming", _("即将实施")
    CURRENT = "current", _("现行")
    REPLACED = "replaced", _("已被代替")
    WITHDRAWN = "withdrawn", _("废止")


class CommitmentKind(models.TextChoices):
    COMMITMENT = "commitment", _("公开承诺")
    DECLARATION = "declaration", _("自我声明")


class CommitmentState(models.TextChoices):
    """A commitment is drafted, signed, published and refreshed each year, or found breached."""

    DRAFT = "draft", _("草稿")
    SIGNED = "signed", _("已签署")
    PUBLISHED = "published", _("已公开")
    REFRESHED = "refreshed", _("已由新的一份接续")
    BREACHED = "breached", _("已认定违反")


class ReportState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    FILED = "filed", _("已报送")


class ChangeKind(models.TextChoices):
    NAME = "name", _("名称变更")
    LEGAL_FORM = "legal_form", _("法人性质变更")
    SITE = "site", _("场所变更")
    LEGAL_REPRESENTATIVE = "legal_representative", _("法定代表人变更")
    TOP_MANAGER = "top_manager", _("最高管理者变更")
    TECHNICAL_HEAD = "technical_head", _("技术负责人变更")
    QUALITY_HEAD = "quality_head", _("质量负责人变更")
    SIGNATORY = "signatory", _("授权签字人变更")


class ChangeState(models.TextChoices):
    OPEN = "open", _("待报备")
    FILED = "filed", _("已报备")
    ACKNOWLEDGED = "acknowledged", _("已确认")


class DutyCode(StrEnum):
    """What an institution owes by the calendar; the limits are rows (DutyRule)."""

    ANNUAL_REPORT = "annual_report"
    COMMITMENT = "commitment"
    CHANGE = "change"
    REPORT_SAMPLE = "report_sample"
