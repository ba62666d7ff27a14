"""Words of certification activity."""

from django.db import models
from django.utils.translation import gettext_lazy as _

MAX_POINTS = 60
MAX_ROWS = 200  # sites, or product lines, of one application
IN_A_ROW = 3  # audits of one client by one auditor, one after the other, at one body: the default of this portal


class Kind(models.TextChoices):
    """What an application asks for."""

    INITIAL = "initial", _("初次认证")
    RECERTIFICATION = "recertification", _("再认证")
    SCOPE = "scope", _("变更认证范围")
    TRANSFER = "transfer", _("认证转换")


class Stage(models.TextChoices):
    """One examination on the way to a decision."""

    STAGE1 = "stage1", _("第一阶段审核")
    STAGE2 = "stage2", _("第二阶段审核")
    TYPE_TEST = "type_test", _("型式试验")
    FACTORY = "factory", _("工厂检查")
    FIELD = "field", _("现场检查")
    SAMPLING = "sampling", _("抽样检测")
    DOCUMENTS = "documents", _("转换文件评审")


class StageResult(models.TextChoices):
    CONFORMING = "conforming", _("符合")
    WITH_FINDINGS = "with_findings", _("有不符合项")
    NOT_CONFORMING = "not_conforming", _("不符合")


class PointKind(models.TextChoices):
    COMPLETION = "completion", _("需要补充的内容")
    FINDING = "finding", _("审核发现")


class Grade(models.TextChoices):
    """How grave a finding is. An observation asks for no corrective action."""

    MAJOR = "major", _("严重不符合")
    MINOR = "minor", _("一般不符合")
    OBSERVATION = "observation", _("观察项")


class TeamRole(models.TextChoices):
    LEADER = "leader", _("审核组长")
    AUDITOR = "auditor", _("审核员")
    EXPERT = "expert", _("技术专家")


class TieKind(models.TextChoices):
    """Why somebody may not work on an organisation's file."""

    EMPLOYED = "employed", _("曾任职或者任职")
    CONSULTED = "consulted", _("提供过认证咨询")
    INTEREST = "interest", _("有经济利益或者亲属关系")


class Advice(models.TextChoices):
    GRANT = "grant", _("推荐认证")
    REFUSE = "refuse", _("不推荐认证")


# Limits of the clock (apps/clock/data/limits.json).
ORGANIC_ACCEPT, CCC_ISSUE = "CERT.ORGANIC.ACCEPT", "CERT.CCC.ISSUE"
COMPLETE, RECTIFY = "CERT.CORRECT", "CERT.RECTIFY"
CERTIFICATE_PAPER = "certification_certificate"
