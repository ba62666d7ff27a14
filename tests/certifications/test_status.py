"""Recording a move of the status: legal ones only, once, in scope, against the version that was read."""

import datetime as dt
import json
import threading
from typing import Any

import pytest
from django.db import connections

from apps.accounts.constants import Role
from apps.accounts.selectors import actor_for
from apps.audit.models import AuditEntry, PublicFact
from apps.certifications.constants import ReasonClass, Shape, Status
from apps.certifications.models import Certificate, StatusChange
from apps.certifications.services.status import change_status
from apps.core.actors import Actor
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from tests import factories

NOW = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 20)
SYSTEM = Actor.system("test")


def move(certificate: Certificate, to: str = Status.SUSPENDED, **fields: Any) -> StatusChange:
    defaults: dict[str, Any] = {
        "actor": SYSTEM,
        "now": NOW,
        "certificate_id": certificate.pk,
        "to": to,
        "on": DAY,
        "reason_class": ReasonClass.NONCONFORMITY,
        "until": dt.date(2027, 5, 20) if to == Status.SUSPENDED else None,
        "version": None,
    }
    return change_status(**{**defaults, **fields})


@pytest.mark.django_db
def test_a_suspension_is_written_to_history_certificate_trail_and_public_facts() -> None:
    certificate = factories.certificate()
    clerk = factories.staff(Role.SUPERVISOR)
    change = move(certificate, actor=actor_for(clerk), reason="监督审核未通过", version=1)
    certificate.refresh_from_db()
    assert (certificate.status, certificate.status_since) == (Status.SUSPENDED, DAY)
    assert (certificate.suspended_until, certificate.version) == (dt.date(2027, 5, 20), 2)
    assert (change.n, change.from_status, change.source_code) == (2, Status.VALID, "manual")
    assert "第二十六条" in change.legal_basis
    assert change.recorded_by == str(clerk)
    entry = AuditEntry.objects.get(action="certifications.certificate.change_status")
    assert (entry.before["status"], entry.after["status"], entry.reason) == ("valid", "suspended", "监督审核未通过")
    fact = PublicFact.objects.get(kind="certificate.status")
    assert json.loads(fact.payload)["pub"] == {
        "from": "valid",
        "on": "2026-11-20",
        "reason": "nonconformity",
        "to": "suspended",
        "until": "2027-05-20",
    }


@pytest.mark.django_db
def test_restored_within_the_period_it_is_valid_and_surveillance_counts_again() -> None:
    certificate = factories.certificate()
    move(certificate)
    certificate.refresh_from_db()
    assert certificate.surveillance_due == dt.date(2027, 1, 15)
    move(certificate, Status.VALID, reason_class=ReasonClass.CORRECTED, on=dt.date(2026, 11, 22))
    certificate.refresh_from_db()
    assert (certificate.status, certificate.suspended_until) == (Status.VALID, None)


@pytest.mark.django_db
def test_revoking_twice_is_refused_and_leaves_one_notice() -> None:
    certificate = factories.certificate()
    move(certificate, Status.REVOKED)
    with pytest.raises(Refused) as refused:
        move(certificate, Status.REVOKED)
    assert refused.value.code == "illegal_move"
    assert certificate.status_changes.count() == 2
    assert PublicFact.objects.filter(kind="certificate.status").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("ended", [Status.REVOKED, Status.CANCELLED, Status.EXPIRED])
@pytest.mark.parametrize("to", [Status.VALID, Status.SUSPENDED])
def test_nothing_leads_back_from_an_end(ended: str, to: str) -> None:
    certificate = factories.certificate(status=ended)
    with pytest.raises(Refused):
        move(certificate, to)
    certificate.refresh_from_db()
    assert certificate.status == ended


@pytest.mark.django_db
def test_expiry_is_the_calendars_not_a_persons() -> None:
    with pytest.raises(Refused):
        move(factories.certificate(), Status.EXPIRED, reason_class=ReasonClass.EXPIRED)


@pytest.mark.django_db
def test_after_the_last_day_it_is_expired_even_before_the_sweep_but_an_earlier_act_is_still_recorded() -> None:
    certificate = factories.certificate(valid_to=dt.date(2026, 11, 21))
    with pytest.raises(Refused):
        move(certificate, Status.REVOKED, on=dt.date(2026, 11, 22))
    move(certificate, Status.REVOKED, on=dt.date(2026, 11, 20))
    certificate.refresh_from_db()
    assert certificate.status == Status.REVOKED


@pytest.mark.django_db
def test_all_problems_come_at_once() -> None:
    certificate = factories.certificate()
    with pytest.raises(ProblemsFound) as found:
        move(certificate, on=dt.date(2026, 11, 25), until=None, reason_class=ReasonClass.CORRECTED)
    assert [problem.code for problem in found.value.problems] == ["reason_not_allowed", "future", "until_missing"]
    assert all(problem.rule and problem.remedy for problem in found.value.problems)
    assert certificate.status_changes.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("until", "shape", "seasonal", "allowed"),
    [
        (dt.date(2027, 5, 20), Shape.MANAGEMENT, False, True),
        (dt.date(2027, 5, 21), Shape.MANAGEMENT, False, False),
        (DAY, Shape.MANAGEMENT, False, False),
        (dt.date(2027, 11, 20), Shape.CCC, True, True),
        (dt.date(2027, 11, 20), Shape.CCC, False, False),
        (dt.date(2027, 11, 21), Shape.CCC, True, False),
    ],
)
def test_a_suspension_has_a_longest_term(until: dt.date, shape: int, seasonal: bool, allowed: bool) -> None:
    certificate = factories.certificate(shape=shape)
    if allowed:
        move(certificate, until=until, seasonal=seasonal)
    else:
        with pytest.raises(ProblemsFound, match="暂停期限"):
            move(certificate, until=until, seasonal=seasonal)


@pytest.mark.django_db
def test_a_date_before_the_last_change_is_a_problem() -> None:
    with pytest.raises(ProblemsFound, match="早于上一次"):
        move(factories.certificate(), on=dt.date(2026, 1, 14), until=dt.date(2026, 6, 1))


@pytest.mark.django_db
def test_somebody_elses_change_is_noticed() -> None:
    certificate = factories.certificate()
    move(certificate, version=1)
    with pytest.raises(StaleVersion):
        move(certificate, Status.REVOKED, version=1)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.WINDOW_CLERK, Role.SUPERVISOR)])
def test_other_roles_record_nothing(role: Role) -> None:
    certificate = factories.certificate()
    with pytest.raises(Refused) as refused:
        move(certificate, actor=actor_for(factories.staff(role)))
    assert refused.value.code == "permission"
    assert refused.value.code == "permission"
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_staff_of_another_county_record_nothing() -> None:
    certificate = factories.certificate()  # 520602
    elsewhere = factories.staff(Role.SUPERVISOR, at=factories.unit("520621", "520621"))
    with pytest.raises(Refused) as refused:
        move(certificate, actor=actor_for(elsewhere))
    assert refused.value.code == "out_of_scope"


@pytest.mark.django_db(transaction=True)
def test_of_eight_revocations_at_once_one_is_written() -> None:
    certificate = factories.certificate()
    results: list[str] = []
    barrier = threading.Barrier(8)

    def revoke() -> None:
        barrier.wait()
        try:
            move(certificate, Status.REVOKED, version=1)
            results.append("written")
        except Refused as refused:
            results.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=revoke) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(results) == ["stale_version"] * 7 + ["written"]
    assert certificate.status_changes.count() == 2
    assert PublicFact.objects.filter(subject_id=str(certificate.pk)).count() == 1
