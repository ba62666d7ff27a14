"""Choosing the commitment route, signing, and the decision at once: services, guards, records, the trail."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from apps.accounts.constants import Role
from apps.accounts.selectors import actor_for
from apps.audit.models import AuditEntry
from apps.clock.models import Deadline
from apps.core.calendar import today
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.documents.models import GeneratedDocument
from apps.documents.services import render_due
from apps.institutions.licence_constants import RecordKind
from apps.institutions.models import InformedCommitment, InformedText, Institution, LicenceChange
from apps.institutions.rules.commitment_route import Entry
from apps.institutions.selectors import route_records
from apps.institutions.selectors.commitment_route import refusals_of
from apps.institutions.services.applications import add_material, write_application
from apps.institutions.services.commitment_route import choose_route
from apps.institutions.services.route_records import annul_record
from apps.workflow.services.lapsing import lapsed
from tests import factories
from tests.institutions.promising import Promise, prepare, record
from tests.parties.papers import upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


class TestChoice:
    def test_a_draft_takes_either_route(self) -> None:
        case = Promise()
        case.choose()
        assert case.fresh.route == "commitment"
        case.choose("general")
        assert case.fresh.route == "general"
        assert AuditEntry.objects.filter(action="institutions.application.route").count() == 2

    def test_a_closed_route_is_refused_with_every_reason(self) -> None:
        case = Promise("first")
        write_application(**case.by("applicant"), **case.id, version=1, values={"field": "15"})
        record(case, kind="commitment_revoked")
        with pytest.raises(ProblemsFound) as found:
            case.choose()
        assert [each.code for each in found.value.problems] == ["route.medical_device", "route.revoked"]
        assert case.fresh.route == "general"

    def test_only_a_draft_and_only_its_own_people(self) -> None:
        case = Promise().on("submitted")
        with pytest.raises(Refused, match="已经提交"):
            case.choose("general")
        other = Promise()
        case.people["applicant"] = other.person("applicant")
        with pytest.raises(Refused) as found:
            case.choose()
        assert found.value.code == "absent"

    def test_a_stale_page_chooses_nothing(self) -> None:
        case = Promise()
        case.choose()
        with pytest.raises(StaleVersion):
            choose_route(**case.by("applicant"), **case.id, version=1, route="general")


class TestRecords:
    def test_a_row_of_staff_closes_the_route_until_it_is_annulled(self) -> None:
        case = Promise()
        row = record(case, kind="commitment_revoked")
        assert [each.code for each in refusals_of(case.fresh, today(case.now))] == ["route.revoked"]
        who = {"actor": actor_for(case.person(Role.SUPERVISOR)), "now": case.now}
        annul_record(**who, record_id=row.pk, version=1, reason="复议决定撤销")  # type: ignore[attr-defined]
        assert refusals_of(case.fresh, today(case.now)) == ()
        actions = AuditEntry.objects.filter(action__startswith="institutions.route_record")
        assert [each.action.rpartition(".")[2] for each in actions.order_by("pk")] == ["enter", "annul"]

    def test_whose_licence_was_only_transcribed_does_not_apply_first(self) -> None:
        case = Promise()
        record(case)
        assert refusals_of(case.fresh, today(case.now)) == ()
        Institution.objects.filter(organisation=case.lab).update(cma_number="252400050123")
        assert [each.code for each in refusals_of(case.fresh, today(case.now))] == ["route.penalty"]

    def test_a_record_needs_its_source_and_a_day_that_was(self) -> None:
        case = Promise()
        with pytest.raises(ProblemsFound) as found:
            record(case, source=" ", decided_on=today(case.now) + dt.timedelta(days=1))
        assert {each.place for each in found.value.problems} == {"source", "decided_on"}
        record(case)
        with pytest.raises(ProblemsFound, match="已经登记"):
            record(case)

    def test_others_enter_nothing(self) -> None:
        case = Promise()
        case.people[Role.SUPERVISOR] = factories.staff(Role.WINDOW_CLERK)
        with pytest.raises(Refused):
            record(case)

    def test_an_app_above_answers_too(self) -> None:
        case = Promise()
        told = Entry(RecordKind.COMMITMENT_REVOKED, "示市监撤〔2026〕1号", today(case.now))
        route_records.register(route_records.Source("above", "上层", lambda organisation, on: [told]))
        try:
            assert [each.code for each in refusals_of(case.fresh, today(case.now))] == ["route.revoked"]
        finally:
            route_records.unregister("above")


class TestSigning:
    def test_what_is_signed_is_typeset_stored_and_hashed(self) -> None:
        case = Promise()
        case.fill()
        case.choose()
        made = case.sign()
        assert render_due() == 1
        paper = GeneratedDocument.objects.get(template="cma_commitment")
        assert (paper.state, len(paper.sha256)) == ("done", 64)
        assert paper.params["commitments"] == made.text.zh["commitments"]
        assert paper.params["signed_by"] == made.signer
        entry = AuditEntry.objects.get(action="institutions.application.sign_informed")
        assert entry.after["sha256"] == made.sha256
        assert made.signer not in str(entry.after)

    def test_what_moved_since_the_second_look_is_not_signed(self) -> None:
        case = Promise()
        case.fill()
        case.choose()
        seen = case.seen()
        values = {"address": "贵州省铜仁市碧江区示例路2号"}
        write_application(**case.by("applicant"), **case.id, version=case.fresh.version, values=values)
        with pytest.raises(StaleVersion):
            case.sign(seen=seen)
        assert not InformedCommitment.objects.exists()

    @pytest.mark.parametrize(
        ("given", "place"),
        [({"signer": " "}, "signer"), ({"signer": "旁人"}, "signer"), ({"capacity": "x"}, "capacity")],
    )
    def test_who_signs_and_as_what(self, given: dict[str, str], place: str) -> None:
        case = Promise()
        case.fill()
        case.choose()
        with pytest.raises(ProblemsFound) as found:
            case.sign(**given)
        assert [each.place for each in found.value.problems] == [place]

    def test_an_agent_signs_under_another_name(self) -> None:
        case = Promise()
        case.fill()
        case.choose()
        assert case.sign(signer="示例代理人", capacity="agent").capacity == "agent"

    def test_text_and_signature_never_change(self) -> None:
        case = Promise().on("submitted")
        for rows in (InformedText.objects.all(), InformedCommitment.objects.filter(application=case.application)):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                rows.update(**({"source": "x"} if rows.model is InformedText else {"signer": "x"}))


class TestRoad:
    def test_nothing_is_handed_in_unsigned_or_changed_after_signing(self) -> None:
        case = Promise()
        case.fill()
        case.choose()
        with pytest.raises(ProblemsFound, match="尚未签署"):
            case.take("applicant", "submit")
        case.sign()
        add_material(**case.by("applicant"), **case.id, kind="manual", upload=upload(name="手册.pdf"))
        with pytest.raises(ProblemsFound, match="有变动"):
            case.take("applicant", "submit")
        case.sign()
        case.take("applicant", "submit")

    def test_the_clerk_waits_for_the_paper_and_takes_no_other_door(self) -> None:
        case = Promise().on("submitted")
        with pytest.raises(ProblemsFound, match="尚未生成"):
            case.take(Role.WINDOW_CLERK, "accept_informed")
        with pytest.raises(Refused, match="不适用于本件的办理路径"):
            case.take(Role.WINDOW_CLERK, "accept")
        render_due()
        case.take(Role.WINDOW_CLERK, "accept_informed")
        paper = GeneratedDocument.objects.get(template="notice_acceptance")
        assert "当场作出决定" in paper.params["limit"]

    def test_a_general_application_takes_no_door_of_this_route(self) -> None:
        case = Promise()
        case.fill()
        case.take("applicant", "submit")
        with pytest.raises(Refused, match="不适用于本件的办理路径"):
            case.take(Role.WINDOW_CLERK, "accept_informed")

    def test_a_decision_at_once_and_a_certificate_within_its_limit(self) -> None:
        case = Promise().on("promised")
        assert Deadline.objects.get(subject_id=case.file.pk, ended_on=None).code == "CMA.COMMITMENT.DECIDE"
        case.take(Role.APPROVER, "grant_informed", reason="承诺书齐全")
        assert Deadline.objects.get(subject_id=case.file.pk, ended_on=None).code == "CMA.COMMITMENT.ISSUE"
        assert case.licence.number[2:8] == "241234"
        assert "告知承诺" in LicenceChange.objects.get(licence=case.licence).summary
        decision = GeneratedDocument.objects.get(template="decision_grant")
        assert "现场核查" in decision.params["duties"][0]

    def test_nobody_decides_what_they_accepted(self) -> None:
        case = Promise().on("submitted")
        render_due()
        both = factories.staff(Role.WINDOW_CLERK, Role.APPROVER)
        case.people |= {Role.WINDOW_CLERK: both, Role.APPROVER: both}
        case.take(Role.WINDOW_CLERK, "accept_informed")
        with pytest.raises(Refused, match="受理（告知承诺）"):
            case.take(Role.APPROVER, "grant_informed", reason="x")
        case.people[Role.APPROVER] = factories.staff(Role.APPROVER)
        case.take(Role.APPROVER, "grant_informed", reason="承诺书齐全")

    def test_a_bar_that_comes_in_between_stops_the_grant_and_the_file_goes_on_by_the_general_route(self) -> None:
        case = Promise().on("promised")
        record(case, kind="commitment_revoked")
        with pytest.raises(ProblemsFound, match="再次申请须按一般程序"):
            case.take(Role.APPROVER, "grant_informed", reason="承诺书齐全")
        case.take(Role.APPROVER, "to_general", reason="曾被撤销")
        assert (case.file.status, case.fresh.route) == ("accepted", "general")
        assert Deadline.objects.get(subject_id=case.file.pk, ended_on=None).code == "CMA.REVIEW"

    def test_silence_accepts_by_the_route_that_was_chosen(self) -> None:
        case = Promise().on("submitted")
        clock = Deadline.objects.get(subject_id=case.file.pk, code="CMA.ACCEPT")
        Deadline.objects.filter(pk=clock.pk).update(state="lapsed")
        lapsed(clock, case.now)
        assert case.file.status == "promised"
