"""Entering, renewing, auditing and correcting one certificate; reports of a mismatch; merging its parties."""

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest

from apps.accounts.constants import Role
from apps.accounts.selectors import actor_for
from apps.audit.models import AuditEntry, PublicFact
from apps.certifications.constants import MismatchState, PeriodKind, ReasonClass, Shape, Status, SurveillanceResult
from apps.certifications.models import CccDetail, Certificate
from apps.certifications.services.file import add_period, correct_certificate, record_surveillance, set_sites
from apps.certifications.services.mismatches import handle_mismatch, report_mismatch
from apps.certifications.services.records import (
    CertificateData,
    DetailData,
    LineData,
    SiteData,
    record_certificate,
)
from apps.core.actors import Actor
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.parties.merging import movers
from apps.parties.services.bans import record_ban
from tests import factories

NOW = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
SYSTEM = Actor.system("test")

pytestmark = pytest.mark.django_db


def data(**fields: Any) -> CertificateData:
    factories.source("manual")
    defaults: dict[str, Any] = {
        "body": fields.get("body") or factories.body("CNCA-R-2026-777"),
        "holder": fields.get("holder") or factories.organisation(),
        "number": "00126Q10097R1S",
        "project": factories.project(),
        "issued_on": dt.date(2026, 3, 18),
        "valid_from": dt.date(2026, 3, 18),
        "valid_to": dt.date(2029, 3, 17),
        "scope": "绿茶的种植与加工",
    }
    return CertificateData(**{**defaults, **fields})


def record(**fields: Any) -> Certificate:
    return record_certificate(actor=SYSTEM, now=NOW, data=data(**fields))


def test_a_record_brings_its_period_status_surveillance_trail_and_fact() -> None:
    clerk = factories.staff(Role.WINDOW_CLERK)
    made = record_certificate(
        actor=actor_for(clerk),
        now=NOW,
        data=data(number=" 00126q10097r1s ", sites=(SiteData("示例路1号"),), detail=DetailData(headcount=35)),
    )
    made.refresh_from_db()
    assert (made.number, made.number_key) == ("00126q10097r1s", "00126Q10097R1S")
    assert (made.status, made.surveillance_due) == (Status.VALID, dt.date(2027, 3, 18))
    assert made.holder_name == made.holder.name
    assert made.division_code == "520602"
    assert made.periods.get().kind == PeriodKind.INITIAL
    assert made.status_changes.get().reason_class == ReasonClass.INITIAL
    assert made.sites.get().address == "示例路1号"
    assert made.management.headcount == 35
    assert AuditEntry.objects.get().action == "certifications.certificate.record"
    fact = json.loads(PublicFact.objects.get().payload)
    assert fact["pub"]["number"] == "00126q10097r1s"
    assert fact["pub"]["body"] == "CNCA-R-2026-777"


def test_a_paper_that_has_run_out_is_entered_as_expired() -> None:
    made = record(valid_to=dt.date(2026, 11, 23))
    assert (made.status, made.status_since) == (Status.EXPIRED, dt.date(2026, 11, 24))


def test_one_number_stands_once_under_one_body_and_may_stand_under_another() -> None:
    first = data()
    record_certificate(actor=SYSTEM, now=NOW, data=first)
    with pytest.raises(ProblemsFound, match="已经登记"):
        record_certificate(actor=SYSTEM, now=NOW, data=dataclasses.replace(first, number="００１２６q10097 R1S"))
    record_certificate(actor=SYSTEM, now=NOW, data=dataclasses.replace(first, body=factories.body("CNCA-R-2026-778")))
    assert Certificate.objects.count() == 2


def test_every_fault_of_a_record_is_named_at_once() -> None:
    with pytest.raises(ProblemsFound) as found:
        record(
            body=factories.organisation(),
            number="  ",
            issued_on=dt.date(2026, 11, 25),
            valid_from=dt.date(2026, 12, 1),
            valid_to=dt.date(2026, 11, 30),
        )
    codes = [problem.code for problem in found.value.problems]
    assert codes == ["number_length", "issued_in_future", "period_backwards", "not_a_body"]
    assert not Certificate.objects.exists()


