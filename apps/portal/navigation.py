"""The main navigation: one table for everybody. An entry shows to whom its page is open, so no link ends at a 403.

Add an entry where a person of that audience would look for it; the order here is the order on the page.
"""

from dataclasses import dataclass
from enum import Enum

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission
from apps.institutions.policies import SEES_INSTITUTIONS
from apps.matters.policies import SEES_MATTERS
from apps.parties.constants import OrganisationKind
from apps.parties.policies import SEES_ORGANISATIONS

P = Permission


class Audience(Enum):
    PUBLIC = "everybody, signed in or not"
    ENTERPRISE = "people who act for organisations"
    BODY = "people who act for a certification body now"
    STAFF = "staff; with `permissions`, those who hold any one of them"


@dataclass(frozen=True, slots=True)
class Entry:
    label: str | Promise
    url_name: str
    audience: Audience
    permissions: tuple[Permission, ...] = ()
    group: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as one person sees it now; or, with `items` and no address, a menu of entries."""

    label: str | Promise
    url: str
    current: bool
    items: "tuple[Item, ...]" = ()


RECORDS = (P.ROUTE_RECORD_EDIT, P.INSTITUTION_VIEW)
CASES, REGISTRY, ORGANISATIONS, MESSAGES, SYSTEM = _("案件"), _("登记册"), _("组织"), _("消息提醒"), _("系统")


ENTRIES = (
    Entry(_("工作台"), "portal:desk", Audience.STAFF),
    Entry(_("待办件"), "workflow:worklist", Audience.STAFF, (P.FILE_WORK,)),
    Entry(_("离岗与代办"), "workflow:absences", Audience.STAFF, (P.FILE_WORK,), CASES),
    Entry(_("分派规则"), "workflow:routing", Audience.STAFF, (P.ROUTING_EDIT,), CASES),
    Entry(_("局办事项配置"), "matters:configurations", Audience.STAFF, SEES_MATTERS, CASES),
    Entry(_("业务流程"), "workflow:processes", Audience.STAFF, (P.FILE_WORK,), CASES),
    Entry(_("我的事项"), "portal:obligations", Audience.ENTERPRISE),
    Entry(_("认证申请"), "certifying:applications", Audience.ENTERPRISE),
    Entry(_("机构工作台"), "certifying:desk", Audience.BODY),
    Entry(_("查证书"), "portal:lookup", Audience.PUBLIC),
    Entry(_("办证引导"), "portal:guide", Audience.PUBLIC, group=REGISTRY),
    Entry(_("谁能检"), "portal:testing", Audience.PUBLIC, group=ORGANISATIONS),
    Entry(_("我的机构"), "institutions:mine", Audience.ENTERPRISE),
    Entry(_("资质认定申请"), "institutions:applications", Audience.ENTERPRISE),
    Entry(_("认证证书"), "certifying:certificates", Audience.ENTERPRISE),
    Entry(_("局办事项"), "matters:mine", Audience.ENTERPRISE),
    Entry(_("我的组织"), "parties:mine", Audience.ENTERPRISE),
    Entry(_("材料库"), "documents:mine", Audience.ENTERPRISE),
    Entry(_("接口令牌"), "parties:tokens", Audience.ENTERPRISE),
    Entry(_("事件推送"), "webhooks:index", Audience.ENTERPRISE),
    Entry(_("证书一览"), "certifications:staff_list", Audience.STAFF, (P.CERTIFICATE_VIEW_INTERNAL,), REGISTRY),
    Entry(_("数据导入"), "certifications:imports", Audience.STAFF, (P.IMPORT_MANAGE,), REGISTRY),
    Entry(_("数据冲突"), "certifications:conflicts", Audience.STAFF, (P.CONFLICT_DECIDE,), REGISTRY),
    Entry(_("认证规则"), "schemes:rules", Audience.STAFF, (P.CERTIFICATE_VIEW_INTERNAL, P.SCHEME_EDIT), REGISTRY),
    Entry(_("强制性认证名录"), "schemes:register", Audience.STAFF, (P.CERTIFICATE_VIEW_INTERNAL,), REGISTRY),
    Entry(_("引导规则"), "schemes:guide_rules", Audience.STAFF, (P.CERTIFICATE_VIEW_INTERNAL, P.SCHEME_EDIT), REGISTRY),
    Entry(_("不符报告"), "certifications:mismatches", Audience.STAFF, (P.MISMATCH_HANDLE,), REGISTRY),
    Entry(_("认证机构逾期办件"), "certifying:late_acts", Audience.STAFF, (P.FILE_VIEW,), CASES),
    Entry(_("认证申请情况"), "certifying:watch", Audience.STAFF, (P.FILE_VIEW,), REGISTRY),
    Entry(_("检验检测机构"), "institutions:list", Audience.STAFF, SEES_INSTITUTIONS, ORGANISATIONS),
    Entry(_("资质认定证书"), "institutions:licences", Audience.STAFF, SEES_INSTITUTIONS, ORGANISATIONS),
    Entry(_("组织列表"), "parties:list", Audience.STAFF, SEES_ORGANISATIONS, ORGANISATIONS),
    Entry(_("绑定申请"), "parties:claims", Audience.STAFF, (P.CLAIM_CONFIRM,), ORGANISATIONS),
    Entry(_("重复组织"), "parties:merges", Audience.STAFF, (P.ORGANISATION_MERGE,), ORGANISATIONS),
    Entry(_("标准库"), "institutions:standards", Audience.STAFF, SEES_INSTITUTIONS, ORGANISATIONS),
    Entry(_("告知承诺限制记录"), "institutions:route_records", Audience.STAFF, RECORDS, ORGANISATIONS),
    Entry(_("禁业登记"), "parties:bans", Audience.STAFF, (P.BAN_VIEW, P.BAN_RECORD), ORGANISATIONS),
    Entry(_("提醒规则"), "notifications:rules", Audience.STAFF, (P.REMINDER_VIEW, P.REMINDER_RULE_EDIT), MESSAGES),
    Entry(_("消息发送"), "notifications:deliveries", Audience.STAFF, (P.REMINDER_VIEW, P.DELIVERY_RETRY), MESSAGES),
    Entry(_("运行状况"), "portal:operations", Audience.STAFF, (P.OPERATIONS_VIEW,), SYSTEM),
    Entry(_("文书生成"), "documents:papers", Audience.STAFF, (P.DOCUMENT_VIEW,), SYSTEM),
    Entry(_("日历与时限"), "clock:days", Audience.STAFF, (P.CALENDAR_EDIT, P.LIMIT_EDIT), SYSTEM),
    Entry(_("账号与角色"), "accounts:people", Audience.STAFF, (P.ACCOUNT_MANAGE, P.ROLE_GRANT), SYSTEM),
    Entry(_("审计记录"), "audit:trail", Audience.STAFF, (P.AUDIT_READ,), SYSTEM),
    Entry(_("本机邮箱"), "notifications:mailbox", Audience.STAFF, (P.MAILBOX_VIEW,), SYSTEM),
)


def items_for(request: HttpRequest) -> list[Item]:
    """What the person behind the request may open, the current page marked. A group of one is no menu."""
    shown = [(entry, reverse(entry.url_name)) for entry in ENTRIES if _open_to(entry, request)]
    here = max((url for _entry, url in shown if _leads_here(url, request.path)), key=len, default=None)
    groups: dict[str | Promise, list[Item]] = {}
    for entry, url in shown:
        groups.setdefault(entry.group or entry.label, []).append(Item(entry.label, url, url == here))
    return [items[0] if len(items) == 1 else _menu(label, items) for label, items in groups.items()]


def _menu(label: str | Promise, items: list[Item]) -> Item:
    return Item(label, "", any(item.current for item in items), tuple(items))


def _open_to(entry: Entry, request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    if entry.audience is Audience.PUBLIC:
        return True
    if user is None or not user.is_authenticated:
        return False
    if entry.audience is Audience.ENTERPRISE:
        return not user.is_staff_member
    if entry.audience is Audience.BODY:
        body = getattr(request, "acting_for", None)
        return not user.is_staff_member and body is not None and body.kind == OrganisationKind.BODY
    if not user.is_staff_member:
        return False
    return not entry.permissions or any(has_permission(user, permission) for permission in entry.permissions)


def _leads_here(url: str, path: str) -> bool:
    """A page belongs to the entry whose address begins its own; the home page only to itself."""
    return path == url or (url != "/" and path.startswith(url))
