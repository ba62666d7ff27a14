"""Attempts 1, 2, 4, 7, 8: every address that takes an object, asked and posted to by those whom it does not concern.

The object exists and belongs to a firm of one county. The visitors: nobody, the manager of another firm, and for every
role somebody of another county. (Who lacks the permission for an address meets 403 before any object is looked at:
tests/architecture/test_access.py, for every role.) Refused means 403 or 404, one trail entry, and not one row written
anywhere else: PostgreSQL itself is asked what the transaction wrote, also of what was rolled back.
"""

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from apps.accounts.constants import Role
from apps.accounts.models import RoleGrant, User
from apps.accounts.rules import permissions_of
from apps.audit.models import AuditEntry
from apps.certifications.models import Certificate, ImportBatch, ImportConflict, MismatchReport
from apps.core.actors import Actor
from apps.core.models import Draft
from apps.notifications.models import Message, MessageTemplate, ReminderRule
from apps.parties.constants import OrganisationKind
from apps.parties.models import Claim, ClaimDocument, Invitation, Membership, MergeCandidate
from apps.parties.services.invitations import invite
from tests import factories
from tests.architecture.test_access import ANONYMOUS, OUTSIDER, patterns, table
from tests.institutions.casework import prepare
from tests.journeys import city
from tests.journeys.laboratory import Laboratory

pytestmark = pytest.mark.django_db
ELSEWHERE = "520621"
BESIDE = {"audit_auditentry", "accounts_usersession", "django_session"}
# The library's own addresses; and those of a laboratory and its applications, which have a fixture of their own.
LIBRARY, CASES = ("mfa_", "account_"), ("institutions", "documents", "workflow", "api")
BODIES = "certifying"  # has its own: tests/certifying/test_life_foreign.py
MATTERS = "matters"  # has its own: tests/matters/test_foreign.py
WEBHOOKS = "webhooks"  # has its own: tests/webhooks/test_endpoints.py
SCHEMES = "schemes"  # rules hold for everybody and concern no county: who may is in tests/architecture/access
TOKENS = "institutions_api"  # asked by token, not by session: tests/institutions/test_api_access.py
# Whoever holds the permission sees these wherever they sit: they concern no county.
EVERYWHERE = {
    *("accounts:person", "accounts:person_invite", "accounts:person_close", "accounts:person_reopen"),
    *("accounts:person_move", "accounts:person_reset_factor", "accounts:grant_new", "accounts:grant_end"),
    *("certifications:enter", "certifications:import_template", "certifications:import_batch"),
    *("certifications:import_progress", "certifications:import_confirm", "certifications:import_cancel"),
    *("certifications:import_undo", "certifications:import_annotated", "certifications:conflict"),
    *("notifications:rule_edit", "notifications:template_edit"),
    *("notifications:mail", "notifications:mail_html", "notifications:mail_raw"),
    *("clock:day_edit", "clock:limit_edit", "audit:entry"),
    *("institutions:standard_edit", "workflow:routing_end", "workflow:process"),
}
ALL_ROLES = "every role of business at once"  # whom this refuses, it refuses in each of them
BUSINESS = [role for role in Role if role not in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)]
NO_OBJECT = {"institutions:scope_template", "institutions:standard_edit"}
# What stands behind these comes with the certificate: checks on site, the life of a licence.
OF_LATER_STAGES = {
    *("institutions:check", "institutions:check_plan", "institutions:checker_add", "institutions:checker_drop"),
    *("institutions:check_finding", "institutions:check_sign", "institutions:check_settle"),
    *("institutions:check_rectified", "institutions:check_evidence", "institutions:licence_page"),
    *("institutions:renew", "institutions:life_begin", "institutions:life_case", "institutions:life_step"),
    *("institutions:life_evidence", "institutions:check_lacking"),
}
# Nobody gets further here while the application is rectified, in nobody's hands, its papers not typeset.
NOT_NOW = {
    *("documents:paper_file", "documents:preview", "workflow:hand_over", "institutions:demand_list"),
    *("institutions:commitment_breach", "institutions:informed", "institutions:route"),
}
METHODS = {"documents:upload": ("head", "put", "delete")}  # beside get and post, the rest
LINK = "parties:invitation"  # its token is the key
POSTED = {"version": 1, "reason": "越权", "role": "manager", "kept": "distinct", "decision": "take", "answer": "越权"}


