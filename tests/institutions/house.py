"""What the tests of institutions share: the day, an institution with a manager, staff, and a browser."""

import datetime as dt
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role
from apps.accounts.selectors import actor_for
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.institutions.models import Institution
from apps.institutions.services.people import PostFacts
from apps.institutions.services.profile import ProfileFacts
from apps.institutions.services.reference import load_reference
from tests import factories
from tests.reference import once

NOW = timezone.now()
TODAY = today(NOW)
SYSTEM = Actor.system("test")
PROFILE = ProfileFacts(legal_form="enterprise", ownership="private", staff_count=42)


def rules() -> None:
    once("institutions", lambda: load_reference(actor=SYSTEM, now=NOW))


def lab(**fields: Any) -> tuple[Institution, Any]:
    """An institution and the account of its manager."""
    made, user = factories.institution(**fields), factories.person()
    factories.member(user, made.organisation)
    return made, user


def call(user: Any) -> dict[str, Any]:
    """The first two arguments of every service."""
    return {"actor": actor_for(user) if user else SYSTEM, "now": NOW}


def post_facts(**fields: Any) -> PostFacts:
    defaults: dict[str, Any] = {
        "name": "示例乙",
        "id_number": factories.resident_id(),
        "position": "signatory",
        "fields": "食品全部项目",
        "since": TODAY - dt.timedelta(days=10),
    }
    return PostFacts(**{**defaults, **fields})


def staff(role: Role = Role.SUPERVISOR, division: str = "520600") -> Any:
    return factories.staff(role, at=factories.unit(f"unit{division}", division))


def version_offered(response: Any) -> int:
    """The version that a refused form would be sent with again."""
    return int(response.context["form"]["version"].value())


def browse(user: Any) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"institutions:{name}", args=args)
