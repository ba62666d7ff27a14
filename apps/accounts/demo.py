"""The people of the demo city: one for every role, and those who act for an enterprise and for a certification body.

Names are plainly fictional. The password is public, so production refuses every one of these accounts at sign-in
(`User.demo`), and `manage.py check --deploy` fails while one exists.
"""

import datetime as dt
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from apps.accounts.constants import Realm, Role, UnitKind
from apps.accounts.models import RoleGrant, Unit, User
from apps.audit.services import record
from apps.core.actors import Actor
from apps.core.calendar import today

DEMO_PASSWORD = "Shili-Demo-2026"  # noqa: S105  public on purpose, see above
ENTERPRISE_MANAGER, ENTERPRISE_MEMBER, BODY_USER = "enterprise_manager", "enterprise_member", "body_user"
INSTITUTION_MANAGER = "institution_manager"
BODY_PLANNER, BODY_AUDITOR, BODY_DECIDER = "body_planner", "body_auditor", "body_decider"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One demo person. `role` is None for people outside; `unit` is a unit code."""

    username: str
    display_name: str
    role: Role | None
    unit: str | None
    what_to_try: str

    @property
    def email(self) -> str:
        return f"{self.username}@demo.example"


BUREAU = "520600"
COUNTIES = {
    "520602": "碧江区",
    "520603": "万山区",
    "520621": "江口县",
    "520622": "玉屏侗族自治县",
    "520623": "石阡县",
    "520624": "思南县",
    "520625": "印江土家族苗族自治县",
    "520626": "德江县",
    "520627": "沿河土家族自治县",
    "520628": "松桃苗族自治县",
}
JOINT_DEPARTMENT = "520600-joint"

DEMO_ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount("window_clerk", "示例·窗口受理员", Role.WINDOW_CLERK, BUREAU, "导入证书、处理冲突、确认组织绑定"),
    DemoAccount("reviewer", "示例·审查员", Role.REVIEWER, BUREAU, "查看证书内部信息"),
    DemoAccount("review_expert", "示例·评审员", Role.REVIEW_EXPERT, BUREAU, "工作首页"),
    DemoAccount("review_leader", "示例·评审组长", Role.REVIEW_EXPERT, BUREAU, "组织技术评审、签署评审结论"),
    DemoAccount("approver", "示例·批准人", Role.APPROVER, BUREAU, "查看证书内部信息"),
    DemoAccount("seal_keeper", "示例·用印员", Role.SEAL_KEEPER, BUREAU, "工作首页"),
    DemoAccount("officer", "示例·执法员", Role.OFFICER, "520602", "处理公众报告的不符（仅碧江区）"),
    DemoAccount("second_officer", "示例·执法员乙", Role.OFFICER, BUREAU, "参加现场核查、签署核查结果"),
    DemoAccount("legal_reviewer", "示例·法制审核员", Role.LEGAL_REVIEWER, BUREAU, "查看证书内部信息"),
    DemoAccount("supervisor", "示例·监管员", Role.SUPERVISOR, BUREAU, "登记证书状态、维护提醒规则与工作日历"),
    DemoAccount("joint_department", "示例·联合部门人员", Role.JOINT_DEPARTMENT, JOINT_DEPARTMENT, "工作首页"),
    DemoAccount("leader", "示例·负责人", Role.LEADER, BUREAU, "查看运行状况"),
    DemoAccount("system_admin", "示例·系统管理员", Role.SYSTEM_ADMIN, BUREAU, "管理账号"),
    DemoAccount("security_admin", "示例·安全管理员", Role.SECURITY_ADMIN, BUREAU, "授予与终止角色"),
    DemoAccount("audit_admin", "示例·审计管理员", Role.AUDIT_ADMIN, BUREAU, "查阅与导出审计记录"),
    DemoAccount(ENTERPRISE_MANAGER, "示例·企业管理人", None, None, "我的证书与到期义务、邀请成员"),
    DemoAccount(ENTERPRISE_MEMBER, "示例·企业成员", None, None, "我的证书与到期义务"),
    DemoAccount(BODY_USER, "示例·认证机构人员", None, None, "本机构颁发的证书"),
    DemoAccount(BODY_PLANNER, "示例·认证方案管理员", None, None, "证书的暂停、恢复、撤销、注销和监督计划"),
    DemoAccount(BODY_AUDITOR, "示例·认证审核员", None, None, "被指定的监督审核、不符合项"),
    DemoAccount(BODY_DECIDER, "示例·认证决定人", None, None, "对处理意见作出认证决定"),
    DemoAccount(INSTITUTION_MANAGER, "示例·检测机构管理人", None, None, "机构档案、能力附表、公开承诺与年度报告"),
)


def create_demo_people(*, actor: Actor, now: dt.datetime) -> list[User]:
    """Create the demo units and people that are missing, and reset the password of those that exist. Idempotent.

    One trail entry per new account. The binding to organisations is made by whoever makes the organisations.
    """
    assert settings.DEMO, "demo people belong to a demo installation only"
    password = make_password(DEMO_PASSWORD)  # one hash for all: the password is public anyway
    with transaction.atomic():
        units = _create_units()
        return [_create_person(account, units, password, actor, now) for account in DEMO_ACCOUNTS]


def _create_units() -> dict[str, Unit]:
    bureau = _unit(BUREAU, settings.BUREAU_NAME, UnitKind.BUREAU, "520600", None)
    units = {BUREAU: bureau}
    for code, county in COUNTIES.items():
        units[code] = _unit(code, f"{county}市场监督管理局", UnitKind.BRANCH, code, bureau)
    units[JOINT_DEPARTMENT] = _unit(JOINT_DEPARTMENT, "示例·联合部门", UnitKind.DEPARTMENT, "520600", None)
    return units


def _unit(code: str, name: str, kind: UnitKind, division_code: str, parent: Unit | None) -> Unit:
    defaults = {"name": name, "kind": kind, "division_code": division_code, "parent": parent}
    return Unit.objects.get_or_create(code=code, defaults=defaults)[0]


def _create_person(account: DemoAccount, units: dict[str, Unit], password: str, actor: Actor, now: dt.datetime) -> User:
    fields = {
        "email": account.email,
        "display_name": account.display_name,
        "realm": Realm.STAFF if account.role else Realm.EXTERNAL,
        "unit": units[account.unit] if account.unit else None,
        "password": password,
        "password_changed_at": now,
        "demo": True,
        "is_active": True,
    }
    user, created = User.objects.update_or_create(username=account.username, defaults=fields)
    EmailAddress.objects.get_or_create(user=user, email=account.email, defaults={"verified": True, "primary": True})
    if account.role:
        grant = {"starts_on": today(now), "reason": "demo"}
        RoleGrant.objects.get_or_create(user=user, role=account.role, ended_at=None, defaults=grant)
    if created:
        after = {"username": user.username, "role": str(account.role or "")}
        record(
            actor=actor, now=now, action="accounts.account.create", subject_kind="user", subject_id=user.pk, after=after
        )
    return user
