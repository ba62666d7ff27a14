"""Every address of a certificate's life, asked and posted to by those whom it does not concern: 403 or 404, nothing
written. Another body, another enterprise, an auditor of the body who was not named, staff of another county, nobody."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.certifying.life_urls import urlpatterns
from apps.certifying.models import WatchFinding
from apps.core.calendar import today
from tests import factories
from tests.certifying.lifework import Life, body_with_people, ccc, prepare, qms
from tests.workflow.bodywork import colleague

pytestmark = pytest.mark.django_db
BESIDE = {"audit_auditentry", "accounts_usersession", "django_session"}
OPEN_LISTS = {"certificates", "late_acts"}  # of one's own, or one's scope: nothing of another's stands in them
POSTED = {"version": 1, "reason": "越权", "facts": "越权", "proposal": "do", "grade": "minor", "closing": "越权"}


class World:
    """A body's certificates with one of everything; and everybody whom they do not concern."""

    def __init__(self) -> None:
        body, people = body_with_people()
        receiving, _ = body_with_people("CNCA-R-2026-903")
        self.toy = Life("cert_suspend", "spot_check_failed", ccc(body), {**people})
        self.audit = Life("cert_watch", "surveillance", qms(body), {**people})
        self.audit.name_auditor()
        self.audit.take("planning", "plan", inputs={"planned_on": self.audit.in_days(3)})
        certificate = qms(body)
        asked = {"receiving_id": receiving.pk, "consent": True}
        self.moving = Life("cert_release", "transfer", certificate, {**people}, **asked)
        self.finding = WatchFinding.objects.create(
            case=self.audit.case,
            grade="minor",
            clause="8.5.1",
            text="示例",
            correct_by=today(self.audit.now),
            recorded_at=self.audit.now,
            recorded_by="示例",
        )
        self.people, self.body = people, body
        self.arguments = self._arguments()

    def _arguments(self) -> dict[str, dict[str, Any]]:
        toy, audit = self.toy.file.pk, self.audit.file.pk
        return {
            "certificate": {"pk": self.toy.certificate.pk},
            "factory_class": {"pk": self.toy.certificate.pk},
            "life_begin": {"pk": self.toy.certificate.pk, "process": "cert_cancel"},
            "life_case": {"pk": toy},
            "life_step": {"pk": audit, "step": "report"},
            "life_evidence": {"pk": toy},
            "finding_add": {"pk": audit},
            "finding_close": {"pk": audit, "row": self.finding.pk},
            "auditor_add": {"pk": audit},
            "auditor_drop": {"pk": audit, "row": self.people["audit"].pk},
            "transfer_history": {"pk": self.moving.file.pk},
        }

    def strangers(self) -> dict[str, User | None]:
        _other, theirs = body_with_people("CNCA-R-2026-904")
        outsider = factories.person()
        factories.member(outsider, factories.organisation())
        elsewhere = factories.unit("jiangkou", "520621", "branch")
        roles = [Role.WINDOW_CLERK, Role.REVIEWER, Role.APPROVER, Role.OFFICER, Role.LEADER, Role.SUPERVISOR]
        return {
            "nobody": None,
            "enterprise": outsider,
            "county": factories.staff(*roles, at=elsewhere),
            **{f"body:{duty}": user for duty, user in theirs.items()},
            "unnamed auditor": colleague(self.body, "audit"),
        }


@pytest.fixture
def world(settings, tmp_path, monkeypatch) -> World:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("apps.accounts.services.refusals._told_already", lambda *_attempt: False)
    prepare()
    return World()


def written() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return {name: n for name, n in cursor.fetchall() if name not in BESIDE}


def attempt(client: Client, method: str, address: str) -> tuple[int, set[tuple[str, int]]]:
    with transaction.atomic():
        before = written()
        response = getattr(client, method)(address, POSTED if method == "post" else {})
        changed = {(name, n) for name, n in written().items() if before.get(name, 0) != n}
        transaction.set_rollback(True)
    return response.status_code, changed


def test_every_address_is_tried(world: World) -> None:
    assert {pattern.name for pattern in urlpatterns} == {*world.arguments, *OPEN_LISTS}


def test_whom_it_does_not_concern_gets_nothing(world: World) -> None:
    wrong, met = [], 0
    for who, user in world.strangers().items():
        client = Client(raise_request_exception=False)
        if user is not None:
            client.force_login(user)
        for name, arguments in world.arguments.items():
            for method in ("get", "post"):
                status, changed = attempt(client, method, reverse(f"certifying:{name}", kwargs=arguments))
                fine = {302, 401, 405} if user is None else {403, 404, 405}
                if status not in fine or changed:
                    wrong.append(f"{method} {name} as {who}: {status}, wrote {changed}")
                met += status in (403, 404)
    assert wrong == []
    assert met > 100


def test_the_addresses_open_to_those_whom_they_concern(world: World) -> None:
    """Without this, a refusal above might only say that there is nothing."""
    receiving = User.objects.filter(duty_grants__organisation=world.moving.case.receiving).first()
    holder = world.toy.people["holder"]
    closed = set(world.arguments) - {"life_evidence", "auditor_drop"}  # posted to only
    for user in (*world.people.values(), holder, receiving):
        client = Client()
        client.force_login(user)
        for name in list(closed):
            if client.get(reverse(f"certifying:{name}", kwargs=world.arguments[name])).status_code == 200:
                closed.discard(name)
    assert closed == set()


def test_lists_hold_ones_own(world: World) -> None:
    for who, user in world.strangers().items():
        if user is None or who == "county":
            continue
        client = Client()
        client.force_login(user)
        shown = client.get(reverse("certifying:certificates")).content.decode()
        assert world.toy.certificate.number not in shown, who
        assert world.moving.certificate.number not in shown, who


def test_a_receiving_body_reads_by_consent_until_the_holder_withdraws(world: World) -> None:
    receiving = User.objects.filter(duty_grants__organisation=world.moving.case.receiving).first()
    client = Client()
    client.force_login(receiving)
    address = reverse("certifying:transfer_history", args=[world.moving.file.pk])
    assert client.get(address).status_code == 200
    assert client.get(reverse("certifying:certificate", args=[world.moving.certificate.pk])).status_code == 404
    assert client.get(reverse("certifying:life_case", args=[world.moving.file.pk])).status_code == 404
    world.moving.take("holder", "withdraw", reason="")
    assert client.get(address).status_code == 404
