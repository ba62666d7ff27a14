"""A small city with one of everything: something for each URL to find, for tests that walk across apps."""

import datetime as dt

from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.certifications.services.mismatches import report_mismatch
from apps.certifications.services.reference import load_reference
from apps.core.actors import Actor
from apps.notifications.models import Message
from apps.notifications.services import load_rules
from apps.parties.constants import MembershipRole
from apps.parties.services.claims import submit_claim
from apps.parties.services.invitations import invite
from apps.parties.services.merges import suggest_merge
from tests import factories
from tests.certifications.importing import csv_bytes, row, take
from tests.parties.papers import upload

SYSTEM = Actor.system("test")


def acting(user: User) -> Actor:
    return Actor(label=str(user), user=user)


def populate() -> User:
    """Rules, a calendar, firms with certificates, a claim, an invitation, a doubtful pair, imports with conflicts, a
    report and a message that failed. Returns the manager of the first firm."""
    now = timezone.now()
    load_reference(actor=SYSTEM, now=now)
    call_command("load_calendar", verbosity=0)
    load_rules(actor=SYSTEM, now=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    firm, other = factories.organisation(division_code="520602"), factories.organisation(division_code="520602")
    manager = factories.person()
    factories.member(manager, firm)
    certificates = [factories.certificate(firm) for _n in range(3)]
    clerk = factories.staff(Role.WINDOW_CLERK)
    suggest_merge(actor=acting(clerk), now=now, first_id=firm.pk, second_id=other.pk)
    texts = {"uscc": "91371323760038087M", "organisation_name": "示例·茶业", "position": "经理", "statement": ""}
    submit_claim(actor=acting(factories.person()), now=now, documents=[upload()], **texts)
    report_mismatch(actor=SYSTEM, now=now, certificate=certificates[0], description="名称不符", contact="示例")
    asked = {"email": "new@example.org", "role": MembershipRole.MEMBER, "ends_on": None}
    invite(actor=acting(manager), now=now, organisation_id=firm.pk, **asked)
    take(csv_bytes([row(), row(certNumber="B1")]))
    take(csv_bytes([row(certiEDate="2031-01-01"), row(certNumber="B1", certiEDate="2031-02-02")]), source="body")
    Message.objects.create(
        key="0" * 40,
        topic="parties.membership.ended",
        channel="email",
        day=now.date(),
        next_at=now,
        created_at=now,
        recipient=manager,
        state="dead",
    )
    return manager


def keys() -> list[object]:
    """The primary keys of some rows of every table of ours."""
    found = {
        key
        for model in apps.get_models()
        if model.__module__.startswith("apps.")
        for key in model._default_manager.order_by("-pk").values_list("pk", flat=True)[:4]
    }
    return sorted(found, key=str)
