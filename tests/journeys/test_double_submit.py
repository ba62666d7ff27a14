"""Attempt 62: the same form sent twenty times at once, each on its own connection, has exactly one effect.

One city for all forms, because emptying every table after each would cost more than the races themselves.
"""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.certifications.models import Certificate, ImportBatch, Source
from apps.parties.constants import MembershipRole
from apps.parties.models import Membership
from apps.parties.rules.codes import make_uscc
from tests import factories
from tests.certifications.importing import csv_bytes, read, row
from tests.journeys import city, test_two_browsers
from tests.parties.papers import upload

TIMES = 20
# Written for every request or by a refusal, not by the act.
BESIDE = {"audit.AuditEntry", "accounts.UserSession", "sessions.Session", "core.JobRun"}


@dataclass(frozen=True, slots=True)
class Form:
    """`made` is what one sending adds to the tables, `action` the one trail entry that it leaves."""

    user: User | None
    address: str
    data: Callable[[], dict[str, Any]]
    action: str
    made: dict[str, int]


def import_confirmed() -> Form:
    batch: ImportBatch = read(csv_bytes([row(certNumber="D1")]))
    address = reverse("certifications:import_confirm", args=[batch.pk])
    clerk = factories.staff(Role.WINDOW_CLERK)
    return Form(clerk, address, lambda: {"version": batch.version}, "certifications.import.confirm", {})


def mismatch_reported() -> Form:
    address = reverse("portal:certificate_report", args=[Certificate.objects.earliest("pk").token])
    told = {"description": "证书上的名称与厂房不符", "place": "碧江区", "contact": "示例"}
    made = {"certifications.MismatchReport": 1}
    return Form(None, address, lambda: told, "certifications.mismatch.report", made)


def claim_handed_in() -> Form:
    told = {"uscc": make_uscc("520621", "MA7000D1"), "organisation_name": "示例·江口茶业", "position": "经理"}
    made = {"parties.Claim": 1, "parties.ClaimDocument": 1}
    user = factories.person()
    return Form(
        user, reverse("parties:claim_new"), lambda: {**told, "documents": [upload()]}, "parties.claim.submit", made
    )


def person_invited() -> Form:
    boss = Membership.objects.filter(role=MembershipRole.MANAGER).earliest("pk")
    told = {"email": "twice@example.org", "role": "member", "ends_on": ""}
    made = {"parties.Invitation": 1, "notifications.Message": 1}
    address = reverse("parties:invite", args=[boss.organisation_id])
    return Form(boss.user, address, lambda: told, "parties.invitation.send", made)


def status_recorded() -> Form:
    address, told, roles = test_two_browsers.status()
    made = {"certifications.StatusChange": 1, "audit.PublicFact": 1}
    data = {**told, "reason": "跟踪检查", "legal_basis": "", "note": ""}
    return Form(factories.staff(*roles), address, lambda: data, "certifications.certificate.change_status", made)


def certificate_entered() -> Form:
    Source.objects.get_or_create(code="manual", defaults={"name": "人工登记", "cadence_days": 365, "authority": 9})
    told = {
        "project": "A010101",
        "body": factories.body("CNCA-R-2026-962").pk,
        "number": "00126QD0001R0S",
        "issued_on": "2026-03-18",
        "valid_from": "2026-03-18",
        "valid_to": "2029-03-17",
        "new_name": "示例·两次点击茶业有限公司",
        "new_uscc": make_uscc("520602", "MA7000D2"),
        "new_division_code": "",
        "new_kind": "enterprise",
    }
    names = ("Certificate", "CertificatePeriod", "StatusChange", "ManagementDetail")
    made = {f"certifications.{name}": 1 for name in names}
    made |= {"audit.PublicFact": 1, "parties.Organisation": 1, "parties.OrganisationName": 1}
    clerk = factories.staff(Role.WINDOW_CLERK)
    address = reverse("certifications:enter", args=[1])
    return Form(clerk, address, lambda: told, "certifications.certificate.record", made)


def rule_edited() -> Form:
    address, told, roles = test_two_browsers.rule()
    made = {"notifications.ReminderRule": 1}
    return Form(factories.staff(*roles), address, lambda: told, "notifications.rule.edit", made)


FORMS = [
    import_confirmed,
    mismatch_reported,
    claim_handed_in,
    person_invited,
    status_recorded,
    certificate_entered,
    rule_edited,
]


def counts() -> Counter[str]:
    ours = [model for model in apps.get_models() if model.__module__.startswith("apps.")]
    return Counter({model._meta.label: model._default_manager.count() for model in ours})


def send_at_once(form: Form) -> Counter[int]:
    """The status codes of TIMES answers. One session for all: it is one person with one impatient finger."""
    first = Client()
    if form.user is not None:
        first.force_login(form.user)
    start, answers = threading.Barrier(TIMES), []

    def send() -> None:
        client = Client(raise_request_exception=False)
        client.cookies = first.cookies
        data = form.data()
        start.wait(20)
        try:
            answers.append(client.post(form.address, data).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _n in range(TIMES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return Counter(answers)


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_have_one_effect(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("apps.certifications.views.imports.wake", lambda batch_id: None)
    city.populate()
    wrong: dict[str, Any] = {}
    for make in FORMS:
        form = make()
        before, trail = counts(), AuditEntry.objects.filter(action=form.action)
        entries = trail.count()
        answers = send_at_once(form)
        added = {name: n for name, n in (counts() - before).items() if name not in BESIDE}
        if added != form.made or trail.count() != entries + 1 or set(answers) - {302, 409, 422} or not answers[302]:
            wrong[make.__name__] = (dict(answers), added, trail.count() - entries)
    assert wrong == {}
