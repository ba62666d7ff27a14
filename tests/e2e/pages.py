"""Every page a browser walks: tests/e2e/test_pages.py opens each one as each of its roles, in both themes and
languages. Add a row for each page you make; `{...}` in a path is an attribute of the seed below."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.constants import Role
from apps.audit.services import record
from apps.clock.models import StatutoryLimit
from apps.clock.services import load_calendar
from apps.core.actors import Actor
from apps.core.calendar import today as date_of
from apps.institutions.services.commitments import draft_commitment
from apps.institutions.services.people import PostFacts, appoint
from apps.institutions.services.profile import add_site
from apps.institutions.services.reference import load_reference as load_institutions
from apps.institutions.services.scopes import approve_scope, take_in_scope
from apps.notifications.models import Message, MessageTemplate, ReminderRule
from apps.notifications.services import load_rules, plan_reminders
from apps.parties.constants import MembershipRole
from apps.parties.models import Claim
from apps.parties.services.bans import record_ban
from apps.parties.services.merges import suggest_merge
from tests import factories
from tests.institutions.sheets import as_csv, row

PUBLIC = "public"
ENTERPRISE = "enterprise"

# (path, roles that open it)
PAGES: list[tuple[str, tuple[str, ...]]] = [
    ("/", (PUBLIC,)),
    ("/accessibility/", (PUBLIC,)),
    ("/privacy/", (PUBLIC,)),
    ("/open-data/", (PUBLIC,)),
    ("/appearance/", (PUBLIC, Role.WINDOW_CLERK)),
    ("/no-such-page/", (PUBLIC,)),
    ("/accounts/login/", (PUBLIC,)),
    ("/accounts/signup/", (PUBLIC,)),
    ("/people/me/", (ENTERPRISE, Role.WINDOW_CLERK)),
    ("/people/me/sessions/", (ENTERPRISE, Role.WINDOW_CLERK)),
    ("/people/accounts/", (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)),
    ("/people/accounts/new/", (Role.SYSTEM_ADMIN,)),
    ("/people/accounts/{clerk.pk}/", (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)),
    ("/people/accounts/{clerk.pk}/close/", (Role.SYSTEM_ADMIN,)),
    ("/people/accounts/{clerk.pk}/roles/new/", (Role.SECURITY_ADMIN,)),
    ("/audit/", (Role.AUDIT_ADMIN,)),
    ("/audit/?action=accounts.", (Role.AUDIT_ADMIN,)),
    ("/audit/?action=x1", (Role.AUDIT_ADMIN,)),
    ("/audit/{entry.pk}/", (Role.AUDIT_ADMIN,)),
    ("/accounts/email/", (ENTERPRISE,)),
    ("/accounts/password/change/", (ENTERPRISE,)),
    ("/accounts/password/reset/", (PUBLIC,)),
    ("/accounts/2fa/", (ENTERPRISE,)),
    ("/desk/", (Role.WINDOW_CLERK, Role.SUPERVISOR, Role.LEADER, Role.AUDIT_ADMIN)),
    ("/desk/?expected=403", (ENTERPRISE,)),
    ("/my/", (ENTERPRISE,)),
    ("/styleguide/", (PUBLIC,)),
    ("/organisations/", (Role.WINDOW_CLERK, Role.SUPERVISOR)),
    ("/organisations/?q=没有这一家", (Role.WINDOW_CLERK,)),
    ("/organisations/{organisation.pk}/", (Role.WINDOW_CLERK, Role.SUPERVISOR)),
    ("/organisations/{organisation.pk}/edit/", (Role.WINDOW_CLERK,)),
    ("/organisations/{organisation.pk}/rename/", (Role.WINDOW_CLERK,)),
    ("/organisations/new/", (Role.WINDOW_CLERK,)),
    ("/organisations/mine/", (ENTERPRISE,)),
    ("/organisations/mine/{organisation.pk}/", (ENTERPRISE,)),
    ("/organisations/claims/", (Role.WINDOW_CLERK,)),
    ("/organisations/claims/new/", (ENTERPRISE,)),
    ("/organisations/claims/{claim.pk}/", (ENTERPRISE, Role.WINDOW_CLERK)),
    ("/organisations/memberships/{membership.pk}/", (ENTERPRISE, Role.WINDOW_CLERK)),
    ("/organisations/memberships/{membership.pk}/end/", (ENTERPRISE,)),
    ("/organisations/bans/", (Role.SUPERVISOR, Role.OFFICER)),
    ("/organisations/bans/new/", (Role.SUPERVISOR,)),
    ("/organisations/bans/{ban.pk}/", (Role.SUPERVISOR, Role.OFFICER)),
    ("/organisations/merges/", (Role.WINDOW_CLERK,)),
    ("/organisations/merges/{pair.pk}/", (Role.WINDOW_CLERK,)),
    ("/institutions/", (Role.SUPERVISOR, Role.REVIEWER)),
    ("/institutions/new/", (Role.WINDOW_CLERK,)),
    ("/institutions/mine/?expected=302", (ENTERPRISE,)),
    ("/institutions/{institution.pk}/", (ENTERPRISE, Role.SUPERVISOR)),
    ("/institutions/standards/", (PUBLIC, Role.REVIEWER)),
    ("/institutions/standards/new/", (Role.REVIEWER,)),
    ("/institutions/{institution.pk}/scope/", (ENTERPRISE, Role.REVIEWER)),
    ("/institutions/{institution.pk}/scope/upload/", (ENTERPRISE,)),
    ("/institutions/{institution.pk}/scope/2/", (ENTERPRISE, Role.APPROVER)),
    ("/institutions/{institution.pk}/scope/2/difference/", (ENTERPRISE,)),
    ("/institutions/{institution.pk}/scope/2/approve/", (Role.APPROVER,)),
    ("/institutions/{institution.pk}/scope/imports/{faulty.pk}/", (ENTERPRISE,)),
    ("/institutions/{institution.pk}/commitments/new/", (ENTERPRISE,)),
    ("/institutions/{institution.pk}/commitments/{pledge.pk}/sign/", (ENTERPRISE,)),
    ("/institutions/{institution.pk}/annual-report/", (ENTERPRISE,)),
    ("/institutions/{institution.pk}/samples/new/", (ENTERPRISE,)),
    ("/institutions/{institution.pk}/profile/", (ENTERPRISE,)),
    ("/institutions/{institution.pk}/licence/", (ENTERPRISE,)),
    ("/institutions/{institution.pk}/shareholders/new/", (ENTERPRISE,)),
    ("/institutions/{institution.pk}/sites/new/", (ENTERPRISE,)),
    ("/institutions/{institution.pk}/people/new/", (ENTERPRISE,)),
    ("/institutions/{institution.pk}/people/{post.pk}/end/", (ENTERPRISE,)),
    ("/institutions/{institution.pk}/changes/{change.pk}/", (ENTERPRISE,)),
    ("/lookup/", (PUBLIC,)),
    ("/lookup/?q=翠峰", (PUBLIC, Role.WINDOW_CLERK)),
    ("/lookup/?q=没有这一家", (PUBLIC,)),
    ("/lookup/?page=9&expected=400", (PUBLIC,)),
    ("/lookup/summary/?q=翠峰", (PUBLIC,)),
    ("/bans/", (PUBLIC,)),
    ("/testing/", (PUBLIC,)),
    ("/testing/?q=大米 铅", (PUBLIC, Role.SUPERVISOR)),
    ("/testing/?q=没有这一项", (PUBLIC,)),
    ("/i/{institution.token}", (PUBLIC, ENTERPRISE)),
    ("/c/{certificate.token}", (PUBLIC, ENTERPRISE)),
    ("/c/{certificate.token}?product=绿茶&site=江口&day=2026-03-01", (PUBLIC,)),
    ("/c/7Q4KM2XD9A1B?expected=404", (PUBLIC,)),
    ("/o/{organisation.uscc}", (PUBLIC,)),
    ("/c/{certificate.token}/report/", (PUBLIC,)),
    ("/c/{certificate.token}/report/261124-7Q4KM2XD", (PUBLIC,)),
    ("/api/", (PUBLIC,)),
    ("/desk/expiring/?within=60", (Role.SUPERVISOR,)),
    ("/messages/", (ENTERPRISE, Role.LEGAL_REVIEWER)),
    ("/messages/settings/", (ENTERPRISE,)),
    ("/messages/rules/", (Role.SUPERVISOR, Role.WINDOW_CLERK)),
    ("/messages/rules/{rule.pk}/", (Role.SUPERVISOR,)),
    ("/messages/templates/{template.pk}/", (Role.SUPERVISOR,)),
    ("/messages/deliveries/", (Role.SUPERVISOR,)),
    ("/messages/deliveries/{message.pk}/", (Role.SUPERVISOR,)),
    ("/messages/mailbox/", (Role.SYSTEM_ADMIN,)),
    ("/clock/", (Role.SUPERVISOR,)),
    ("/clock/2026-10-10/", (Role.SUPERVISOR,)),
    ("/clock/limits/", (Role.SUPERVISOR,)),
    ("/clock/limits/{limit.pk}/", (Role.SUPERVISOR,)),
]


def seed() -> SimpleNamespace:
    """A small city: one firm with a certificate of each kind of trouble, seen by every role."""
    organisation = factories.organisation("示例·梵净山翠峰茶业有限公司", uscc="91520602MA6DL0011J")
    today = date_of(timezone.now())
    certificate = factories.certificate(organisation, scope="绿茶、红茶的种植与加工")
    factories.certificate(organisation, valid_to=today + dt.timedelta(days=20))
    factories.certificate(
        organisation,
        status="suspended",
        status_since=today - dt.timedelta(days=90),
        suspended_until=today + dt.timedelta(days=5),
    )
    factories.certificate(organisation, surveillance_due=today - dt.timedelta(days=3))
    clerk = factories.staff(Role.WINDOW_CLERK)
    with transaction.atomic():
        entry = record(
            actor=Actor.system("demo"),
            now=timezone.now(),
            action="accounts.account.move",
            subject_kind="user",
            subject_id=clerk.pk,
            before={"unit": "520602", "kept": "same"},
            after={"unit": "520621", "kept": "same"},
            reason="岗位调整",
        )
    now = timezone.now()
    load_rules(actor=Actor.system("demo"), now=now)
    load_calendar(actor=Actor.system("demo"), years=[2026, 2027], now=now)
    factories.member(factories.person(), organisation)
    plan_reminders()
    Message.objects.filter(channel="email").update(state="unknown", failure="TimeoutError: 示例")
    bare = factories.organisation()
    return SimpleNamespace(
        rule=ReminderRule.objects.first(),
        template=MessageTemplate.objects.get(topic="reminder.digest", language="en"),
        message=Message.objects.filter(channel="email").first(),
        limit=StatutoryLimit.objects.first(),
        organisation=organisation,
        certificate=certificate,
        bare=bare,
        claim=claim_on(organisation),
        membership=factories.member(factories.person(), organisation, MembershipRole.AGENT, ends_on=today),
        pair=suggest_merge(actor=Actor.system("demo"), now=timezone.now(), first_id=organisation.pk, second_id=bare.pk),
        clerk=clerk,
        ban=record_ban(actor=Actor.system("demo"), now=now, facts=factories.ban_facts()),
        entry=entry,
        **testing_institution(),
    )


def testing_institution() -> dict[str, Any]:
    """An institution with somebody in a post and a change that waits to be filed."""
    made, call = (
        factories.institution("示例·武陵山检测有限公司"),
        {"actor": Actor.system("demo"), "now": timezone.now()},
    )
    load_institutions(**call)
    since = date_of(timezone.now()) - dt.timedelta(days=30)
    facts = {"name": "示例乙", "position": "top_manager", "fields": "", "since": since}
    post = appoint(**call, institution_id=made.pk, facts=PostFacts(id_number=factories.resident_id(), **facts))
    site = {"address": "示例路1号", "division_code": "520602", "activity": "食品检验", "since": since}
    for name in ("东区实验室", "西区实验室"):
        add_site(**call, institution_id=made.pk, name=name, **site)
    good = row(site="东区实验室", object="大米", standard="GB 5009.12-2017")
    scope = take_in_scope(**call, institution_id=made.pk, upload=as_csv([good])).made
    approve_scope(**call, scope_id=scope.pk, version=1, decision_number="示资认〔2026〕1号", approved_on=since)
    take_in_scope(**call, institution_id=made.pk, upload=as_csv([good, row(site="西区实验室")]))
    faulty = take_in_scope(**call, institution_id=made.pk, upload=as_csv([row(standard="GB 1")]))
    text = "本机构承诺依法依规开展检验检测，独立公正，诚实守信，对出具的报告负责。" * 2
    pledge = draft_commitment(**call, institution_id=made.pk, kind="commitment", text=text)
    return {"pledge": pledge, "institution": made, "post": post, "change": made.changes.get(), "faulty": faulty}


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


def person_of(role: str, city: SimpleNamespace) -> Any:
    """The account that plays the role; None for the public."""
    if role == PUBLIC:
        return None
    if role == ENTERPRISE:
        user = factories.person()
        factories.member(user, city.organisation)
        factories.member(user, city.institution.organisation)
        plan_reminders()
        return user
    return factories.staff(Role(role))
