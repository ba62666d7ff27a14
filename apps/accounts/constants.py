"""Roles and permissions. A permission is `app.object.verb`; a role is a set of them (rules.py)."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Realm(models.TextChoices):
    """Staff follow MLPS level 3 (second factor, rotation, one session); everybody else follows ASVS."""

    STAFF = "staff", _("工作人员")
    EXTERNAL = "external", _("社会用户")


class UnitKind(models.TextChoices):
    BUREAU = "bureau", _("市局")
    BRANCH = "branch", _("区县局")
    DEPARTMENT = "department", _("联合部门")


class Role(models.TextChoices):
    """Staff roles. Roles of enterprises and bodies are memberships (apps.parties)."""

    WINDOW_CLERK = "window_clerk", _("受理人员")
    REVIEWER = "reviewer", _("审查人员")
    REVIEW_EXPERT = "review_expert", _("评审员")
    APPROVER = "approver", _("批准人员")
    SEAL_KEEPER = "seal_keeper", _("用印人员")
    OFFICER = "officer", _("执法人员")
    LEGAL_REVIEWER = "legal_reviewer", _("法制审核人员")
    SUPERVISOR = "supervisor", _("监管人员")
    JOINT_DEPARTMENT = "joint_department", _("联合部门人员")
    LEADER = "leader", _("负责人")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")


ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)


class Permission(models.TextChoices):
    """What a role may ever do. Object and state are asked elsewhere (policies, rules)."""

    CERTIFICATE_VIEW_INTERNAL = "certifications.certificate.view_internal", _("查看证书内部信息")
    CERTIFICATE_RECORD_STATUS = "certifications.certificate.record_status", _("登记证书状态变化")
    IMPORT_MANAGE = "certifications.import.manage", _("导入证书数据")
    CONFLICT_DECIDE = "certifications.conflict.decide", _("处理数据冲突")
    MISMATCH_HANDLE = "certifications.mismatch.handle", _("处理公众报告的不符")
    ORGANISATION_EDIT = "parties.organisation.edit", _("维护组织信息")
    ORGANISATION_MERGE = "parties.organisation.merge", _("合并重复组织")
    CLAIM_CONFIRM = "parties.claim.confirm", _("确认组织绑定申请")
    IDENTIFIER_OVERRIDE = "parties.identifier.override", _("放行校验不通过的代码")
    BAN_VIEW = "parties.ban.view", _("查看禁业登记")
    BAN_RECORD = "parties.ban.record", _("登记禁业与解除决定")
    INSTITUTION_VIEW = "institutions.institution.view", _("查看检验检测机构内部信息")
    INSTITUTION_EDIT = "institutions.institution.edit", _("维护检验检测机构信息")
    SCOPE_APPROVE = "institutions.scope.approve", _("核准能力附表")
    STANDARD_EDIT = "institutions.standard.edit", _("维护标准库")
    ROUTE_RECORD_EDIT = "institutions.route_record.edit", _("登记影响告知承诺的处罚与撤销")
    DOCUMENT_VIEW = "documents.generated.view", _("查看生成的文书")
    DOCUMENT_RETRY = "documents.generated.retry", _("重试生成失败的文书")
    REMINDER_VIEW = "notifications.reminder.view", _("查看提醒发送情况")
    REMINDER_RULE_EDIT = "notifications.rule.edit", _("维护提醒规则与模板")
    DELIVERY_RETRY = "notifications.delivery.retry", _("重发失败消息")
    MAILBOX_VIEW = "notifications.mailbox.view", _("查看本机邮箱")
    CALENDAR_EDIT = "clock.calendar.edit", _("维护工作日历")
    LIMIT_EDIT = "clock.limit.edit", _("维护法定时限")
    SCHEME_EDIT = "schemes.rule.edit", _("提出和审核认证规则的修改")
    FILE_WORK = "workflow.file.work", _("办理案件")
    FILE_VIEW = "workflow.file.view", _("查看辖区内的案件")
    FILE_ASSIGN = "workflow.file.assign", _("分派与催办案件")
    ROUTING_EDIT = "workflow.routing.edit", _("维护分派规则")
    MATTER_EDIT = "matters.matter.edit", _("维护局办事项配置")
    MATTER_APPROVE = "matters.matter.approve", _("复核批准局办事项配置")
    ACCOUNT_MANAGE = "accounts.account.manage", _("管理账号")
    ROLE_GRANT = "accounts.role.grant", _("授予角色")
    AUDIT_READ = "audit.trail.read", _("查阅审计记录")
    OPERATIONS_VIEW = "core.operations.view", _("查看运行状况")


class SessionEnd(models.TextChoices):
    """Why a session ended; the person reads it at the next sign-in page."""

    SIGNED_OUT = "signed_out", _("已退出登录。")
    IDLE = "idle", _("您长时间未操作，系统已自动退出。请重新登录。")
    ABSOLUTE = "absolute", _("本次登录已达到最长时限，请重新登录。")
    SUPERSEDED = "superseded", _("您的账号已在别处登录，本次登录因此结束。如果不是您本人操作，请立即修改密码。")
    ENDED_BY_PERSON = "ended_by_person", _("您已在另一处结束了本次登录。")
    PASSWORD_CHANGED = "password_changed", _("密码已更改，请用新密码重新登录。")
    ACCOUNT_CLOSED = "account_closed", _("该账号已停用。如有疑问，请联系系统管理员。")
    FACTOR_RESET = "factor_reset", _("第二验证因素已被重置，请重新登录并重新绑定。")
    UNKNOWN = "unknown", _("登录状态已失效，请重新登录。")


# Codes of Refused that say "not you, whenever": answered by 403. Every other refusal is one of state: 409.
NEVER_YOURS = frozenset(
    {"permission", "scope", "out_of_scope", "claim.staff", "invitation.staff", "own_account", "own_roles"}
    | {"own_case", "separation", "recused", "conflict", "not_named", "barred"}
)


class ExportState(models.TextChoices):
    """A file that a worker makes for one person."""

    WAITING = "waiting", _("排队中")
    RUNNING = "running", _("正在生成")
    READY = "ready", _("可以下载")
    FAILED = "failed", _("未能生成")
    EXPIRED = "expired", _("已到期删除")


EXPORT_OPEN = (ExportState.WAITING, ExportState.RUNNING)
DIRECT_ROWS = 5_000  # up to here a list is handed over at once, above a worker makes the file
MOST_ROWS = {"csv": 1_000_000, "xlsx": 200_000}  # a longer list is no longer something a person reads
EXPORT_DAYS = 7
EXPORT_ATTEMPTS = 3
EXPORTS_EACH = 5  # that one person may have waiting at a time


class Topic(StrEnum):
    """What accounts tells higher apps (apps.core.events)."""

    EXPORT_FINISHED = "accounts.export.finished"  # export_id, user_id, label, ready (bool), reason, until (date), now
