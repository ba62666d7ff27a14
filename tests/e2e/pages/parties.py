"""Organisations, who acts for them, claims, merges."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from apps.accounts.constants import Role
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.parties.constants import MembershipRole, OrganisationKind
from apps.parties.models import ApiToken, Claim
from apps.parties.services.bans import record_ban
from apps.parties.services.divisions import load_divisions
from apps.parties.services.duties import grant_duty
from apps.parties.services.invitations import invite
from apps.parties.services.merges import suggest_merge
from apps.parties.services.tokens import make_token
from tests import factories
from tests.accounts.conftest import confirmed
from tests.e2e.pages import ENTERPRISE, row

CLERK = Role.WINDOW_CLERK
LAB_MANAGER = "lab_manager"
BODY_MANAGER = "body_manager"

ROWS = [
    row("/organisations/", CLERK, Role.SUPERVISOR),
    row("/organisations/?q=没有这一家", CLERK),
    row("/organisations/{organisation.pk}/", CLERK, Role.SUPERVISOR),
    row("/organisations/{organisation.pk}/edit/", CLERK),
    row("/organisations/{organisation.pk}/rename/", CLERK),
    row("/organisations/new/", CLERK),
    row("/organisations/mine/", ENTERPRISE),
    row("/organisations/mine/{organisation.pk}/", ENTERPRISE),
    row("/organisations/claims/", CLERK),
    row("/organisations/claims/new/", ENTERPRISE),
    row("/organisations/claims/{claim.pk}/", CLERK),
    row("/organisations/memberships/{membership.pk}/", ENTERPRISE, CLERK),
    row("/organisations/memberships/{membership.pk}/end/", ENTERPRISE),
    row("/organisations/invitations/{invited}/", ENTERPRISE),
    row("/organisations/invitations/no-such-invitation/", ENTERPRISE, status=404),
    row("/organisations/mine/{agency.pk}/duties/", BODY_MANAGER),
    row("/organisations/tokens/", ENTERPRISE),
    row("/organisations/mine/{lab.pk}/tokens/new/", LAB_MANAGER),
    row("/organisations/tokens/", LAB_MANAGER),
    row("/organisations/tokens/{token.pk}/revoke/", LAB_MANAGER),
    row("/organisations/bans/", Role.SUPERVISOR, Role.OFFICER),
    row("/organisations/bans/new/", Role.SUPERVISOR),
    row("/organisations/bans/{ban.pk}/", Role.SUPERVISOR, Role.OFFICER),
    row("/organisations/merges/", CLERK),
    row("/organisations/merges/{pair.pk}/", CLERK),
]

NOT_PAGES = {"parties:claim_document": "a download"}


def seed(city: SimpleNamespace) -> None:
    load_divisions(actor=Actor.system("demo"), now=timezone.now())
    city.organisation = factories.organisation("示例·梵净山翠峰茶业有限公司", uscc="91520602MA6DL0011J")
    city.bare = factories.organisation()
    city.people[ENTERPRISE] = confirmed(factories.person())
    factories.member(city.people[ENTERPRISE], city.organisation)
    city.claim = claim_on(city.organisation)
    agent = {"role": MembershipRole.AGENT, "ends_on": today(timezone.now())}
    city.membership = factories.member(factories.person(), city.organisation, **agent)
    manager = Actor("示例·经理", user=city.people[ENTERPRISE], organisation_id=city.organisation.pk)
    invitation = {"email": "invited@example.org", "role": MembershipRole.AGENT, "ends_on": dt.date(2099, 12, 31)}
    _invitation, city.invited = invite(
        actor=manager, now=timezone.now(), organisation_id=city.organisation.pk, **invitation
    )
    city.ban = record_ban(actor=Actor.system("demo"), now=timezone.now(), facts=factories.ban_facts())
    city.lab, city.people[LAB_MANAGER] = lab_with_tokens()
    city.agency, city.people[BODY_MANAGER] = body_with_duties()
    city.token = ApiToken.objects.earliest("pk")
    two = {"first_id": city.organisation.pk, "second_id": city.bare.pk}
    city.pair = suggest_merge(actor=Actor.system("demo"), now=timezone.now(), **two)


def lab_with_tokens() -> tuple[Any, Any]:
    """A testing institution with a token that holds, and its manager."""
    lab = factories.organisation("示例·碧江接口检测有限公司", kind=OrganisationKind.INSTITUTION)
    manager = confirmed(factories.person())
    factories.member(manager, lab)
    now = timezone.now()
    wanted = {"name": "实验室信息系统", "scopes": ["applications:read"], "networks": "203.0.113.0/24"}
    until = today(now) + dt.timedelta(days=90)
    make_token(actor=Actor("x", user=manager), now=now, organisation_id=lab.pk, expires_on=until, **wanted)
    return lab, manager


def body_with_duties() -> tuple[Any, Any]:
    """A certification body whose manager gave a colleague a duty."""
    agency = factories.body("CNCA-R-2026-905")
    manager, auditor = confirmed(factories.person()), factories.person()
    factories.member(manager, agency)
    factories.member(auditor, agency, MembershipRole.MEMBER)
    grant = {"organisation_id": agency.pk, "user_id": auditor.pk, "duty": "audit"}
    grant_duty(actor=Actor("x", user=manager), now=timezone.now(), **grant)
    return agency, manager


def claim_on(organisation: Any) -> Claim:
    """Somebody asks to act for the organisation."""
    return Claim.objects.create(
        user=factories.person(),
        uscc=organisation.uscc,
        organisation=organisation,
        organisation_name=organisation.name,
        division_code=organisation.division_code,
        position="质量负责人",
        submitted_at=timezone.now(),
    )
