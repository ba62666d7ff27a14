"""A manager invites somebody by e-mail. The link holds a random token that works once, for 14 days, for that address.

Only a hash of the token is stored: who reads the database cannot accept for another. Lock order: organisation, then
invitation.
"""

import datetime as dt
import hashlib
import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.events import publish_event
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.parties.constants import Topic
from apps.parties.models import Invitation, Membership, Organisation
from apps.parties.policies import can_manage_people
from apps.parties.selectors.memberships import running_memberships
from apps.parties.services.memberships import begin_membership, term_problems
from apps.parties.services.trail import note

VALID_FOR = dt.timedelta(days=14)
JUST_SENT = dt.timedelta(minutes=1)
MOST_OPEN = 50  # per organisation: a stolen manager account shall not send mail to the world


def invite(
    *, actor: Actor, now: dt.datetime, organisation_id: int, email: str, role: str, ends_on: dt.date | None
) -> tuple[Invitation, str]:
    """Send an invitation; answers it with the token, kept nowhere else. An open one to the address is revoked, unless
    the very same was sent within JUST_SENT: a double click shall not send two mails, of which one holds a dead link.
    """
    email = email.strip().lower()
    with transaction.atomic():
        organisation = _lock_organisation(actor, organisation_id, now)
        _check(organisation, email, role, ends_on, now)
        open_ones = Invitation.objects.filter(organisation=organisation, accepted_at=None, revoked_at=None)
        if open_ones.filter(email=email, role=role, ends_on=ends_on, invited_at__gt=now - JUST_SENT).exists():
            raise ProblemsFound(_just_sent(email))
        open_ones.filter(email=email).update(revoked_at=now)
        if open_ones.filter(expires_at__gt=now).count() >= MOST_OPEN:
            raise Refused("invitation.many", _("未接受的邀请已达上限，请先撤回一些"))
        token = secrets.token_urlsafe(32)
        made = Invitation.objects.create(
            organisation=organisation,
            email=email,
            role=role,
            ends_on=ends_on,
            token_hash=token_hash(token),
            invited_by=actor.user,
            invited_at=now,
            expires_at=now + VALID_FOR,
        )
        _audit(actor, now, "send", made)
        publish_event(Topic.INVITATION_SENT, _letter(actor, made, token, now))
        return made, token


def _just_sent(email: str) -> Problem:
    rule, remedy = _("刚刚已向该邮箱发出同样的邀请"), _("请查看邀请列表；确需重发的，请一分钟后再试")
    return Problem("invitation.just_sent", "email", email, rule, remedy, barred=True)


def _letter(actor: Actor, made: Invitation, token: str, now: dt.datetime) -> dict[str, Any]:
    return {
        "invitation_id": made.pk,
        "email": made.email,
        "organisation_id": made.organisation_id,
        "organisation_name": made.organisation.name,
        "role": str(made.role),
        "role_label": made.get_role_display(),
        "ends_on": made.ends_on.isoformat() if made.ends_on else "",
        "inviter_name": actor.label,
        "path": reverse("parties:invitation", args=[token]),
        "expires_at": made.expires_at,
        "now": now,
    }


def _check(organisation: Organisation, email: str, role: str, ends_on: dt.date | None, now: dt.datetime) -> None:
    on = today(now)
    problems = term_problems(role, ends_on, on)
    try:
        validate_email(email)
    except ValidationError:
        problems.append(Problem("invitation.email", "email", email, _("不是有效的邮箱地址"), _("请核对后重新填写")))
    running = running_memberships(on).filter(organisation=organisation, user__email__iexact=email)
    if not problems and running.exists():
        remedy = _("如需变更角色，请在成员列表中修改")
        problems.append(Problem("invitation.member", "email", email, _("该邮箱的用户已是成员"), remedy, barred=True))
    if problems:
        raise ProblemsFound(*problems)


def revoke_invitation(*, actor: Actor, now: dt.datetime, invitation_id: int) -> Invitation:
    """A manager takes an invitation back before it is accepted."""
    with transaction.atomic():
        organisation_id = Invitation.objects.values_list("organisation_id", flat=True).get(pk=invitation_id)
        _lock_organisation(actor, organisation_id, now)
        invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
        if invitation.accepted_at or invitation.revoked_at:
            raise Refused("invitation.closed", _("邀请已被接受或撤回"))
        invitation.revoked_at = now
        invitation.save(update_fields=["revoked_at"])
        _audit(actor, now, "revoke", invitation)
        return invitation


def accept_invitation(*, actor: Actor, now: dt.datetime, token: str) -> Membership:
    """The invited person accepts. The account's e-mail must be the invited one: a forwarded link opens nothing."""
    with transaction.atomic():
        known = Invitation.objects.filter(token_hash=token_hash(token)).values_list("pk", "organisation_id").first()
        if known is None:
            raise Refused("invitation.unknown", _("邀请链接无效"))
        organisation = Organisation.objects.select_for_update().get(pk=known[1])
        invitation = Invitation.objects.select_for_update().get(pk=known[0])
        _check_open(actor, invitation, organisation, now)
        membership = begin_membership(
            actor=actor,
            now=now,
            user=actor.user,
            organisation=organisation,
            role=invitation.role,
            ends_on=invitation.ends_on,
            cause=f"invitation:{invitation.pk}",
        )
        invitation.accepted_at = now
        invitation.save(update_fields=["accepted_at"])
        return membership


def _check_open(actor: Actor, invitation: Invitation, organisation: Organisation, now: dt.datetime) -> None:
    if reason := closed_because(invitation, now):
        raise Refused("invitation.closed", reason)
    if actor.user is None or actor.user.is_staff_member:
        raise Refused("invitation.staff", _("工作人员账号不能代表组织办理业务"))
    if actor.user.email.lower() != invitation.email:
        raise Refused("invitation.email", _("邀请发给另一个邮箱，请用该邮箱的账号登录后接受"))
    if organisation.merged_into_id is not None or organisation.pk != invitation.organisation_id:
        raise Refused("invitation.closed", _("该组织的记录已变更，请联系邀请人重新发送"))
    if invitation.ends_on is not None and invitation.ends_on < today(now):
        raise Refused("invitation.closed", _("邀请所定的结束日期已过"))


def closed_because(invitation: Invitation, now: dt.datetime) -> str:
    """Why the link no longer works, in a sentence; empty while it does."""
    if invitation.accepted_at is not None:
        return _("邀请已被接受，链接只能使用一次")
    if invitation.revoked_at is not None:
        return _("邀请已被撤回")
    return _("邀请已过期，请联系邀请人重新发送") if invitation.expires_at <= now else ""


def token_hash(token: str) -> str:
    """What is stored of a token. Tokens have 256 random bits, so a plain hash cannot be guessed backwards."""
    return hashlib.sha256(token.encode()).hexdigest()


def _lock_organisation(actor: Actor, organisation_id: int, now: dt.datetime) -> Organisation:
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    if actor.user is None or not can_manage_people(actor.user, organisation, today(now)):
        raise Refused("permission")
    if organisation.merged_into_id is not None:
        raise Refused("organisation.merged", _("该记录已并入另一组织"))
    return organisation


def _audit(actor: Actor, now: dt.datetime, verb: str, invitation: Invitation) -> None:
    ends_on = invitation.ends_on.isoformat() if invitation.ends_on else None
    after = {"organisation": invitation.organisation_id, "role": str(invitation.role), "ends_on": ends_on}
    note(actor=actor, now=now, kind="invitation", verb=verb, subject_id=invitation.pk, after=after)
