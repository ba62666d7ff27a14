"""Kinds of organisations, names, memberships and claims."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    ENTERPRISE = "enterprise", _("企业")
    INSTITUTION = "institution", _("检验检测机构")
    BODY = "body", _("认证机构")
    DEPARTMENT = "department", _("部门")
    FOREIGN = "foreign", _("境外组织")
    SOLE_TRADER = "sole_trader", _("个体工商户")  # counts as a person: masked in public (PIPL)


class NameKind(models.TextChoices):
    REGISTERED = "registered", _("登记名称")
    FORMER = "former", _("曾用名称")
    ALIAS = "alias", _("别名")
    PRINTED = "printed", _("证书所载名称")


class DivisionLevel(models.TextChoices):
    PROVINCE = "province", _("省级")
    CITY = "city", _("地级")
    COUNTY = "county", _("县级")
    TOWN = "town", _("乡级")


class MembershipRole(models.TextChoices):
    MANAGER = "manager", _("管理人")
    MEMBER = "member", _("成员")
    AGENT = "agent", _("代理人")


class BodyDuty(models.TextChoices):
    """What somebody does for a certification body on the files that it works."""

    CONTRACT_REVIEW = "contract_review", _("合同评审")
    PLANNING = "planning", _("审核方案管理")
    AUDIT = "audit", _("审核")
    DECISION = "decision", _("认证决定")


class ClaimState(models.TextChoices):
    SUBMITTED = "submitted", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    REFUSED = "refused", _("未通过")
    WITHDRAWN = "withdrawn", _("已撤回")


class MergeState(models.TextChoices):
    OPEN = "open", _("待处理")
    MERGED = "merged", _("已合并")
    DISTINCT = "distinct", _("确认不同")
    REVERTED = "reverted", _("已撤销合并")


class Topic(StrEnum):
    """What parties tells higher apps (apps.core.events). Every payload holds the keys named beside it."""

    CLAIM_SUBMITTED = "parties.claim.submitted"  # claim_id, claimant_id, claimant_name, path, uscc,
    # organisation_id (or None), organisation_name, confirmer_ids (managers of the organisation), division_code, now
    CLAIM_DECIDED = "parties.claim.decided"  # claim_id, claimant_id, path, uscc, organisation_id (or
    # None), organisation_name, confirmed (bool), reason, now
    INVITATION_SENT = "parties.invitation.sent"  # invitation_id, email, organisation_id, organisation_name, role,
    # role_label, ends_on (ISO date or ""), inviter_name, path (link path with the token: never log it), expires_at, now
    MEMBERSHIP_ENDED = "parties.membership.ended"  # membership_id, user_id, organisation_id, organisation_name, role,
    # cause ("removed", "left", "expired"), now


class BanSubject(models.TextChoices):
    PERSON = "person", _("个人")
    ORGANISATION = "organisation", _("机构")


class IdentityKind(models.TextChoices):
    RESIDENT = "resident", _("居民身份证")
    OTHER = "other", _("其他证件（护照、通行证等）")


class BanState(models.TextChoices):
    """Read from the dates and the lifting decision on a day; never stored."""

    COMING = "coming", _("尚未生效")
    RUNNING = "running", _("执行中")
    OVER = "over", _("期限届满")
    LIFTED = "lifted", _("已由新决定解除")


class MergeReason(models.TextChoices):
    SAME_CODE = "same_code", _("代码相同")
    SAME_NAME = "same_name", _("名称相同")
    OTHER_NAME = "other_name", _("现用名称与另一组织的曾用名或别名相同")
    IMPORT_SAME_NAME = "import_same_name", _("导入时与已有记录同名")
    STAFF = "staff", _("工作人员提出")


class TokenState(models.TextChoices):
    """Read from the row and the day; only revocation is stored."""

    ACTIVE = "active", _("有效")
    EXPIRED = "expired", _("已过期")
    REVOKED = "revoked", _("已作废")
    ORPHANED = "orphaned", _("创建人已不是管理人")
    MERGED = "merged", _("组织已并入另一记录")
