"""Vocabulary of the certificate registry (the words and codes of CNCA's public platform)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Five states, four different legal acts. Never merge 暂停, 撤销, 注销 and 过期失效."""

    VALID = "valid", _("有效")
    SUSPENDED = "suspended", _("暂停")
    REVOKED = "revoked", _("撤销")
    CANCELLED = "cancelled", _("注销")
    EXPIRED = "expired", _("过期失效")


# The national lookup's codes, as in the state table of software with which bodies report (data/SOURCES.md).
NATIONAL_STATUS = {
    "01": Status.VALID,
    "02": Status.SUSPENDED,
    "03": Status.REVOKED,
    "04": Status.CANCELLED,
    "05": Status.EXPIRED,
}


class Shape(models.IntegerChoices):
    """The four detail templates of the national lookup; the numbers are its `showtemp`."""

    MANAGEMENT = 1, _("管理体系或服务认证")
    CCC = 2, _("强制性产品认证")
    FOOD = 3, _("食品农产品认证")
    INDUSTRIAL = 4, _("自愿性工业产品认证")


class ReasonClass(models.TextChoices):
    """Why a status changed; the page says it in words and the next legal step follows from it."""

    INITIAL = "initial", _("首次登记")
    RECERTIFIED = "recertified", _("再认证")
    SURVEILLANCE_MISSED = "surveillance_missed", _("未按期接受监督")
    NONCONFORMITY = "nonconformity", _("不符合认证要求")
    SPOT_CHECK_FAILED = "spot_check_failed", _("监督抽查不合格")
    MAJOR_ACCIDENT = "major_accident", _("发生重大事故")
    NOT_CORRECTED = "not_corrected", _("逾期未整改")
    CORRECTED = "corrected", _("整改合格")
    HOLDER_REQUEST = "holder_request", _("持证人申请")
    PRODUCTION_STOPPED = "production_stopped", _("停止生产")
    RULE_CHANGED = "rule_changed", _("目录或规则调整")
    BODY_LOST_APPROVAL = "body_lost_approval", _("认证机构失去资质")
    EXPIRED = "expired", _("有效期届满")
    REPORTED = "reported", _("来源报送，未说明原因")


class PeriodKind(models.TextChoices):
    INITIAL = "initial", _("首次认证")
    RECERTIFICATION = "recertification", _("再认证")
    REPORTED = "reported", _("来源报送")


class SurveillanceResult(models.TextChoices):
    CONFORMING = "conforming", _("符合")
    MINOR = "minor", _("轻微不符合")
    MAJOR = "major", _("严重不符合")
    MISSED = "missed", _("未按期进行")
    UNKNOWN = "unknown", _("未报送结果")


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("已上传")
    STAGING = "staging", _("正在读取")
    PREVIEW = "preview", _("待确认")
    COMMITTING = "committing", _("正在写入")
    DONE = "done", _("已完成")
    CANCELLED = "cancelled", _("已取消")
    UNDOING = "undoing", _("正在撤销")
    UNDONE = "undone", _("已撤销")
    FAILED = "failed", _("失败")


class RowClass(models.TextChoices):
    """What an import would do with a row. Counts in = the sum of these, always."""

    NEW = "new", _("新增")
    CHANGED = "changed", _("有变更")
    UNCHANGED = "unchanged", _("无变化")
    CONFLICT = "conflict", _("冲突")
    BAD = "bad", _("错误")


class EffectKind(models.IntegerChoices):
    """What an import touched; an undo takes them back in this order."""

    CERTIFICATE = 1, _("证书")
    PERIOD = 2, _("有效期")
    STATUS = 3, _("状态记录")
    ORGANISATION = 4, _("组织")
    NAME = 5, _("名称")
    CODE = 6, _("代码")


class ConflictKind(models.TextChoices):
    OTHER_SOURCE = "other_source", _("与其他来源不一致")
    UNKNOWN_BODY = "unknown_body", _("认证机构未知")
    STATUS_BACKWARDS = "status_backwards", _("状态倒退")
    OTHER_HOLDER = "other_holder", _("持证单位不一致")
    DUPLICATE_IN_FILE = "duplicate_in_file", _("文件内重复且内容不同")


class ConflictState(models.TextChoices):
    OPEN = "open", _("待处理")
    TAKEN = "taken", _("采用新数据")
    KEPT = "kept", _("保留原数据")


class MismatchState(models.TextChoices):
    RECEIVED = "received", _("已收到")
    HANDLED = "handled", _("已处理")


# Kinds of public facts about a certificate (audit.publish); subject kind "certificate".
FACT_SUBJECT = "certificate"
FACT_RECORDED = "certificate.recorded"
FACT_STATUS = "certificate.status"
FACT_RENEWED = "certificate.renewed"
FACT_CORRECTED = "certificate.corrected"
FACT_SURVEILLANCE = "certificate.surveillance"
FACT_WITHDRAWN = "certificate.withdrawn"  # its import was undone

QMS = "qms"  # the group of projects that CNCA-QMS-01:2025 governs
UNVERIFIED = "【未核实】"  # at the head of a source note: the row is our own guess or placeholder
DEMO_SOURCE = "demo"
MANUAL_SOURCE = "manual"