def test_the_four_shapes_keep_their_details() -> None:
    body = factories.body("CNCA-R-2026-790")
    factory = factories.organisation()
    ccc = record(
        body=body,
        project=factories.project("B0101", Shape.CCC),
        number="2026010702358369",
        detail=DetailData(factory=factory, product_code="0702", product_name="电风扇", models_text="FS40"),
    )
    food = record(
        body=body,
        project=factories.project("B0301", Shape.FOOD),
        number="790OP2600001",
        detail=DetailData(lines=(LineData("绿茶", "示例村"), LineData("红茶"))),
    )
    industrial = record(
        body=body,
        project=factories.project("B0401", Shape.INDUSTRIAL),
        number="79026P000001",
        detail=DetailData(product_name="配电箱", mode="型式试验"),
    )
    assert (ccc.ccc.applicant, ccc.ccc.factory) == (ccc.holder, factory)
    assert sorted(food.product_lines.values_list("product", flat=True)) == ["红茶", "绿茶"]
    assert industrial.industrial.product_name == "配电箱"


def test_a_ccc_number_has_sixteen_digits() -> None:
    with pytest.raises(ProblemsFound):
        record(project=factories.project("B0101", Shape.CCC), number="20260107023583")


def test_a_sole_traders_code_is_not_published() -> None:
    record(holder=factories.organisation("示例·张某茶庄", kind="sole_trader", uscc="92520602MA6DL0011X"))
    assert json.loads(PublicFact.objects.get().payload)["pub"]["holder"] is None


def renew(certificate: Certificate, **fields: Any) -> Any:
    defaults: dict[str, Any] = {
        "actor": SYSTEM,
        "now": NOW,
        "certificate_id": certificate.pk,
        "issued_on": dt.date(2026, 11, 20),
        "valid_from": dt.date(2026, 11, 20),
        "valid_to": dt.date(2029, 11, 19),
        "version": None,
    }
    return add_period(**{**defaults, **fields})


def test_recertification_adds_a_period_under_the_unchanged_number() -> None:
    certificate = factories.certificate(issued_on=dt.date(2023, 11, 25))
    period = renew(certificate)
    certificate.refresh_from_db()
    assert (period.n, period.kind) == (2, PeriodKind.RECERTIFICATION)
    assert (certificate.valid_from, certificate.valid_to) == (dt.date(2026, 11, 20), dt.date(2029, 11, 19))
    assert certificate.status_changes.count() == 1
    assert PublicFact.objects.get().kind == "certificate.renewed"


def test_a_late_recertification_tells_of_the_gap() -> None:
    certificate = factories.certificate(issued_on=dt.date(2023, 1, 1), valid_to=dt.date(2026, 10, 31))
    renew(certificate)
    certificate.refresh_from_db()
    moves = certificate.status_changes.order_by("n").values_list("from_status", "to_status", "on")
    assert list(moves)[1:] == [
        ("valid", "expired", dt.date(2026, 11, 1)),
        ("expired", "valid", dt.date(2026, 11, 20)),
    ]
    assert certificate.status == Status.VALID


def test_a_suspended_certificate_is_valid_after_recertification_and_a_revoked_one_has_none() -> None:
    suspended = factories.certificate(status=Status.SUSPENDED, issued_on=dt.date(2023, 12, 1))
    renew(suspended)
    suspended.refresh_from_db()
    assert (suspended.status, suspended.suspended_until) == (Status.VALID, None)
    with pytest.raises(Refused) as refused:
        renew(factories.certificate(status=Status.REVOKED))
    assert refused.value.code == "ended"


def test_a_renewal_must_reach_further() -> None:
    with pytest.raises(ProblemsFound, match="没有超过"):
        renew(factories.certificate(issued_on=dt.date(2026, 10, 1), valid_to=dt.date(2029, 11, 19)))


def audit_visit(certificate: Certificate, **fields: Any) -> Any:
    defaults: dict[str, Any] = {
        "actor": SYSTEM,
        "now": NOW,
        "certificate_id": certificate.pk,
        "activity": "第一次监督审核",
        "on": dt.date(2026, 11, 1),
        "result": SurveillanceResult.CONFORMING,
        "version": None,
    }
    return record_surveillance(**{**defaults, **fields})


