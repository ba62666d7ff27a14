"""Tokens of the API."""

import datetime as dt
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.selectors import actor_for
from apps.core.calendar import today
from apps.parties.models import ApiToken, Organisation
from apps.parties.services.tokens import make_token

EVERYTHING = (
    *("applications:read", "applications:write", "applications:submit"),
    *("scope:read", "scope:write", "licences:read"),
)


def api_token(manager: User, of: Organisation, *scopes: str, **fields: Any) -> tuple[ApiToken, str]:
    """A token of an organisation that `manager` manages, for everything if no scope is named; and its text."""
    now = timezone.now()
    count = ApiToken.objects.filter(organisation=of).count()
    wanted = {"name": f"示例系统{count}", "expires_on": today(now) + dt.timedelta(days=30), **fields}
    held = scopes or EVERYTHING
    return make_token(actor=actor_for(manager), now=now, organisation_id=of.pk, scopes=held, **wanted)
