"""What the system administrator does to accounts. Roles are the security administrator's (roles.py)."""

import datetime as dt
from collections.abc import Mapping

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.constants import Permission, Realm, SessionEnd
from apps.accounts.models import Unit, User
from apps.accounts.policies import require
from apps.accounts.selectors import is_last_system_admin, login_name_taken
from apps.accounts.services.sessions import end_sessions_of
from apps.audit.services import record
from apps.core.actors import Actor
from apps.core.problems import Problem, ProblemsFound, Refused


def create_staff_account(
    *, actor: Actor, now: dt.datetime, username: str, email: str, display_name: str, unit: Unit
) -> User:
    """Open an account for a member of staff: no password, no role. The invitation lets its owner set the password.

    The address counts as confirmed, because the invitation goes to it and nothing else opens the account.
    """
    require(actor, Permission.ACCOUNT_MANAGE)
    with transaction.atomic():
        _refuse_taken(username, email)
        user = User(username=username, email=email, display_name=display_name, realm=Realm.STAFF, unit=unit)
        user.set_unusable_password()
        user.save()
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        after = {"username": username, "email": email, "display_name": display_name, "unit": unit.code}
        _trail(actor, now, "accounts.account.create", user, after=after)
    return user


def set_account_active(*, actor: Actor, now: dt.datetime, user: User, active: bool, reason: str) -> User:
    """Close an account, or open it again. Closing ends its sessions at once; its trail and grants stay.

    Refused: for oneself, and for the last system administrator, without whom nobody could open it again.
    """
    require(actor, Permission.ACCOUNT_MANAGE)
    with transaction.atomic():
        user = _lock(user)
        _refuse_self(actor, user)
        if not active and is_last_system_admin(user, now):
            raise Refused(
                "last_system_admin", str(_("这是最后一名系统管理员，停用后将无人能管理账号。请先授予另一人。"))
            )
        if user.is_active != active:
            user.is_active = active
            user.save(update_fields=["is_active"])
            action = "accounts.account.reopen" if active else "accounts.account.close"
            _trail(actor, now, action, user, before={"active": not active}, after={"active": active}, reason=reason)
        if not active:
            end_sessions_of(actor=actor, now=now, user=user, because=SessionEnd.ACCOUNT_CLOSED)
    return user


def move_to_unit(*, actor: Actor, now: dt.datetime, user: User, unit: Unit, reason: str) -> User:
    """Put a member of staff into another unit, which changes the area they see from their next request on."""
    require(actor, Permission.ACCOUNT_MANAGE)
    with transaction.atomic():
        user = _lock(user)
        _refuse_self(actor, user)
        if user.realm != Realm.STAFF:
            raise Refused("not_staff", str(_("只有工作人员账号才有所属单位。")))
        before = user.unit.code if user.unit else ""
        user.unit = unit
        user.save(update_fields=["unit"])
        _trail(
            actor, now, "accounts.account.move", user, before={"unit": before}, after={"unit": unit.code}, reason=reason
        )
    return user


def reset_second_factor(*, actor: Actor, now: dt.datetime, user: User, reason: str) -> int:
    """Remove every second factor of a person who lost theirs, and end their sessions. Returns how many there were.

    The next sign-in leads a member of staff to bind a new one. The password stays: whoever resets knows it not.
    """
    require(actor, Permission.ACCOUNT_MANAGE)
    with transaction.atomic():
        user = _lock(user)
        _refuse_self(actor, user)
        factors = Authenticator.objects.filter(user=user)
        types = sorted(factors.values_list("type", flat=True))
        factors.delete()
        end_sessions_of(actor=actor, now=now, user=user, because=SessionEnd.FACTOR_RESET)
        _trail(
            actor, now, "accounts.factor.reset", user, before={"factors": types}, after={"factors": []}, reason=reason
        )
    return len(types)


def record_invitation(*, actor: Actor, now: dt.datetime, user: User) -> None:
    """An invitation to set a password goes out. Only to people who have none: others reset it themselves."""
    require(actor, Permission.ACCOUNT_MANAGE)
    with transaction.atomic():
        user = _lock(user)
        if user.has_usable_password() or not user.is_active:
            raise Refused("has_password", str(_("该账号已设置密码或已停用，不能再发送邀请。")))
        _trail(actor, now, "accounts.account.invite", user, after={"email": user.email})


def _refuse_taken(username: str, email: str) -> None:
    problems = []
    if login_name_taken(username):
        rule = _("用户名“%(value)s”已被使用。") % {"value": username}
        problems.append(Problem("taken", "username", username, rule, str(_("请换一个用户名。"))))
    if login_name_taken(email):
        rule = _("邮箱“%(value)s”已属于另一个账号。") % {"value": email}
        problems.append(Problem("taken", "email", email, rule, str(_("请核对邮箱，或到账号列表查找已有账号。"))))
    if problems:
        raise ProblemsFound(*problems)


def _refuse_self(actor: Actor, user: User) -> None:
    if actor.user_id == user.pk:
        raise Refused("own_account", str(_("不能对自己的账号执行此操作，请由另一名系统管理员办理。")))


def _lock(user: User) -> User:
    return User.objects.select_for_update(of=("self",)).select_related("unit").get(pk=user.pk)


def _trail(
    actor: Actor,
    now: dt.datetime,
    action: str,
    user: User,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    record(
        actor=actor,
        now=now,
        action=action,
        subject_kind="user",
        subject_id=user.pk,
        before={**before} if before else None,
        after={**after} if after else None,
        reason=reason,
    )