@pytest.fixture
def objects(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """For each URL, the arguments that name an object of the first firm."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("apps.certifications.views.imports.wake", lambda batch_id: None)
    monkeypatch.setattr("apps.accounts.services.refusals._told_already", lambda *_attempt: False)
    boss = city.populate()
    firm = Membership.objects.get(user=boss).organisation
    asked = {"email": "own@example.org", "role": "member", "ends_on": None, "organisation_id": firm.pk}
    _made, token = invite(actor=Actor(label="x", user=boss), now=dt.datetime.now(dt.UTC), **asked)
    clerk = RoleGrant.objects.earliest("pk")
    Certificate.objects.update(division_code="520602")
    certificate, claim = Certificate.objects.filter(holder=firm).earliest("pk"), Claim.objects.get()
    Claim.objects.update(division_code="520602")
    batch, template = ImportBatch.objects.earliest("pk"), MessageTemplate.objects.earliest("pk")
    begun = {"key": "parties.claim", "title": "x", "path": "/x/", "saved_at": dt.datetime.now(dt.UTC)}
    by_prefix = {
        "portal:draft_discard": {"pk": Draft.objects.create(person_id=boss.pk, **begun).pk},
        "accounts:session_end": {"pk": 0},
        "accounts:grant_end": {"pk": clerk.pk},
        "accounts:": {"pk": clerk.user_id},
        "parties:membership": {"pk": Membership.objects.get(user=boss).pk},
        "parties:invitation_revoke": {"pk": Invitation.objects.earliest("pk").pk},
        "parties:invitation": {"token": token},
        "parties:claim_document": {"pk": claim.pk, "document_pk": ClaimDocument.objects.get().pk},
        "parties:claim": {"pk": claim.pk},
        "parties:merge": {"pk": MergeCandidate.objects.get().pk},
        "parties:": {"pk": firm.pk},
        "certifications:enter": {"shape": 1},
        "certifications:mismatch": {"pk": MismatchReport.objects.get().pk},
        "certifications:import_template": {"kind": "csv"},
        "certifications:import": {"pk": batch.pk},
        "certifications:conflict": {"pk": ImportConflict.objects.earliest("pk").pk},
        "certifications:": {"pk": certificate.pk},
        "notifications:rule": {"pk": ReminderRule.objects.earliest("pk").pk},
        "notifications:template": {"pk": template.pk},
        "notifications:mail": {"name": "x"},
        "notifications:": {"pk": Message.objects.filter(recipient=boss).earliest("pk").pk},
        "clock:day_edit": {"year": 2026, "month": 10, "day": 1},
        "clock:limit_edit": {"pk": 0},
        "audit:": {"pk": AuditEntry.objects.earliest("pk").pk},
    }
    wanted = [name for name in private() if not name.startswith(CASES)]
    found = {name: next((by_prefix[p] for p in by_prefix if name.startswith(p)), None) for name in wanted}
    missing = [name for name, arguments in found.items() if arguments is None]
    assert missing == [], "say above which object these addresses take"
    return {name: arguments for name, arguments in found.items() if arguments}


def private() -> list[str]:
    """Every address that takes an argument and is not for everybody."""
    closed = {name for name, row in table().items() if row.who not in ("anyone", "flow")}
    return [
        name
        for name, found in patterns()
        if found and name in closed and not name.startswith((*LIBRARY, BODIES, MATTERS, SCHEMES, TOKENS, WEBHOOKS))
    ]


@pytest.fixture
def laboratory(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Laboratory:
    """A laboratory of one county with one of everything."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("apps.accounts.services.refusals._told_already", lambda *_attempt: False)
    prepare()
    return Laboratory(factories.organisation("示例·甲检测", kind=OrganisationKind.INSTITUTION, division_code="520602"))


def visitor(who: str) -> User | None:
    """Somebody of another firm, or of another county."""
    if who == ANONYMOUS:
        return None
    if who == OUTSIDER:
        user = factories.person()
        factories.member(user, factories.organisation(division_code=ELSEWHERE))
        return user
    roles = BUSINESS if who == ALL_ROLES else [Role(who)]
    return factories.staff(*roles, at=factories.unit(ELSEWHERE, ELSEWHERE))


def written() -> Counter[str]:
    """What this transaction wrote so far, by table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return Counter({name: n for name, n in cursor.fetchall() if name not in BESIDE})


def concerned(name: str, who: str) -> bool:
    """Whether this visitor gets as far as the object, and it is none of their business."""
    row = table()[name]
    if name == LINK:
        return False
    if row.who != "staff":
        return True
    roles = set(BUSINESS) if who == ALL_ROLES else {who} & set(Role)
    return bool(row.permissions & permissions_of(roles)) and name not in EVERYWHERE


def attempt(client: Client, method: str, address: str) -> tuple[int, dict[str, int], int]:
    """The status, what was written elsewhere, and how many trail entries; then everything is as before."""
    with transaction.atomic():
        before, entries = written(), AuditEntry.objects.count()
        response = getattr(client, method)(address, POSTED if method == "post" else {})
        list(response)  # a file is closed when it was read
        status = response.status_code
        outcome = status, dict(written() - before), AuditEntry.objects.count() - entries
        transaction.set_rollback(True)
    return outcome


@pytest.mark.usefixtures("bare_refusals")
def test_a_foreign_object_is_refused_leaves_one_entry_and_changes_nothing(objects: dict[str, dict[str, Any]]) -> None:
    sweep(objects, [ANONYMOUS, OUTSIDER, *Role.values])


@pytest.mark.usefixtures("bare_refusals")
def test_a_foreign_laboratory_is_refused_leaves_one_entry_and_changes_nothing(laboratory: Laboratory) -> None:
    found = laboratory.arguments
    wanted = {name for name in private() if name.startswith(CASES)} - NO_OBJECT - OF_LATER_STAGES
    assert wanted ^ found.keys() == set(), "say in laboratory.py which object these addresses take"
    sweep(found, [ANONYMOUS, OUTSIDER, Role.REVIEW_EXPERT, ALL_ROLES])


def sweep(objects: dict[str, dict[str, Any]], visitors: list[str]) -> None:
    """Every visitor at every address."""
    wrong, met = [], Counter[int]()
    for who in visitors:
        client, user = Client(raise_request_exception=False), visitor(who)
        if user is not None:
            client.force_login(user)
        for name in [name for name in objects if concerned(name, who)]:
            address = reverse(name, kwargs=objects[name])
            for method in ("get", "post", *METHODS.get(name, ())):
                status, changed, told = attempt(client, method, address)
                fine = {302, 401, 405} if user is None else {403, 404, 405}
                if status not in fine or changed or told != (0 if user is None or status == 405 else 1):
                    wrong.append(f"{method} {name} as {who}: {status}, wrote {changed}, {told} entries")
                met[status] += 1
    assert wrong == []
    assert met[404] > 80, met


@pytest.mark.usefixtures("bare_refusals")
def test_the_addresses_name_what_is_there_for_those_whom_it_concerns(laboratory: Laboratory) -> None:
    """Without this, a refusal above might only say that there is nothing."""
    people = dict(laboratory.case.people)
    for role in (Role.LEADER, Role.SUPERVISOR, Role.APPROVER):
        people[role] = factories.staff(role)
    clients = {who: Client(raise_request_exception=False) for who in people}
    for who, client in clients.items():
        client.force_login(people[who])
    closed = set()
    for name, arguments in laboratory.arguments.items():
        address = reverse(name, kwargs=arguments)
        tries = ((client, method) for client in clients.values() for method in ("get", "post", *METHODS.get(name, ())))
        if all(attempt(client, method, address)[0] in (403, 404, 405) for client, method in tries):
            closed.add(name)
    assert closed == NOT_NOW


@pytest.mark.usefixtures("bare_refusals")
def test_a_part_of_anothers_is_not_reached_through_ones_own(laboratory: Laboratory) -> None:
    other = Laboratory(factories.organisation("示例·乙检测", kind=OrganisationKind.INSTITUTION, division_code="520602"))
    foreign, wrong, met = other.arguments, [], 0
    people = {**laboratory.case.people, Role.SUPERVISOR: factories.staff(Role.SUPERVISOR)}
    for who, user in people.items():
        client = Client(raise_request_exception=False)
        client.force_login(user)
        for name, arguments in laboratory.arguments.items():
            parts = {key: foreign[name][key] for key in arguments.keys() & {"row", "demand", "document", "member"}}
            for method in ("get", "post") if parts else ():
                address = reverse(name, kwargs={**arguments, **parts})
                status, changed, _told = attempt(client, method, address)
                if status not in (403, 404, 405) or changed:
                    wrong.append(f"{method} {name} as {who}: {status}, wrote {changed}")
                met += 1
    assert wrong == []
    assert met > 100


def test_an_invitation_for_another_address_admits_nobody_else(objects: dict[str, dict[str, Any]]) -> None:
    """The link shows what it is for; only the person whose address it was sent to may use it."""
    client = Client()
    client.force_login(factories.person())
    status, changed, told = attempt(client, "post", reverse(LINK, kwargs=objects[LINK]))
    assert (status, changed, told) == (409, {}, 1)
