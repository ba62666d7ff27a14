"""Applications over HTTP: the schemes' ways to a certificate, each refusal, the conflicts, the register's guards."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.certifications.constants import Status
from apps.certifications.models import Certificate, Project
from apps.certifying.constants import Kind
from apps.certifying.models import AuditTeamMember, Tie
from apps.certifying.selectors.bodies import directory
from apps.certifying.services.applications import choose_body, open_draft
from apps.certifying.services.people import declare_offer, declare_tie
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import ProblemsFound, Refused
from apps.parties.models import Organisation
from apps.parties.services.bans import record_ban
from tests import factories
from tests.certifying.applying import CCC, ORGANIC, QMS, SYSTEM, Agency, Way, found_city, signed_in
from tests.certifying.lifework import Life, body_with_people

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def standing(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(AT, tick=False):
        found_city(2026, 2027)
        yield


@pytest.fixture
def agency() -> Agency:
    return Agency()


class TestWays:
    def test_qms_in_two_stages_for_three_years(self, agency: Agency) -> None:
        made = Way(agency, project=QMS).certified("70126Q00001R0S", months=36)
        assert (made.valid_to, made.management.headcount) == (dt.date(2029, 3, 1), 40)
        assert made.surveillance_due == dt.date(2027, 3, 2)
        assert [row.activity for row in made.surveillance.order_by("pk")] == ["第一阶段审核", "第二阶段审核"]

    def test_ccc_by_type_test_and_factory_under_its_own_number(self, agency: Agency) -> None:
        way = Way(agency, project=CCC)
        way.to_recommendation()
        decider, values = signed_in(agency.decider), way.term(60)
        wrong = {"version": way.file.version, "certificate_number": "12345", **values}
        assert decider.post(way.page("take", "certify"), wrong).status_code == 422, "no CCC number"
        way.take(agency.decider, "certify", certificate_number="2026012201000001", **values)
        made = way.application.certificate
        assert made is not None
        assert (made.ccc.product_code, made.ccc.product_name) == ("2201", "示例·电动玩具")

    def test_a_changed_scope_is_written_on_the_same_certificate(self, agency: Agency) -> None:
        first = Way(agency).certified()
        way = Way(agency, first.holder, kind=Kind.SCOPE, before=first)
        way.fill_in(scope="绿茶、红茶的种植和加工")
        way.take(way.user, "submit")
        way.take(agency.reviewer, "accept")
        way.plan()
        for stage in ("field", "sampling"):
            way.report(stage)
        way.recommend()
        way.take(agency.decider, "change_scope")
        assert Certificate.objects.get().scope == "绿茶、红茶的种植和加工"

    def test_refused_and_not_accepted_say_why_and_end(self, agency: Agency) -> None:
        one, two = Way(agency), Way(agency)
        one.submit()
        one.take(agency.reviewer, "not_accept", reason="超出批准范围")
        assert "超出批准范围" in one.own.get(one.page("case")).content.decode()
        two.to_recommendation()
        two.take(agency.decider, "refuse", reason="证据不足")
        assert (one.file.status, two.file.status, Certificate.objects.count()) == ("not_accepted", "refused", 0)

    def test_sent_back_by_the_decider_without_words_for_the_applicant(self, agency: Agency) -> None:
        way = Way(agency)
        way.to_recommendation()
        way.take(agency.decider, "send_back", reason="内部意见")
        assert "内部意见" not in way.own.get(way.page("case")).content.decode()
        assert "内部意见" in signed_in(agency.leader).get(way.page("case")).content.decode()
        way.recommend("refuse")
        blocked = {"version": way.file.version, "certificate_number": "1", **way.term(12)}
        assert signed_in(agency.decider).post(way.page("take", "certify"), blocked).status_code == 422


class TestGuards:
    def test_a_rule_of_the_scheme_bars_and_says_until_when(self, agency: Agency) -> None:
        firm = factories.organisation("示例·江口被撤销有限公司")
        lost = factories.certificate(firm, project=factories.project(QMS), issued_on=dt.date(2025, 1, 1))
        lost.status_changes.create(
            n=2,
            from_status=Status.VALID,
            to_status=Status.REVOKED,
            on=dt.date(2026, 2, 1),
            reason_class="nonconformity",
            source_code=lost.source_id,
            recorded_by="test",
            recorded_at=timezone.now(),
        )
        Certificate.objects.filter(pk=lost.pk).update(status=Status.REVOKED, status_since=dt.date(2026, 2, 1))
        way = Way(agency, firm, QMS)
        way.fill_in(operating_since="2025-01-01")
        answer = way.own.post(way.page("take", "submit"), {"version": way.file.version})
        assert answer.status_code == 422
        assert "2027-02-02" in answer.content.decode()
        assert "2027-02-02" in way.own.get(way.page("case")).content.decode()

    def test_a_number_twice_and_a_term_too_long(self, agency: Agency) -> None:
        Way(agency).certified("701OP2600001")
        way = Way(agency)
        way.to_recommendation()
        decider = signed_in(agency.decider)
        same = {"version": way.file.version, "certificate_number": "701op 2600001", **way.term(12)}
        assert "本机构已有这一证书编号" in decider.post(way.page("take", "certify"), same).content.decode()
        long = {**same, "certificate_number": "701OP2600002", "valid_to": "2027-03-03"}
        assert "有效期最长 12 个月" in decider.post(way.page("take", "certify"), long).content.decode()

    def test_only_the_leader_advises(self, agency: Agency) -> None:
        way = Way(agency)
        way.accept()
        way.plan()
        for stage in ("field", "sampling"):
            way.report(stage, agency.second)
        answer = signed_in(agency.second).post(
            way.page("take", "recommend"), {"version": way.file.version, "advice": "grant"}
        )
        assert (answer.status_code, "由审核组长提出" in answer.content.decode()) == (409, True)

    def test_one_draft_for_one_project_and_only_ones_own_certificate(self, agency: Agency) -> None:
        way = Way(agency)
        common = {"actor": Actor("x", user=way.user), "now": timezone.now(), "organisation_id": way.firm.pk}
        with pytest.raises(Refused, match="已有一份草稿"):
            open_draft(**common, project_code=ORGANIC, kind=Kind.INITIAL)
        others = factories.certificate(project=factories.project(ORGANIC))
        for kind, before in ((Kind.SCOPE, others.pk), (Kind.RECERTIFICATION, None)):
            with pytest.raises(ProblemsFound):
                open_draft(**common, project_code=ORGANIC, kind=kind, predecessor_id=before)

    def test_a_submitted_application_is_not_changed(self, agency: Agency) -> None:
        way = Way(agency)
        way.submit()
        for name in ("basics", "body"):
            assert way.own.get(way.page(name)).status_code == 404
        with pytest.raises(Refused):
            choose_body(
                actor=Actor("x", user=way.user), now=timezone.now(), application_id=way.made.pk, body_id=agency.body.pk
            )


class TestTeam:
    def named(self, way: Way, user) -> str:
        answer = signed_in(way.agency.planner).post(
            way.page("member_add"), {"user_id": user.pk, "role": "auditor", "field": ""}
        )
        assert answer.status_code in (302, 409, 422), answer.status_code
        return "" if answer.status_code == 302 else answer.content.decode()

    def test_who_is_kept_off(self, agency: Agency) -> None:
        way = Way(agency)
        way.fill_in(consultant=f"示例咨询，{agency.second.display_name}")
        way.take(way.user, "submit")
        way.take(agency.reviewer, "accept")
        assert "提供过认证咨询" in self.named(way, agency.second)
        code = "91520602MA6DL0011J"
        Organisation.objects.filter(pk=way.firm.pk).update(uscc=code)
        tie = {"user_id": agency.leader.pk, "uscc": code, "kind": "employed", "until": dt.date(2026, 12, 31)}
        declare_tie(actor=Actor("x", user=agency.manager), now=timezone.now(), body_id=agency.body.pk, **tie)
        assert "曾任职或者任职" in self.named(way, agency.leader)
        Tie.objects.update(until=dt.date(2026, 3, 1))
        barred = factories.ban_facts(person_name=agency.leader.display_name)
        record_ban(actor=SYSTEM, now=timezone.now(), facts=barred)
        assert "禁止从业" in self.named(way, agency.leader)

    def test_not_too_often_in_a_row(self, agency: Agency) -> None:
        firm = factories.organisation()
        for n in range(3):
            Way(agency, firm).certified(f"701OP260000{n}")
        assert AuditTeamMember.objects.filter(user=agency.second).count() == 3
        way = Way(agency, firm)
        way.accept()
        assert "连续 3 次" in self.named(way, agency.second)

    def test_whoever_was_in_the_team_does_not_decide(self, agency: Agency) -> None:
        from apps.parties.models import DutyGrant

        DutyGrant.objects.create(
            user=agency.second, organisation=agency.body, duty="decision", starts_on=dt.date(2020, 1, 1)
        )
        way = Way(agency)
        way.to_recommendation()
        page = signed_in(agency.second).get(way.page("case")).content.decode()
        assert "相邻或不相容" in page
        values = {"version": way.file.version, "certificate_number": "X1", **way.term(12)}
        assert signed_in(agency.second).post(way.page("take", "certify"), values).status_code in (403, 409)
        assert Certificate.objects.count() == 0


class TestDirectory:
    def test_days_are_measured_or_said_not_to_be(self, agency: Agency) -> None:
        (row,) = directory(ORGANIC, today(timezone.now()))
        assert (row.days, row.valid) == (None, 0)
        way = Way(agency)
        with time_machine.travel(AT, tick=False) as clock:
            way.accept()
            clock.shift(dt.timedelta(days=20))
            way.plan()
            for stage in ("field", "sampling"):
                way.report(stage)
            way.recommend()
            way.take(agency.decider, "certify", certificate_number="701OP2600009", **way.term(12))
            (row,) = directory(ORGANIC, today(timezone.now()))
        assert (row.days, row.measured, row.valid) == (20, 1, 1)
        other = Way(agency, factories.organisation())
        assert "20" in other.own.get(other.page("body")).content.decode()

    def test_only_managers_declare(self, agency: Agency) -> None:
        offer = {"project": QMS, "fee": "面议", "days": 30, "accepts": False}
        common = {"now": timezone.now(), "body_id": agency.body.pk}
        with pytest.raises(Refused):
            declare_offer(actor=Actor("x", user=agency.planner), **common, **offer)
        declare_offer(actor=Actor("x", user=agency.manager), **common, **offer)
        assert directory(QMS, today(timezone.now())) == []
        assert AuditEntry.objects.filter(action="certifying.body.declare_offer").exists()
        bad = {"project": "none", "fee": " ", "days": 0, "accepts": True}
        with pytest.raises(ProblemsFound) as found:
            declare_offer(actor=Actor("x", user=agency.manager), **common, **bad)
        assert len(found.value.problems) == 3


def test_a_file_is_its_own_bodys_and_its_own_applicants(agency: Agency) -> None:
    """Another body's people with every duty, another enterprise, and the bureau's own: no page of work opens."""
    way, other = Way(agency), Agency("CNCA-R-2026-702")
    way.submit()
    way.post(agency.reviewer, "points", about="示意图", problem="缺少", remedy="补充")
    way.take(agency.reviewer, "correct")
    point = way.application.points.get().pk
    stranger = Way(other, factories.organisation("示例·外来企业有限公司")).user
    names = ["case", "basics", "body", "materials", "points", "plan", "stage"]
    pages = [way.page(name) for name in names]
    pages += [way.page("take", step) for step in ("accept", "correct", "answer", "withdraw", "certify")]
    pages += [way.page("answer", point), way.page("reopen", point), way.page("rows", "sites")]
    posts = [way.page("member_add"), way.page("point_act", point, "settle"), way.page("material_remove", 1)]
    posts += [way.page("row_remove", "sites", 1), way.page("member_drop", 1)]
    for user in (stranger, other.manager, other.reviewer, other.planner, other.leader, other.decider):
        client = signed_in(user)
        assert {client.get(page).status_code for page in pages} == {404}
        assert {client.post(page, {"version": 1, "reason": "x"}).status_code for page in [*pages[1:], *posts]} == {404}
    own_body = signed_in(agency.reviewer)
    assert own_body.get(way.page("answer", point)).status_code == 404, "the body does not answer for the applicant"
    assert signed_in(way.user).get(way.page("points")).status_code == 404, "nor the applicant list for the body"
    assert way.file.status == "correction"


def test_pages_of_a_body_are_for_who_acts_for_one(agency: Agency) -> None:
    way = Way(agency)
    for name in ("desk", "people", "offers"):
        assert signed_in(way.user).get(reverse(f"certifying:{name}")).status_code == 404
        assert signed_in(agency.manager).get(reverse(f"certifying:{name}")).status_code == 200
    refused = signed_in(agency.planner).post(
        reverse("certifying:offers"), {"project": QMS, "fee": "x", "days": "", "accepts": "on"}
    )
    assert refused.status_code == 403


def test_a_transfer_needs_the_release_of_the_issuing_body_and_ends_the_old_certificate_on_the_day(agency):
    issuing, people = body_with_people("CNCA-R-2026-777")
    holder = factories.organisation("示例·转机构公司")
    old = factories.certificate(
        holder, body=issuing, project=Project.objects.get(pk=QMS), issued_on=AT.date(), valid_to=dt.date(2029, 3, 1)
    )
    way = Way(agency, firm=holder, project=QMS, kind=Kind.TRANSFER, before=old)
    way.fill_in()
    refused = signed_in(way.user).post(way.page("take", "submit"), {"version": way.file.version})
    assert refused.status_code in (409, 422)
    assert "没有同意" in refused.content.decode()
    life = Life("cert_release", "transfer", old, people, receiving_id=agency.body.pk, consent=True)
    life.take("planning", "propose", inputs={"proposal": "do"})
    life.take("decision", "release")
    new = way.certified("70126Q00009R0M", months=12)
    old.refresh_from_db()
    life.case.refresh_from_db()
    assert (new.predecessor_id, life.case.successor_id) == (old.pk, new.pk)
    assert (old.status, old.status_since) == (Status.CANCELLED, new.valid_from)
