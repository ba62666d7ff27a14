"""Tokens of the API: made and revoked by managers.

Lock order: the organisation, then the token.
"""

import datetime as dt
import secrets
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.core.tokens import TOKEN_ALPHABET
from apps.parties.models import ApiToken, Organisation
from apps.parties.rules.tokens import LONGEST, MOST_NETWORKS, PREFIX_LENGTH, digest_of, read_networks, whole_token
from apps.parties.scopes import scopes_for
from apps.parties.services.holding import lock_managed
from apps.parties.services.trail import note

MOST_TOKENS = 20  # that hold at a time, per organisation
NAME_LENGTH = 60
SEEN_EVERY = dt.timedelta(minutes=1)


def make_token(
    *,
    actor: Actor,
    now: dt.datetime,
    organisation_id: int,
    name: str,
    scopes: Collection[str],
    expires_on: dt.date,
    networks: str = "",
) -> tuple[ApiToken, str]:
    """A manager lets a machine act for the organisation. Answers the row and the token, which is kept nowhere.

    Writes the row and a trail entry.
    """
    with transaction.atomic():
        organisation = lock_managed(actor=actor, organisation_id=organisation_id, now=now)
        allowed, faulty = read_networks(networks)
        problems = [
            *_name_problems(organisation, name),
            *_scope_problems(organisation, scopes),
            *_day_problems(expires_on, today(now)),
            *_network_problems(allowed, faulty),
        ]
        if problems:
            raise ProblemsFound(*problems)
        holding = ApiToken.objects.filter(organisation=organisation, revoked_at=None, expires_on__gte=today(now))
        if holding.count() >= MOST_TOKENS:
            raise Refused("token.many", _("本组织的令牌已达上限，请先作废不再使用的令牌。"))
        assert actor.user is not None, "a manager is a person"
        secret = secrets.token_urlsafe(32)
        made = ApiToken.objects.create(
            organisation=organisation,
            name=name.strip(),
            prefix="".join(secrets.choice(TOKEN_ALPHABET) for _n in range(PREFIX_LENGTH)),
            digest=digest_of(secret),
            scopes=[scope.code for scope in scopes_for(organisation.kind) if scope.code in scopes],
            networks=allowed,
            made_by=actor.user,
            made_at=now,
            expires_on=expires_on,
        )
        note(actor=actor, now=now, kind="token", verb="make", subject_id=made.pk, after=_facts(made))
        return made, whole_token(made.prefix, secret)


def revoke_token(*, actor: Actor, now: dt.datetime, token_id: int) -> ApiToken:
    """A manager takes a token back: at the next call it no longer holds."""
    with transaction.atomic():
        organisation_id = ApiToken.objects.values_list("organisation_id", flat=True).get(pk=token_id)
        lock_managed(actor=actor, organisation_id=organisation_id, now=now)
        token = ApiToken.objects.select_for_update().get(pk=token_id)
        if token.revoked_at is not None:
            raise Refused("token.revoked", _("该令牌已经作废。"))
        token.revoked_at, token.revoked_by = now, actor.user
        token.save(update_fields=["revoked_at", "revoked_by"])
        note(actor=actor, now=now, kind="token", verb="revoke", subject_id=token.pk, after=_facts(token))
        return token


def touch_token(*, token_id: int, now: dt.datetime, ip: str | None) -> None:
    """Say when and from where a token was used last; once a minute is enough for a person to recognise it."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - SEEN_EVERY)
    ApiToken.objects.filter(stale, pk=token_id).update(last_used_at=now, last_used_ip=ip)


def _name_problems(organisation: Organisation, name: str) -> list[Problem]:
    given = name.strip()
    if not given or len(given) > NAME_LENGTH:
        rule = _("须填写，不超过%(n)d字") % {"n": NAME_LENGTH}
        return [Problem("token.name", "name", given[:20], rule, _("请写明哪个系统使用"))]
    if ApiToken.objects.filter(organisation=organisation, name=given, revoked_at=None).exists():
        rule = _("已有同名的令牌")
        return [Problem("token.name_taken", "name", given, rule, _("请换一个名称，或先作废原有令牌"))]
    return []


def _scope_problems(organisation: Organisation, scopes: Collection[str]) -> list[Problem]:
    offered = {scope.code for scope in scopes_for(organisation.kind)}
    if strange := sorted(set(scopes) - offered):
        rule = _("本组织不能选择该权限")
        return [Problem("token.scope", "scopes", strange[0][:40], rule, _("请从列出的权限中选择"), barred=True)]
    if not scopes:
        return [Problem("token.scope", "scopes", "", _("须至少选择一项权限"), _("请只选该系统用得到的权限"))]
    return []


def _day_problems(expires_on: dt.date, on: dt.date) -> list[Problem]:
    if on <= expires_on <= on + LONGEST:
        return []
    rule = _("有效期须在今天与%(day)s之间") % {"day": (on + LONGEST).isoformat()}
    return [Problem("token.day", "expires_on", expires_on.isoformat(), rule, _("请改短有效期，到期前另建新令牌"))]


def _network_problems(allowed: list[str], faulty: list[str]) -> list[Problem]:
    if faulty:
        rule, remedy = _("不是网络地址"), _("请写成 203.0.113.7 或 203.0.113.0/24 的样子，每行一个")
        return [Problem("token.network", "networks", faulty[0][:40], rule, remedy)]
    if len(allowed) > MOST_NETWORKS:
        rule = _("最多%(n)d个地址") % {"n": MOST_NETWORKS}
        return [Problem("token.network", "networks", str(len(allowed)), rule, _("请合并成网段"))]
    return []


def _facts(token: ApiToken) -> dict[str, object]:
    return {
        "organisation": token.organisation_id,
        "name": token.name,
        "prefix": token.prefix,
        "scopes": token.scopes,
        "networks": token.networks,
        "expires_on": token.expires_on.isoformat(),
    }