def test_the_next_surveillance_counts_from_the_last_that_took_place() -> None:
    certificate = factories.certificate(issued_on=dt.date(2026, 1, 15))
    audit_visit(certificate)
    certificate.refresh_from_db()
    assert certificate.surveillance_due == dt.date(2027, 11, 1)
    audit_visit(certificate, on=dt.date(2026, 11, 20), result=SurveillanceResult.MISSED)
    certificate.refresh_from_db()
    assert certificate.surveillance_due == dt.date(2027, 11, 1)
    assert AuditEntry.objects.filter(action="certifications.certificate.record_surveillance").count() == 2


def test_nobody_barred_stands_in_an_audit_team() -> None:
    ban = record_ban(actor=SYSTEM, now=NOW, facts=factories.ban_facts(person_name="示例戊"))
    certificate = factories.certificate(issued_on=dt.date(2026, 1, 15))
    with pytest.raises(ProblemsFound, match=f"audit_team.*{ban.decision_number}.*2035-02-28"):
        audit_visit(certificate, audit_team="示例乙（组长）、示例戊")
    audit_visit(certificate, audit_team="示例乙（组长）")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"on": dt.date(2026, 11, 25)}, "future"),
        ({"on": dt.date(2026, 1, 1)}, "before_issue"),
        ({"activity": "  "}, "activity_missing"),
    ],
)
def test_faulty_surveillance_is_refused(fields: dict[str, Any], code: str) -> None:
    certificate = factories.certificate(first_issued_on=dt.date(2026, 1, 15))
    with pytest.raises(ProblemsFound) as found:
        audit_visit(certificate, **fields)
    assert [problem.code for problem in found.value.problems] == [code]


def correct(certificate: Certificate, changes: dict[str, Any], **fields: Any) -> Certificate:
    defaults: dict[str, Any] = {
        "actor": SYSTEM,
        "now": NOW,
        "certificate_id": certificate.pk,
        "changes": changes,
        "reason": "证书原件",
        "version": None,
    }
    return correct_certificate(**{**defaults, **fields})


def test_a_correction_keeps_before_and_after_and_mends_the_period_and_the_search() -> None:
    certificate = factories.certificate(scope="绿茶")
    last = dt.date(2029, 1, 31)
    correct(certificate, {"scope": "抹茶的加工", "valid_to": last, "holder_name": certificate.holder_name})
    certificate.refresh_from_db()
    assert "抹茶" in certificate.search_text
    assert certificate.periods.get().valid_to == last
    entry = AuditEntry.objects.get(action="certifications.certificate.correct")
    assert set(entry.before) == {"scope", "valid_to"}
    assert (entry.before["scope"], entry.after["valid_to"]) == ("绿茶", "2029-01-31")
    assert json.loads(PublicFact.objects.get().payload)["pub"]["corrected"] == ["scope", "valid_to"]


def test_a_correction_needs_a_reason_and_a_change() -> None:
    with pytest.raises(ProblemsFound) as found:
        correct(factories.certificate(scope="绿茶"), {"scope": "绿茶"}, reason=" ")
    assert [problem.code for problem in found.value.problems] == ["reason_missing", "nothing_changed"]


def test_a_corrected_number_must_be_free() -> None:
    first = factories.certificate()
    second = factories.certificate(body=first.body)
    with pytest.raises(ProblemsFound, match="已有这一编号"):
        correct(second, {"number": first.number.lower()})


def test_status_and_owner_can_be_corrected_by_nobody() -> None:
    with pytest.raises(AssertionError):
        correct(factories.certificate(), {"status": Status.VALID})


def test_sites_are_replaced_with_a_reason() -> None:
    certificate = factories.certificate()
    set_sites(
        actor=SYSTEM,
        now=NOW,
        certificate_id=certificate.pk,
        sites=[SiteData("甲路1号"), SiteData("乙路2号")],
        reason="附件更新",
        version=1,
    )
    assert certificate.sites.count() == 2
    with pytest.raises(StaleVersion):
        set_sites(actor=SYSTEM, now=NOW, certificate_id=certificate.pk, sites=[], reason="再改", version=1)
    with pytest.raises(ProblemsFound) as found:
        set_sites(actor=SYSTEM, now=NOW, certificate_id=certificate.pk, sites=[SiteData(" ")], reason="", version=2)
    assert [problem.place for problem in found.value.problems] == ["sites-1", "reason"]


