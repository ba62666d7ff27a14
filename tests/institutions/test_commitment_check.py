"""The check on site: opened with the certificate, two officers without a hand in it, each outcome, what it does."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry
from apps.clock.models import Deadline
from apps.core.calendar import add_months, today
from apps.core.events import subscribe, unsubscribe
from apps.core.problems import ProblemsFound, Refused
from apps.documents.services import render_due
from apps.institutions.commitment_checking import overdue_alarms
from apps.institutions.licence_constants import LicenceStatus, Topic
from apps.institutions.models import LifeCase, PostCheck
from apps.institutions.services.commitment_check import name_checker
from apps.institutions.services.commitment_findings import add_evidence, settle_finding, write_finding
from apps.parties.services.bans import record_ban
from apps.workflow.models import File
from apps.workflow.services import advance
from tests import factories
from tests.institutions.casework import Case, fresh
from tests.institutions.house import browse, url
from tests.institutions.promising import OnSite, Promise, prepare
from tests.parties.papers import upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


@pytest.fixture
def told():
    """What a later credit app would hear."""
    heard: list[dict[str, object]] = []
    hear = lambda payload: heard.append(dict(payload))  # noqa: E731
    subscribe(Topic.COMMITMENT_GAPS, hear)
    yield heard
    unsubscribe(Topic.COMMITMENT_GAPS, hear)


class TestOpening:
    def test_it_opens_with_the_certificate_and_has_three_months(self) -> None:
        case = Promise().on("decided")
        assert not PostCheck.objects.exists()
        site = OnSite(Promise().on("issued"))
        clock = Deadline.objects.get(subject_id=site.file.pk)
        on = today(site.case.now)
        assert (clock.code, clock.started_on) == ("CMA.COMMITMENT.CHECK", on)
        assert clock.due_on is not None
        assert clock.due_on >= add_months(on, 3)
        assert site.file.due_on == clock.due_on
        assert site.file.unit == case.file.unit

    def test_the_general_route_opens_none(self) -> None:
        case = Case().to("decided")
        render_due()
        case.take(Role.SEAL_KEEPER, "seal")
        assert not PostCheck.objects.exists()

    def test_the_public_page_says_so(self) -> None:
        site = OnSite()
        address = reverse("institutions:certificate", args=[site.licence.token])
        page = Client().get(address).content.decode()
        assert "以告知承诺方式取得" in page
        assert "待现场核查" in page
        site.plan().find(equipment="false")
        page = Client().get(address).content.decode()
        assert "严重不实" not in page, "not told yet"


class TestCheckers:
    def test_nobody_with_a_hand_in_the_licence_checks_or_judges_it(self) -> None:
        site = OnSite()
        approver = site.case.person(Role.APPROVER)
        for role in (Role.OFFICER, Role.SUPERVISOR, Role.LEADER):
            factories.RoleGrant.objects.create(user=approver, role=role, starts_on=dt.date(2020, 1, 1))
        with pytest.raises(Refused, match="经办过被核查的许可"):
            name_checker(**site.by(Role.SUPERVISOR), **site.id, user_id=approver.pk)
        site.people[Role.SUPERVISOR] = approver
        with pytest.raises(Refused, match="经办过被核查的许可"):
            name_checker(**site.by(Role.SUPERVISOR), **site.id, user_id=site.person("one").pk)

    def test_an_employee_and_a_banned_person_do_not_check(self) -> None:
        site = OnSite()
        employee = factories.staff(Role.OFFICER)
        factories.member(employee, site.case.lab)
        with pytest.raises(Refused, match="不能承办"):
            name_checker(**site.by(Role.SUPERVISOR), **site.id, user_id=employee.pk)
        barred = site.person("one")
        ban = factories.ban_facts(person_name=barred.display_name)
        record_ban(**site.by(Role.SUPERVISOR), facts=ban)
        with pytest.raises(ProblemsFound, match="禁止从业"):
            name_checker(**site.by(Role.SUPERVISOR), **site.id, user_id=barred.pk)

    def test_two_are_needed_and_only_they_find(self) -> None:
        site = OnSite()
        with pytest.raises(ProblemsFound) as found:
            site.take(Role.SUPERVISOR, "plan")
        assert {problem.code for problem in found.value.problems} == {"checkers", "no_day"}
        site.plan()
        with pytest.raises(Refused):
            write_finding(**site.by("stranger"), **site.id, criterion="body", verdict="true", text="x")
        with pytest.raises(Refused):
            site.take("stranger", "report")


class TestFindings:
    def test_every_chapter_and_both_signatures_and_a_change_takes_them_back(self) -> None:
        site = OnSite().plan()
        with pytest.raises(Refused, match="不能签署"):
            site.sign("one")
        with pytest.raises(ProblemsFound) as found:
            site.take("one", "report")
        assert {problem.code for problem in found.value.problems} == {"missing", "unsigned"}
        for criterion in ("body", "people", "premises", "equipment", "system"):
            write_finding(**site.by("one"), **site.id, criterion=criterion, verdict="true", text="属实")
        site.sign("one")
        write_finding(
            **site.by("two"), **site.id, criterion="system", verdict="defect", text="记录不全", seen=site.seen("system")
        )
        site.sign("two")
        with pytest.raises(ProblemsFound, match="还有 1 名"):
            site.take("one", "report")
        site.sign("one")
        site.take("one", "report")
        assert Deadline.objects.get(subject_id=site.file.pk).ended_on is not None

    def test_nobody_signs_findings_that_moved_since_they_were_read(self) -> None:
        site = OnSite().plan().note()
        one, two = browse(site.person("one")), browse(site.person("two"))
        seen = site.seen()
        assert f'name="seen" value="{seen}"' in two.get(url("check", site.file.pk)).content.decode()
        written = {"criterion": "equipment", "verdict": "false", "text": "设备不存在", "seen": site.seen("equipment")}
        assert one.post(url("check_finding", site.file.pk), written).status_code == 302
        refused = two.post(url("check_sign", site.file.pk), {"seen": seen}, follow=True).content.decode()
        assert "请核对最新内容后再签署" in refused
        assert not site.check.checkers.exclude(signed_at=None).exists()
        two.post(url("check_sign", site.file.pk), {"seen": site.seen()})
        assert site.check.checkers.exclude(signed_at=None).get().user == site.person("two")

    def test_nobody_writes_over_a_finding_unread(self) -> None:
        site = OnSite().plan().note()
        officer, address = browse(site.person("two")), url("check_finding", site.file.pk)
        typed = {"criterion": "equipment", "verdict": "defect", "text": "校准过期", "seen": site.seen("people")}
        for seen in ("", site.seen("people")):
            answer = officer.post(address, {**typed, "seen": seen})
            page = answer.content.decode()
            assert answer.status_code == 409
            assert "校准过期" in page
            assert "现场所见：true" in page
            assert f'name="seen" value="{site.seen("equipment")}"' in page, "sent again on top of what is shown"
        assert site.check.findings.get(criterion="equipment").verdict == "true"
        assert officer.post(address, {**typed, "seen": site.seen("equipment")}).status_code == 302
        assert site.check.findings.get(criterion="equipment").verdict == "defect"

    def test_the_institution_reads_the_defects_once_they_are_told(self) -> None:
        site = OnSite().plan().find(equipment="defect")
        client = browse(site.person("applicant"))
        assert "现场所见" not in client.get(url("check", site.file.pk)).content.decode()
        site.order()
        page = client.get(url("check", site.file.pk)).content.decode()
        assert "现场所见：defect" in page
        assert "现场所见：true" not in page
        assert site.person("one").display_name not in page


class TestOutcomes:
    def test_true_closes_it(self, told) -> None:
        site = OnSite().plan().find()
        with pytest.raises(ProblemsFound, match="无需整改"):
            site.take(Role.LEADER, "order", reason="x")
        site.take(Role.LEADER, "find_true")
        site.check.refresh_from_db()
        assert (site.file.status, site.check.outcome, site.licence.status) == ("true", "true", "valid")
        assert told == []

    def test_basically_true_is_rectified_and_the_licence_rests_meanwhile(self, told) -> None:
        site = OnSite().plan().find(equipment="defect", system="defect").order()
        assert site.licence.status == LicenceStatus.RECTIFYING
        assert [each["check"] for each in told] == [site.file.number]
        assert Deadline.objects.get(subject_id=site.file.pk, ended_on=None).code == "CMA.COMMITMENT.RECTIFY"
        with pytest.raises(ProblemsFound, match="还有 2 项没有答复"):
            site.take("applicant", "rectify")
        add_evidence(**site.by("applicant"), **site.id, upload=upload(name="校准证书.pdf"))
        site.rectify()
        first, second = site.check.findings.filter(verdict="defect").order_by("pk")
        settle_finding(**site.by("one"), **site.id, finding_id=first.pk, version=fresh(first))
        with pytest.raises(ProblemsFound, match="还有 1 项整改未确认"):
            site.take("one", "confirm")
        site.take("two", "send_back", reason="缺少证书原件")
        second.refresh_from_db()
        assert second.answered_at is None
        site.rectify().settle()
        with pytest.raises(ProblemsFound, match="没有需要退回"):
            site.take("two", "send_back", reason="x")
        site.take("one", "confirm")
        site.take(Role.LEADER, "close")
        site.check.refresh_from_db()
        assert (site.file.status, site.check.outcome) == ("rectified", "basically_true")
        assert site.licence.status == LicenceStatus.VALID

    def test_seriously_untrue_is_handed_over_at_once(self, told) -> None:
        site = OnSite().plan().find(equipment="false", people="defect")
        with pytest.raises(ProblemsFound, match="有严重不实或者虚假的内容"):
            site.take(Role.LEADER, "order", reason="x")
        site.take(Role.LEADER, "hand_over", reason="主要设备不存在")
        site.check.refresh_from_db()
        assert (site.file.status, site.check.outcome) == ("untrue", "false")
        assert told == [], "credit hears of it with the revocation: the holder was not heard yet"
        site.take(Role.REVIEWER, "start_revocation")
        case = LifeCase.objects.get(licence=site.licence)
        assert (case.file.process, case.file.status, case.cause) == ("cma_revoke", "examining", "untrue_commitment")
        assert "现场所见：false" in case.facts
        assert "现场所见：true" not in case.facts

    @pytest.mark.parametrize(
        ("steps", "told"),
        [
            ([(Role.REVIEWER, "drop", {})], "核查已完成，不予撤销"),
            (
                [
                    (Role.REVIEWER, "notify", {}),
                    ("applicant", "defend", {}),
                    (Role.REVIEWER, "propose", {"proposal": "do"}),
                    (Role.APPROVER, "revoke", {}),
                ],
                "核查已完成，许可已撤销",
            ),
        ],
    )
    def test_the_public_reads_nothing_against_the_holder_before_they_are_heard(self, steps, told) -> None:
        site = OnSite().plan().find(equipment="false")
        page = reverse("institutions:certificate", args=[site.licence.token])
        site.take(Role.LEADER, "hand_over", reason="主要设备不存在")
        read = [Client().get(page).content.decode()]
        site.take(Role.REVIEWER, "start_revocation")
        read.append(Client().get(page).content.decode())
        for who, step, inputs in steps:
            file = File.objects.get(life_case__licence=site.licence)
            advance(**site.by(who), file_id=file.pk, version=file.version, step=step, reason="已查明", inputs=inputs)
        assert all("核查已完成，处理中" in each for each in read)
        after = Client().get(page).content.decode()
        assert told in after
        assert not any("承诺不实" in each for each in read)
        assert "承诺不实，" not in after

    def test_basically_true_is_handed_over_only_late_or_in_vain(self) -> None:
        site = OnSite().plan().find(equipment="defect").order()
        with pytest.raises(ProblemsFound, match="整改期限没有届满"):
            site.take(Role.LEADER, "hand_over", reason="x")
        clock = Deadline.objects.filter(subject_id=site.file.pk, code="CMA.COMMITMENT.RECTIFY")
        clock.update(due_on=today(site.case.now) - dt.timedelta(days=1))
        site.take(Role.LEADER, "hand_over", reason="逾期未整改")
        other = OnSite().plan().find(equipment="defect").order().rectify()
        with pytest.raises(ProblemsFound, match="没有复查不合格的记录"):
            other.take(Role.LEADER, "hand_over", reason="x")
        other.miss("证书仍是复印件").take("two", "send_back", reason="缺少证书原件")
        other.rectify()
        with pytest.raises(ProblemsFound, match="没有复查不合格的记录"):
            other.take(Role.LEADER, "hand_over", reason="the recheck was of the answer before")
        other.miss("证书仍是复印件").take(Role.LEADER, "hand_over", reason="整改不符合要求")
        assert {site.file.status, other.file.status} == {"untrue"}
        assert not clock.filter(ended_on=None).exists(), "nothing is left to rectify"
        assert site.file.due_on is None

    def test_what_a_recheck_missed_is_told_with_the_file_and_founds_the_revocation(self) -> None:
        site = OnSite().plan().find(equipment="defect").order().rectify()
        row = site.check.findings.get(verdict="defect")
        officer, lab = browse(site.person("one")), browse(site.person("applicant"))
        address = url("check_lacking", site.file.pk, row.pk)
        assert lab.get(address).status_code == 404
        assert officer.post(address, {"lacking": " ", "version": row.version}).status_code == 422
        stale = officer.post(address, {"lacking": "证书仍是复印件", "version": row.version - 1})
        assert stale.status_code == 409
        assert "证书仍是复印件" in stale.content.decode()
        assert officer.post(address, {"lacking": "证书仍是复印件", "version": row.version}).status_code == 302
        assert "证书仍是复印件" in officer.get(url("check", site.file.pk)).content.decode()
        assert "证书仍是复印件" not in lab.get(url("check", site.file.pk)).content.decode(), "not told yet"
        site.take(Role.LEADER, "hand_over", reason="整改不符合要求")
        assert "证书仍是复印件" in lab.get(url("check", site.file.pk)).content.decode()
        site.take(Role.REVIEWER, "start_revocation")
        assert "证书仍是复印件" in LifeCase.objects.get(licence=site.licence).facts

    def test_a_supervisor_ends_it_only_when_the_licence_is_gone(self) -> None:
        site = OnSite()
        with pytest.raises(ProblemsFound, match="许可仍然有效"):
            site.take(Role.SUPERVISOR, "end", reason="x")

    def test_every_act_leaves_its_trail(self) -> None:
        OnSite().plan().find()
        acts = AuditEntry.objects.filter(action__startswith="institutions.post_check.").values_list("action", flat=True)
        assert {act.rpartition(".")[2] for act in acts} == {"open", "visit", "name", "find", "sign"}


class TestOverdue:
    def test_a_late_check_alarms_those_who_assign_until_it_is_made(self) -> None:
        site = OnSite()
        later = site.case.now + dt.timedelta(days=120)
        assert list(overdue_alarms(site.case.now)) == []
        (alarm,) = overdue_alarms(later)
        assert site.file.number in alarm.text
        assert alarm.permission == "workflow.file.assign"
        site.plan().find()
        assert list(overdue_alarms(later)) == []

    def test_it_is_red_on_the_page(self) -> None:
        site = OnSite()
        Deadline.objects.filter(subject_id=site.file.pk).update(due_on=today(site.case.now) - dt.timedelta(days=3))
        File.objects.filter(pk=site.file.pk).update(due_on=today(site.case.now) - dt.timedelta(days=3))
        page = browse(site.person(Role.SUPERVISOR)).get(url("check", site.file.pk)).content.decode()
        assert "chip over" in page
