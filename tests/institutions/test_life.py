"""A licence after issue: revoked, cancelled, ordered to rectify, lifted, expired; who is barred; what is public."""

import datetime as dt
from typing import Any

import pytest
from django.db import InternalError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry, PublicFact
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import ProblemsFound, Refused
from apps.documents.models import GeneratedDocument
from apps.institutions.licence_constants import BarKind, Cause, RecordKind
from apps.institutions.models import Bar, Institution, Licence, RouteRecord
from apps.institutions.selectors.life import application_bars, public_licence, standing_of
from apps.institutions.selectors.route_records import entries_on
from apps.institutions.services import licence_life
from apps.institutions.services.licence_life import Decision
from tests import factories
from tests.institutions.casework import Case, prepare
from tests.parties.test_merges import merge

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


@pytest.fixture
def licence() -> Licence:
    case = Case().to("decided")
    Licence.objects.filter(pk=case.licence.pk).update(sealed_at=case.now)
    return case.licence


def decided(cause: Cause, on: dt.date, **more: Any) -> Decision:
    facts = {"decided_by": "示例市场监督管理局", "number": "示例撤〔2026〕3号", "reason": "查明的事实"}
    return Decision(cause=cause, on=on, **{**facts, **more})


def act(name: str, licence: Licence, now: dt.datetime, decision: Decision):
    return getattr(licence_life, name)(actor=SYSTEM, now=now, licence_id=licence.pk, decision=decision)


def now_of(licence: Licence) -> dt.datetime:
    return licence.sealed_at or timezone.now()


def test_a_fraud_is_revoked_and_bars_for_three_years(licence: Licence) -> None:
    now = now_of(licence)
    row = act("revoke", licence, now, decided(Cause.FRAUD, today(now)))
    licence.refresh_from_db()
    assert (licence.status, licence.status_since, licence.version) == ("revoked", today(now), 2)
    assert (row.from_status, row.to_status, row.basis) == ("valid", "revoked", "《行政许可法》第六十九条第二款")
    barred = Bar.objects.get()
    assert (barred.kind, barred.article) == (BarKind.FRAUD, "《行政许可法》第七十九条")
    fact = PublicFact.objects.filter(kind="cma.status").latest("pk").payload
    assert "示例撤〔2026〕3号" in fact
    assert '"status":"revoked"' in fact
    assert AuditEntry.objects.filter(action="institutions.licence.revoke", subject_id=licence.number).exists()
    said = application_bars(licence.organisation_id, "first", barred.ends_on)
    assert len(said) == 1
    for part in ("示例撤〔2026〕3号", "第七十九条", barred.ends_on.isoformat()):
        assert part in said[0]
    assert application_bars(licence.organisation_id, "first", barred.ends_on + dt.timedelta(days=1)) == []
    assert application_bars(licence.organisation_id, "name", today(now)) == []


def test_a_barred_institution_cannot_hand_in(licence: Licence) -> None:
    now = now_of(licence)
    act("revoke", licence, now, decided(Cause.FRAUD, today(now)))
    with pytest.raises(ProblemsFound, match="示例撤〔2026〕3号"):
        Case("first", lab=licence.organisation).to("submitted")


def test_outside_matters_of_safety_nothing_is_barred(licence: Licence) -> None:
    now = now_of(licence)
    act("revoke", licence, now, decided(Cause.FRAUD, today(now), safety=False))
    assert not Bar.objects.exists()


def test_an_order_is_lifted(licence: Licence) -> None:
    now = now_of(licence)
    act("order_rectification", licence, now, decided(Cause.CONDITIONS, today(now)))
    standing = standing_of(Licence.objects.get(), today(now))
    assert (standing.status, standing.tone) == ("rectifying", "due")
    assert standing.by is not None
    with pytest.raises(Refused):
        act("order_rectification", licence, now, decided(Cause.CONDITIONS, today(now)))
    act("lift", licence, now, decided(Cause.CORRECTED, today(now)))
    assert Licence.objects.get().status == "valid"
    assert [row.kind for row in licence.changes.order_by("n")] == ["granted", "rectifying", "lifted"]


@pytest.mark.parametrize("cause", [Cause.UNRENEWED, Cause.ENDED, Cause.FRAUD])
def test_a_valid_licence_is_not_cancelled_on_a_cause_that_is_not_so(licence: Licence, cause: Cause) -> None:
    with pytest.raises(Refused):
        act("cancel", licence, now_of(licence), decided(cause, today(now_of(licence))))
    assert Licence.objects.get().status == "valid"


