"""Story 1 over HTTP: a tea cooperative of Jiangkou, from the draft to an organic certificate, recertified next year
under the same number."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from apps.accounts.constants import Role
from apps.audit.models import PublicFact
from apps.certifications.models import Certificate
from apps.certifying.constants import Kind
from apps.documents.models import GeneratedDocument
from apps.workflow.constants import SUBJECT
from tests import factories
from tests.certifying.applying import Agency, Way, found_city, signed_in

AT = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)
NEXT_YEAR = dt.datetime(2027, 2, 10, 2, 0, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_from_the_draft_to_the_second_year_under_one_number(settings, tmp_path, client) -> None:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(AT, tick=False):
        found_city(2026, 2027)
        agency = Agency()
        way = Way(agency)
        first = the_first_year(way)
    with time_machine.travel(NEXT_YEAR, tick=False):
        again = Way(agency, way.firm, kind=Kind.RECERTIFICATION, before=first, user=way.user)
        assert again.application.scope == "绿茶的种植和加工", "nothing is asked twice"
        assert again.application.lines.get().place == "1号地块"
        again.to_recommendation()
        again.take(agency.decider, "renew", valid_from="2027-03-02", valid_to="2028-03-01")
        renewed = Certificate.objects.get()
        assert (renewed.pk, renewed.number) == (first.pk, "701OP2600001")
        assert [period.kind for period in renewed.periods.order_by("n")] == ["initial", "recertification"]
        assert renewed.valid_to == dt.date(2028, 3, 1)
        page = client.get(reverse("portal:certificate", args=[renewed.token]))
        assert "2028-03-01" in page.content.decode()


def the_first_year(way: Way) -> Certificate:
    agency = way.agency
    assert way.own.get(way.page("case")).status_code == 200
    refused = way.own.post(way.page("take", "submit"), {"version": way.file.version})
    assert refused.status_code == 422
    assert "还有未填的内容" in refused.content.decode()
    way.submit()
    receipt = GeneratedDocument.objects.get(subject_kind=SUBJECT, subject_id=way.file.pk)
    assert receipt.template == "certification_receipt"
    for who in (agency.manager, agency.reviewer, agency.planner):
        assert signed_in(who).get(way.page("case")).status_code == 200
    assert signed_in(agency.leader).get(way.page("case")).status_code == 404, "auditors see what they are named to"
    everything_asked_once(way)
    way.take(agency.reviewer, "accept")
    way.plan()
    assert signed_in(agency.leader).get(way.page("case")).status_code == 200
    findings_answered(way)
    way.report("sampling")
    way.recommend()
    desk = signed_in(agency.decider).get(reverse("certifying:desk"))
    assert way.file.number in desk.content.decode()
    term = {"valid_from": "2026-03-02", "valid_to": "2027-03-02"}
    too_long = signed_in(agency.decider).post(
        way.page("take", "certify"), {"version": way.file.version, "certificate_number": "701OP2600001", **term}
    )
    assert too_long.status_code == 422
    way.take(agency.decider, "certify", certificate_number="701OP2600001", **{**term, "valid_to": "2027-03-01"})
    made = way.application.certificate
    assert made is not None
    the_register_says(way, made)
    return made


def everything_asked_once(way: Way) -> None:
    """The reviewer lists two points and tells them at once; a second time is refused; each is answered separately."""
    reviewer = way.agency.reviewer
    for about in ("示意图甲", "投入品清单"):
        way.post(reviewer, "points", about=about, problem="缺少内容", remedy="请补充")
    assert "示意图甲" not in way.own.get(way.page("case")).content.decode(), "not told yet"
    way.take(reviewer, "correct")
    early = way.own.post(way.page("take", "answer"), {"version": way.file.version})
    assert early.status_code == 422
    for point in way.application.points.order_by("n"):
        way.post(way.user, "answer", point.pk, answer="已补充", version=point.version)
    way.take(way.user, "answer")
    again = signed_in(reviewer).post(way.page("points"), {"about": "其他", "problem": "还缺", "remedy": ""})
    assert again.status_code == 409


def findings_answered(way: Way) -> None:
    """Two findings and an observation: the non-conformities are answered, one goes back once, an auditor closes."""
    leader, second = way.agency.leader, way.agency.second
    way.report("field", result="with_findings")
    for grade in ("major", "minor", "observation"):
        way.post(second, "points", grade=grade, about="7.2", problem=f"问题{grade}", remedy="")
    blocked = signed_in(leader).post(way.page("take", "recommend"), {"version": way.file.version, "advice": "grant"})
    assert blocked.status_code == 422
    way.take(leader, "demand")
    findings = way.application.points.filter(kind="finding").order_by("n")
    for point in findings[:2]:
        way.post(way.user, "answer", point.pk, answer="已整改", version=point.version)
    way.take(way.user, "rectify")
    way.post(second, "point_act", findings[1].pk, "settle")
    way.post(leader, "reopen", findings[0].pk, problem="证据不足")
    way.take(leader, "demand")
    point = findings[0]
    way.post(way.user, "answer", point.pk, answer="补充了照片", version=point.version)
    way.take(way.user, "rectify")
    way.post(leader, "point_act", point.pk, "settle")


def the_register_says(way: Way, made: Certificate) -> None:
    assert (made.status, made.source_id, made.holder) == ("valid", "body", way.firm)
    assert [line.product for line in made.product_lines.all()] == ["绿茶"]
    assert [(row.activity, row.result) for row in made.surveillance.order_by("pk")] == [
        ("现场检查", "minor"),
        ("抽样检测", "conforming"),
    ]
    facts = PublicFact.objects.filter(subject_kind="certificate", subject_id=str(made.pk))
    assert "certificate.recorded" in facts.values_list("kind", flat=True)
    assert way.file.status == "certified"
    papers = GeneratedDocument.objects.filter(subject_kind=SUBJECT, subject_id=way.file.pk).order_by("pk")
    assert list(papers.values_list("template", flat=True)) == [
        "certification_receipt",
        "certification_completion",
        "certification_plan",
        "certification_certificate",
    ]
    watching = signed_in(factories.staff(Role.SUPERVISOR)).get(reverse("certifying:watch"))
    assert way.file.number in watching.content.decode()
