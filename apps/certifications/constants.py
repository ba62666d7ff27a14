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


class RuleUnit(models.TextChoices):
    MONTH = "month", _("个月")
    DAY = "day", _("日")
    COUNT = "count", _("次")
    YES_NO = "yes_no", _("是否")


class RuleCode(models.TextChoices):
    """What a certification scheme lays down; each value is a dated row with its article (models.SchemeRule)."""

    FIRST_SURVEILLANCE_MONTHS = "first_surveillance_months", _("发证后首次监督的最长间隔")
    SURVEILLANCE_GAP_MONTHS = "surveillance_gap_months", _("两次监督的最长间隔")
    MIN_SURVEILLANCES_PER_CYCLE = "min_surveillances_per_cycle", _("一个周期内最少监督次数")
    VALIDITY_MONTHS = "validity_months", _("证书有效期")
    SAME_NUMBER_AT_RENEWAL = "same_number_at_renewal", _("再认证沿用原证书编号")
    RECERTIFY_BEFORE_EXPIRY = "recertify_before_expiry", _("再认证须在到期前完成，否则按初次认证")
    RENEWAL_APPLY_MONTHS = "renewal_apply_months", _("到期前多久提出再认证或换证")
    BAR_MONTHS_AFTER_FAULT = "bar_months_after_fault", _("因自身原因失去证书后不予受理的期间")
    BAR_AFTER_SUSPENSION = "bar_after_suspension", _("因自身原因被暂停的也在不予受理之列")
    BAR_AFTER_CANCELLATION = "bar_after_cancellation", _("因自身原因被注销的也在不予受理之列")
    BAR_MONTHS_AFTER_BODY_LOST = "bar_months_after_body_lost", _("原发证机构被撤销资质后不予受理的期间")
    MIN_OPERATION_MONTHS = "min_operation_months", _("申请前体系最少运行时间")
    FEE_PAID_BY_CLIENT = "fee_paid_by_client", _("认证费用由申请组织直接支付")
    NOT_DISHONEST = "not_dishonest", _("不得列入严重违法失信名单")
    BAR_MONTHS_AFTER_ACCIDENT = "bar_months_after_accident", _("发生重大事故后不予受理的期间")
    SUSPENSION_MAX_MONTHS = "suspension_max_months", _("暂停的最长期限")
    SEASONAL_SUSPENSION_MONTHS = "seasonal_suspension_months", _("季节性或按订单生产的暂停最长期限")
    SHORT_NOTICE_DAYS = "short_notice_days", _("国家监督抽查不合格后临时审核的期限")
    FOLLOW_UP_MONTHS_A = "follow_up_months_a", _("A 类生产企业跟踪检查间隔")
    FOLLOW_UP_MONTHS_B = "follow_up_months_b", _("B 类生产企业跟踪检查间隔")
    FOLLOW_UP_MONTHS_C = "follow_up_months_c", _("C 类生产企业跟踪检查间隔")
    FOLLOW_UP_MONTHS_D = "follow_up_months_d", _("D 类生产企业跟踪检查间隔")


EVERY_SCHEME = "*"  # a rule of no scheme in particular; "shape:3" is one of all projects with that detail template

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
BODY_SOURCE = "body"  # a certification body decided here, by a process of its own
