"""Who calls with a token: authentication (RFC 6750), scopes, budgets. What may be done is the services' business.

401: no token, or one that does not hold (any more). 403: it holds, but not for this. A token is read from the
Authorization header only; one that stands in an address is refused, because addresses are written into logs.
"""

import re
from typing import Any

import structlog
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import Throttled
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.accounts.requests import MACHINE, anonymous_actor, client_ip, request_id
from apps.accounts.selectors import actor_for
from apps.accounts.services.refusals import record_refused_act
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.limits import Budget, Spent, spend, subscriber
from apps.parties.api.problems import Fault
from apps.parties.constants import TokenState
from apps.parties.models import ApiToken
from apps.parties.rules.tokens import MARK, comes_from, parted, proves
from apps.parties.selectors.tokens import acting_label, standing_of, token_by_prefix
from apps.parties.services.tokens import touch_token

REALM = "api"
IN_ADDRESS = re.compile(rf"{MARK}_|(^|&)(access_token|api_key|authorization)=", re.IGNORECASE)
NOBODY = "0" * 64  # compared with where no row is: an unknown prefix takes as long as a wrong secret


class TokenAuthentication(BaseAuthentication):
    """Authorization: Bearer tqp_…"""

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        kind, _space, text = request.headers.get("Authorization", "").partition(" ")
        if not kind:
            return None
        now, ip = timezone.now(), client_ip(request)
        try:
            token = self._token(kind, text.strip(), ip)
        except Fault as fault:
            self._note(request, fault.code, ip)
            raise
        structlog.contextvars.bind_contextvars(token=f"{MARK}_{token.prefix}", user_id=token.made_by_id)
        touch_token(token_id=token.pk, now=now, ip=ip)
        setattr(request._request, MACHINE, acting(token, ip))
        return token.made_by, token

    def authenticate_header(self, request: Request) -> str:
        return f'Bearer realm="{REALM}"'

    def _token(self, kind: str, text: str, ip: str | None) -> ApiToken:
        """The token that was sent and holds, or why not. A reason is told only to who has the whole token."""
        parts = parted(text) if kind.lower() == "bearer" else None
        token = token_by_prefix(parts[0]) if parts else None
        proven = proves(parts[1] if parts else "", token.digest if token else NOBODY)
        if token is None or not proven:
            raise refused("token.unknown", _("令牌无效"), _("请核对 Authorization: Bearer 之后的令牌。"))
        state = standing_of(token, today(timezone.now()))
        if state != TokenState.ACTIVE:
            raise refused(f"token.{state}", str(state.label), _("请由本单位管理人另建令牌。"))
        if not comes_from(ip, token.networks):
            raise Fault(403, "token.address", _("不允许从此网络地址使用该令牌"))
        return token

    def _note(self, request: Request, code: str, ip: str | None) -> None:
        """One entry in the trail; who fails too often is told to wait. Nobody guesses 256 bits: this spares the log."""
        record_refused_act(actor=anonymous_actor(request), now=timezone.now(), path=request.path, code=code)
        spent = spend(subscriber(ip), Budget("failed-token", settings.TOKEN_BUDGETS["failed"]))
        if spent.wait:
            raise Throttled(spent.wait)


def refused(code: str, title: str, detail: str = "") -> Fault:
    """401, as RFC 6750 has it."""
    return Fault(401, code, title, detail, {"WWW-Authenticate": f'Bearer realm="{REALM}", error="invalid_token"'})


def acting(token: ApiToken, ip: str | None) -> Actor:
    """The Actor of a call: the person who answers for the token, in the name of the token, for its organisation."""
    person = actor_for(token.made_by, organisation_id=token.organisation_id)
    return Actor(acting_label(token), person.user, token.organisation_id, request_id(), ip)


class HasScope(BasePermission):
    """The view names the scope of each method (`scopes`, "head" as "get"); a method without one does not exist."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, ApiToken):
            header = {"WWW-Authenticate": f'Bearer realm="{REALM}"'}
            raise Fault(401, "token.missing", _("需要令牌"), _("请在请求头中附上 Authorization: Bearer。"), header)
        method = (request.method or "").lower()
        wanted = view.scopes.get("get" if method == "head" else method)
        if wanted is not None and wanted != ANY and wanted not in request.auth.scopes:
            header = {"WWW-Authenticate": f'Bearer realm="{REALM}", error="insufficient_scope", scope="{wanted}"'}
            actor = acting(request.auth, client_ip(request))
            record_refused_act(actor=actor, now=timezone.now(), path=request.path, code="token.scope")
            detail = _("该令牌没有权限 %(scope)s。") % {"scope": wanted}
            raise Fault(403, "token.scope", _("令牌的权限不足"), detail, header)
        return True


ANY = "any"  # scope of what every token may


def refuse_in_address(request: Request) -> None:
    """A token in an address has been written into logs already: it is not read, and its owner told to replace it."""
    if IN_ADDRESS.search(request.META.get("QUERY_STRING", "")):
        detail = _("请改在请求头 Authorization 中附上令牌；曾经写进网址的令牌请作废后重建。")
        raise Fault(400, "token.in_address", _("令牌不得写进网址"), detail)


def spend_token(token: ApiToken) -> Spent:
    """Count one call of a token, or say how long to wait."""
    return spend(str(token.pk), Budget("token", settings.TOKEN_BUDGETS["token"]))


def rate_headers(spent: Spent) -> dict[str, str]:
    """RateLimit fields (draft-ietf-httpapi-ratelimit-headers)."""
    limit = settings.TOKEN_BUDGETS["token"]
    return {
        "RateLimit-Policy": f'"token";q={limit};w=60',
        "RateLimit": f'"token";r={spent.left};t={spent.wait or spent.reset}',
    }


class TokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI description names it."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": f"{MARK}_…"}
