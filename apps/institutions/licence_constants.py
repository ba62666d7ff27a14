"""Words of the licence process: routes, states of a licence, reviews, demands, subjects."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

SUBJECT = "institutions.application"  # subject kind of an application's documents
LICENCE = "institutions.licence"  # subject kind of a licence's trail and public facts
AUTHORITY = "24"  # Guizhou, in the twelve digits of a licence number
VALIDITY, WINDOW = "CMA.VALIDITY", "CMA.RENEWAL.WINDOW"
CERTIFICATE, FORWARDING = "cma_certificate", "forwarding_letter"  # papers
MAX_DEMANDS = 100
# Where an application lies once its licence was granted, whether or not the certificate left the house.
GRANTED_IN = ("decided", "issued", "not_issued")


class Route(models.TextChoices):
    GENERAL = "general", _("一般程序")
    COMMITMENT = "commitment", _("告知承诺程序")


class LicenceStatus(models.TextChoices):
    """Four different legal acts end a licence or stop its use; they are never merged."""

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
    RECTIFYING = "rectifying", _("责令改正")
    LIFTED = "lifted", _("改正合格")


class RecordKind(models.TextChoices):
    """Decisions that bear on the choice of route."""

    PENALTY = "penalty", _("与检验检测有关的行政处罚")
    COMMITMENT_REVOKED = "commitment_revoked", _("撤销以告知承诺取得的许可")


class Capacity(models.TextChoices):
    """As what somebody signs an informed commitment."""

    REPRESENTATIVE = "representative", _("法定代表人")
    AGENT = "agent", _("经授权的代理人")


class Verdict(models.TextChoices):
    """What a check on site finds of one chapter of the criteria."""

    TRUE = "true", _("属实")
    DEFECT = "defect", _("基本属实，需要整改")
    FALSE = "false", _("严重不实或者虚假")


class CheckOutcome(models.TextChoices):
    TRUE = "true", _("承诺属实")
    BASICALLY_TRUE = "basically_true", _("承诺基本属实，已整改")
    FALSE = "false", _("承诺严重不实或者虚假")
    MOOT = "moot", _("许可已失去效力，不再核查")


class Topic(StrEnum):
    """What institutions tell higher apps (apps.core.events).

    COMMITMENT_GAPS: organisation_id, licence (number), check (file number), basis, now. Sent when a commitment was only
    basically true, and rectification is ordered. One found untrue is told with its revocation, once the holder was
    heard.
    COMMITMENT_REVOKED: organisation_id, licence, decision_number, now. Sent when the licence is revoked for it.
    """

    COMMITMENT_GAPS = "institutions.commitment.gaps"
    COMMITMENT_REVOKED = "institutions.commitment.revoked"


class Cause(models.TextChoices):
    """Why the status of a licence changed after issue; which act may rest on which is said in rules.life."""

    TERM = "term", _("有效期届满")
    AUTHORITY_ERROR = "authority_error", _("许可机关违法作出准予决定")
    FRAUD = "fraud", _("以欺骗、贿赂等不正当手段取得许可")
    UNTRUE_COMMITMENT = "untrue_commitment", _("告知承诺严重不实")
    UNRENEWED = "unrenewed", _("有效期届满未延续")
    DISSOLVED = "dissolved", _("机构依法终止")
    ENDED = "ended", _("许可被依法撤销、撤回或者吊销")
    IMPOSSIBLE = "impossible", _("因不可抗力许可事项无法实施")
    WISH = "wish", _("机构申请注销")
    CONDITIONS = "conditions", _("不再符合许可条件")
    BEYOND_SCOPE = "beyond_scope", _("超出能力附表出具报告")
    COMMITMENT_GAPS = "commitment_gaps", _("告知承诺部分不实")
    CORRECTED = "corrected", _("改正后复查合格")
    NOT_REVOKED = "not_revoked", _("撤销程序终结，未予撤销")


class BarKind(models.TextChoices):
    """Why an organisation may not apply again for a time; what closes the commitment route is said elsewhere."""

    FALSE_MATERIAL = "false_material", _("隐瞒有关情况或者提供虚假材料")
    FRAUD = "fraud", _("以欺骗、贿赂等不正当手段取得许可")
