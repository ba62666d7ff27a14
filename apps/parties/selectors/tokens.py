"""Reads of tokens and of the calls that were answered with them."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise

from apps.parties.constants import MembershipRole, TokenState
from apps.parties.models import AnsweredCall, ApiToken
from apps.parties.rules.tokens import MARK, state_of
from apps.parties.scopes import scope_label
from apps.parties.selectors.memberships import running_memberships


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as its list shows it on a day."""

    token: ApiToken
    state: TokenState
    scopes: list[str | Promise]


def tokens_of(organisation_ids: Collection[int], on: dt.date) -> list[TokenRow]:
    """The tokens of these organisations, the newest first; those that ended long ago stay in the trail only."""
    rows = ApiToken.objects.filter(organisation_id__in=organisation_ids).select_related("organisation", "made_by")
    found = list(rows.order_by("organisation__name", "-pk")[:200])
    managing = running_memberships(on).filter(role=MembershipRole.MANAGER, user__is_active=True)
    pairs = set(managing.filter(organisation_id__in=organisation_ids).values_list("user_id", "organisation_id"))
    return [
        TokenRow(token, _state(token, on, (token.made_by_id, token.organisation_id) in pairs), _labels(token))
        for token in found
    ]


def token_by_prefix(prefix: str) -> ApiToken | None:
    """The token behind a prefix, with everything that is asked of it at each call."""
    return ApiToken.objects.select_related("organisation", "made_by").filter(prefix=prefix).first()


def standing_of(token: ApiToken, on: dt.date) -> TokenState:
    """Whether a token holds on a day: asked anew at every call, so that nothing outlives its reason."""
    managing = running_memberships(on).filter(
        user_id=token.made_by_id, organisation_id=token.organisation_id, role=MembershipRole.MANAGER
    )
    return _state(token, on, token.made_by.is_active and managing.exists())


def acting_label(token: ApiToken) -> str:
    """How the trail names who acts: the person who answers for the token, and the token."""
    return f"{token.made_by}（接口令牌“{token.name}” {MARK}_{token.prefix}）"[:200]


def answered_call(token_id: int, key: str) -> AnsweredCall | None:
    """The answer that a call under this key got, if it changed something."""
    return AnsweredCall.objects.filter(token_id=token_id, key=key).first()


def _state(token: ApiToken, on: dt.date, maker_manages: bool) -> TokenState:
    return state_of(
        revoked=token.revoked_at is not None,
        expires_on=token.expires_on,
        merged=token.organisation.merged_into_id is not None,
        maker_manages=maker_manages,
        on=on,
    )


def _labels(token: ApiToken) -> list[str | Promise]:
    return [scope_label(code) for code in token.scopes]
