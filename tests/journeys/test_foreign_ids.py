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
from apps.notifications.models import Message, MessageTemplate, ReminderRule
from apps.parties.models import ApiToken, Claim, ClaimDocument, Invitation, Membership, MergeCandidate, Organisation
from apps.parties.services.invitations import invite
from tests import factories
from tests.architecture.test_access import ANONYMOUS, OUTSIDER, patterns, table
from tests.journeys import city

pytestmark = pytest.mark.django_db
ELSEWHERE = "520621"
BESIDE = {"audit_auditentry", "accounts_usersession", "django_session"}
# Apps whose own tests look at foreign objects.
OTHERS = ("institutions", "documents", "workflow", "mfa_", "account_", "api")
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
}
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
    by_prefix = {
        "accounts:session_end": {"pk": 0},
        "accounts:grant_end": {"pk": clerk.pk},
        "accounts:": {"pk": clerk.user_id},
        "parties:membership": {"pk": Membership.objects.get(user=boss).pk},
        "parties:invitation_revoke": {"pk": Invitation.objects.earliest("pk").pk},
        "parties:invitation": {"token": token},
        "parties:claim_document": {"pk": claim.pk, "document_pk": ClaimDocument.objects.get().pk},
        "parties:claim": {"pk": claim.pk},
        "parties:merge": {"pk": MergeCandidate.objects.get().pk},
        "parties:token_revoke": {"pk": token_of(firm, boss).pk},
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
    private = {name for name, row in table().items() if row.who not in ("anyone", "flow")}
    wanted = [name for name, found in patterns() if found and name in private and not name.startswith(OTHERS)]
    found = {name: next((by_prefix[p] for p in by_prefix if name.startswith(p)), None) for name in wanted}
    missing = [name for name, arguments in found.items() if arguments is None]
    assert missing == [], "say above which object these addresses take"
    return {name: arguments for name, arguments in found.items() if arguments}


def token_of(firm: Organisation, boss: User) -> ApiToken:
    """A token of the firm, by a row of its own: no scope is offered to an enterprise yet."""
    now = dt.datetime.now(dt.UTC)
    named = {"name": "x", "prefix": "A" * 8, "digest": "x", "scopes": ["x"], "made_at": now, "expires_on": now.date()}
    return ApiToken.objects.create(organisation=firm, made_by=boss, **named)


def visitor(who: str) -> User | None:
    """Somebody of another firm, or of another county."""
    if who == ANONYMOUS:
        return None
    if who == OUTSIDER:
        user = factories.person()
        factories.member(user, factories.organisation(division_code=ELSEWHERE))
        return user
    return factories.staff(Role(who), at=factories.unit(ELSEWHERE, ELSEWHERE))


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
    return who in Role and bool(row.permissions & permissions_of({who})) and name not in EVERYWHERE


def attempt(client: Client, method: str, address: str) -> tuple[int, dict[str, int], int]:
    """The status, what was written elsewhere, and how many trail entries; then everything is as before."""
    with transaction.atomic():
        before, entries = written(), AuditEntry.objects.count()
        status = getattr(client, method)(address, POSTED if method == "post" else {}).status_code
        outcome = status, dict(written() - before), AuditEntry.objects.count() - entries
        transaction.set_rollback(True)
    return outcome


def test_a_foreign_object_is_refused_leaves_one_entry_and_changes_nothing(objects: dict[str, dict[str, Any]]) -> None:
    wrong, met = [], Counter[int]()
    for who in [ANONYMOUS, OUTSIDER, *Role.values]:
        client, user = Client(raise_request_exception=False), visitor(who)
        if user is not None:
            client.force_login(user)
        for name in [name for name in objects if concerned(name, who)]:
            address = reverse(name, kwargs=objects[name])
            for method in ("get", "post"):
                status, changed, told = attempt(client, method, address)
                fine = {302, 401, 405} if user is None else {403, 404, 405}
                if status not in fine or changed or told != (0 if user is None or status == 405 else 1):
                    wrong.append(f"{method} {name} as {who}: {status}, wrote {changed}, {told} entries")
                met[status] += 1
    assert wrong == []
    assert met[404] > 100, met


def test_an_invitation_for_another_address_admits_nobody_else(objects: dict[str, dict[str, Any]]) -> None:
    """The link shows what it is for; only the person whose address it was sent to may use it."""
    client = Client()
    client.force_login(factories.person())
    status, changed, told = attempt(client, "post", reverse(LINK, kwargs=objects[LINK]))
    assert (status, changed, told) == (409, {}, 1)