def test_a_report_gets_a_receipt_and_an_answer_once() -> None:
    certificate = factories.certificate()
    report = report_mismatch(
        actor=Actor("public"),
        now=NOW,
        certificate=certificate,
        description="包装上名称不同",
        contact="13800001234",
    )
    assert report.receipt.startswith("261124-")
    entry = AuditEntry.objects.get()
    assert "13800001234" not in str([entry.before, entry.after, entry.reason])
    officer = actor_for(factories.staff(Role.OFFICER))
    handled = handle_mismatch(actor=officer, now=NOW, report_id=report.pk, answer="经核查属实", version=1)
    assert handled.state == MismatchState.HANDLED
    with pytest.raises(Refused) as refused:
        handle_mismatch(actor=officer, now=NOW, report_id=report.pk, answer="再答", version=2)
    assert refused.value.code == "already_handled"


def test_the_same_words_again_are_the_same_report() -> None:
    certificate, words = factories.certificate(), {"description": "包装上名称不同", "contact": "13800001234"}
    told = {"actor": Actor("public"), "certificate": certificate, **words}
    first = report_mismatch(now=NOW, **told)
    assert report_mismatch(now=NOW + dt.timedelta(minutes=9), **told) == first
    assert AuditEntry.objects.count() == 1
    later = report_mismatch(now=NOW + dt.timedelta(minutes=11), **told)
    other = report_mismatch(now=NOW, **{**told, "contact": "他人"})
    assert len({first.pk, later.pk, other.pk}) == 3


def test_a_report_without_words_or_number_is_sent_back() -> None:
    with pytest.raises(ProblemsFound) as found:
        report_mismatch(actor=Actor("public"), now=NOW, certificate=None, description=" ")
    assert [problem.code for problem in found.value.problems] == ["description_length", "number_missing"]


def test_a_report_about_another_county_is_none_of_an_officers_business() -> None:
    report = report_mismatch(actor=Actor("public"), now=NOW, certificate=factories.certificate(), description="不符")
    stranger = actor_for(factories.staff(Role.OFFICER, at=factories.unit("520621", "520621")))
    with pytest.raises(Refused) as refused:
        handle_mismatch(actor=stranger, now=NOW, report_id=report.pk, answer="知悉", version=1)
    assert refused.value.code == "out_of_scope"


def own_movers() -> dict[str, Any]:
    return {mover.name: mover for mover in movers() if mover.name.startswith("certifications.")}


def test_a_merge_moves_certificates_and_ccc_parties_and_an_undo_puts_exactly_them_back() -> None:
    kept, duplicate = factories.organisation(), factories.organisation()
    mine, other = factories.certificate(duplicate), factories.certificate(kept)
    CccDetail.objects.create(certificate=other, applicant=kept, manufacturer=duplicate, factory=duplicate)
    moved = {name: mover.move(duplicate.pk, kept.pk) for name, mover in own_movers().items()}
    mine.refresh_from_db()
    assert mine.holder == kept
    assert CccDetail.objects.filter(manufacturer=kept, factory=kept).exists()
    for name, mover in own_movers().items():
        mover.restore(json.loads(json.dumps(moved[name])), duplicate.pk, kept.pk)
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.holder, other.holder) == (duplicate, kept)
    assert CccDetail.objects.filter(manufacturer=duplicate, factory=duplicate, applicant=kept).exists()


def test_a_number_that_both_bodies_have_stays_where_it_is() -> None:
    kept, duplicate = factories.body("CNCA-R-2026-801"), factories.body("CNCA-R-2026-802")
    factories.certificate(body=kept, number="00126Q1")
    same = factories.certificate(body=duplicate, number="00126Q1")
    free = factories.certificate(body=duplicate, number="00126Q2")
    mover = own_movers()["certifications.issued"]
    assert mover.count([kept.pk, duplicate.pk]) == {kept.pk: 1, duplicate.pk: 2}
    assert mover.move(duplicate.pk, kept.pk) == [free.pk]
    same.refresh_from_db()
    assert same.body == duplicate
    mover.restore([free.pk], duplicate.pk, kept.pk)
    free.refresh_from_db()
    assert free.body == duplicate