def test_an_act_after_the_last_day_finds_the_licence_expired(licence: Licence) -> None:
    """The sweep has not come by: the act writes the expiry first, so that the history has no gap."""
    after = now_of(licence) + dt.timedelta(days=366 * 7)
    assert standing_of(licence, today(after)).status == "expired"
    with pytest.raises(Refused):
        act("order_rectification", licence, after, decided(Cause.CONDITIONS, today(after)))
    act("cancel", licence, after, decided(Cause.UNRENEWED, today(after)))
    rows = list(licence.changes.order_by("n").values_list("from_status", "to_status"))
    assert rows == [("", "valid"), ("valid", "expired"), ("expired", "cancelled")]
    assert licence.changes.get(kind="expired").on == licence.valid_to + dt.timedelta(days=1)


def test_the_database_refuses_a_status_that_no_act_explains(licence: Licence) -> None:
    with pytest.raises(InternalError, match="no act explains"), transaction.atomic():
        Licence.objects.update(status="revoked")
    assert Licence.objects.get().status == "valid"


def test_the_public_pages_say_what_when_and_by_whom(licence: Licence) -> None:
    now = now_of(licence)
    lab = Institution.objects.get(organisation=licence.organisation)
    lab.cma_number, lab.cma_from, lab.cma_to = "200012340001", dt.date(2020, 1, 1), dt.date(2099, 1, 1)
    lab.save()
    act("revoke", licence, now, decided(Cause.FRAUD, today(now)))
    for page in (
        reverse("institutions:certificate", args=[licence.token]),
        reverse("portal:institution", args=[lab.token]),
    ):
        body = Client().get(page).content.decode()
        for part in ("已被撤销", licence.number, "示例撤〔2026〕3号", "第六十九条第二款"):
            assert part in body, (page, part)
        assert "200012340001" not in body


def test_a_bar_outlives_the_merge_of_two_records(licence: Licence) -> None:
    now = now_of(licence)
    act("revoke", licence, now, decided(Cause.FRAUD, today(now)))
    kept = factories.organisation("示例·另一条记录")
    merge(kept, licence.organisation)
    assert application_bars(kept.pk, "first", today(now)) != []
    assert Licence.objects.get(pk=licence.pk).organisation_id == kept.pk


def test_a_decision_on_the_route_outlives_the_merge_of_two_records(licence: Licence) -> None:
    kept, on = factories.organisation("示例·另一条记录"), today(now_of(licence))
    RouteRecord.objects.create(
        organisation=licence.organisation,
        kind=RecordKind.PENALTY,
        decision_number="示市监罚〔2026〕9号",
        authority="示例·市场监督管理局",
        decided_on=on,
        summary="出具不实检验检测报告",
        source="移送函",
        entered_by=factories.staff(Role.SUPERVISOR),
        entered_at=now_of(licence),
    )
    merge(kept, licence.organisation)
    assert [entry.number for entry in entries_on(kept.pk, on)] == ["示市监罚〔2026〕9号"]


def test_the_public_page_shows_the_licence_in_force_before_a_later_one(licence: Licence) -> None:
    on = today(now_of(licence))
    later = Licence.objects.get()
    later.pk, later.number, later.token = None, "262412340999", "later"
    later.valid_from, later.valid_to = licence.valid_to + dt.timedelta(days=1), licence.valid_to + dt.timedelta(days=99)
    later.save()
    shown = public_licence(licence.organisation_id, on)
    assert shown is not None
    assert shown.licence.number == licence.number
    shown = public_licence(licence.organisation_id, later.valid_from)
    assert shown is not None
    assert shown.licence.number == "262412340999"


@pytest.mark.parametrize(("given", "barred"), [("safety", True), ("other", False), ("", False)])
def test_false_material_bars_for_a_year_where_safety_is_at_stake(given: str, barred: bool) -> None:
    case = Case().to("proposed")
    case.take(Role.APPROVER, "refuse", reason="校准证书不实", inputs={"false_material": given})
    assert Bar.objects.exists() == barred
    said = application_bars(case.lab.pk, "first", today(case.now))
    assert [part in said[0] for part in ("第七十八条", case.file.number)] == [True, True] if barred else said == []
    basis = GeneratedDocument.objects.get(template="decision_refusal").params["basis"]
    assert any("第七十八条" in article for article in basis) == bool(given)


def test_false_material_is_one_of_three_things() -> None:
    case = Case().to("submitted")
    with pytest.raises(ProblemsFound, match="选项"):
        case.take(Role.WINDOW_CLERK, "not_accept", reason="材料不实", inputs={"false_material": "perhaps"})
    case.take(Role.WINDOW_CLERK, "not_accept", reason="材料不实", inputs={"false_material": "safety"})
    with pytest.raises(ProblemsFound, match="第七十八条"):
        Case(lab=case.lab).to("submitted")
