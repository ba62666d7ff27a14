"""Two browsers open the same page and both send it: one wins, the other is told (409) and loses nothing of its text."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry
from apps.certifications.models import Certificate, ImportConflict
from apps.notifications.models import ReminderRule
from apps.parties.models import Claim, MergeCandidate
from tests import factories
from tests.journeys import city

pytestmark = pytest.mark.django_db
MINE = "第二个浏览器里写了很久的理由"


@pytest.fixture(autouse=True)
def _city(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    city.populate()


def browsers(*roles: Role) -> tuple[Client, Client]:
    """Two people of the same roles, each in a browser of their own."""
    found = Client(), Client()
    for client in found:
        client.force_login(factories.staff(*roles))
    return found


def conflict() -> tuple[str, dict[str, Any], tuple[Role, ...]]:
    found = ImportConflict.objects.filter(state="open").earliest("pk")
    told = {"version": found.version, "decision": "keep"}
    return reverse("certifications:conflict", args=[found.pk]), told, (Role.WINDOW_CLERK,)


def merge() -> tuple[str, dict[str, Any], tuple[Role, ...]]:
    found = MergeCandidate.objects.get()
    told = {"version": found.version, "kept": found.kept_id}
    return reverse("parties:merge_decide", args=[found.pk]), told, (Role.WINDOW_CLERK,)


def claim() -> tuple[str, dict[str, Any], tuple[Role, ...]]:
    found = Claim.objects.get()
    return reverse("parties:claim_refuse", args=[found.pk]), {"version": found.version}, (Role.WINDOW_CLERK,)


def status() -> tuple[str, dict[str, Any], tuple[Role, ...]]:
    found = Certificate.objects.earliest("pk")
    day = timezone.localdate() - dt.timedelta(days=1)
    told = {"version": found.version, "to": "revoked", "on": day.isoformat(), "reason_class": "nonconformity"}
    return reverse("certifications:record_status", args=[found.pk]), told, (Role.SUPERVISOR,)


def rule() -> tuple[str, dict[str, Any], tuple[Role, ...]]:
    found = ReminderRule.objects.earliest("pk")
    day = timezone.localdate().isoformat()
    told = {"version": found.version, "offsets": "90", "recipients": found.recipients, "channels": found.channels}
    told |= {"effective_from": day, "confirm": "1"}
    return reverse("notifications:rule_edit", args=[found.pk]), told, (Role.SUPERVISOR,)


@pytest.mark.parametrize("page", [conflict, merge, claim, status, rule])
def test_one_wins_and_the_other_is_told_and_loses_nothing(page: Callable[[], Any]) -> None:
    address, told, roles = page()
    first, second = browsers(*roles)
    texts = ("reason", "legal_basis", "note", "basis")
    won = first.post(address, {**told, **dict.fromkeys(texts, "先到者的理由")})
    assert won.status_code == 302, won.content.decode()[:3000]
    entries = AuditEntry.objects.count()
    lost = second.post(address, {**told, **dict.fromkeys(texts, MINE)})
    assert lost.status_code == 409, lost.content.decode()
    assert MINE in lost.content.decode()
    [trace] = AuditEntry.objects.order_by("pk")[entries:]
    assert trace.action == "accounts.act.refuse"
