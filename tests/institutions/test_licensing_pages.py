"""The pages of the licence process: what the applicant reads, and when; what odd input meets."""

import pytest
from django.urls import reverse

from apps.accounts.constants import Role
from apps.core.problems import Refused
from apps.documents.models import GeneratedDocument
from apps.documents.services import render_due
from apps.institutions.licence_constants import CERTIFICATE
from apps.institutions.models import Item
from apps.institutions.services.demands import answer_demand, reopen_demand
from tests.institutions.casework import Case, fresh, prepare
from tests.institutions.house import browse, url, version_offered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


def download(case: Case, who: object, address: str) -> int:
    """The status of a download, read to its end."""
    answer = browse(case.person(who)).get(address)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer.status_code


def page(case: Case, who: object) -> str:
    return browse(case.person(who)).get(url("case", case.file.pk)).content.decode()


def test_staff_are_told_while_nobody_has_confirmed_who_decides() -> None:
    case = Case().to("submitted")
    told = "决定权限未核实"
    assert told in page(case, Role.WINDOW_CLERK)
    assert told not in page(case, "applicant")
    Item.objects.update(verified=True)
    assert told not in page(case, Role.WINDOW_CLERK)


def test_a_step_that_somebody_overtook_can_be_taken_again() -> None:
    case = Case().to("submitted")
    clerk, form = browse(case.person(Role.WINDOW_CLERK)), url("take", case.file.pk, "accept")
    late = clerk.post(form, {"version": case.file.version - 1})
    assert late.status_code == 409
    assert clerk.post(form, {"version": version_offered(late)}).status_code == 302


class TestPoints:
    def test_the_applicant_reads_a_correction_once_it_was_told(self) -> None:
        case = Case().to("submitted")
        point = case.point()
        answer = url("answer", case.file.pk, point.pk)
        assert point.problem in page(case, Role.WINDOW_CLERK)
        assert point.problem not in page(case, "applicant")
        assert browse(case.person("applicant")).get(answer).status_code == 404
        case.take(Role.WINDOW_CLERK, "correct")
        assert point.problem in page(case, "applicant")
        assert browse(case.person("applicant")).get(answer).status_code == 200

    def test_a_rectification_sent_back_is_unread_until_it_is_told_again(self) -> None:
        case = Case().to("review")
        point = case.point("first")
        assert point.problem not in page(case, "applicant")
        case.take("head", "demand_rectification")
        case.answer_all()
        case.take("applicant", "rectify")
        reopen_demand(**case.by("first"), **case.id, demand_id=point.pk, version=fresh(point), problem="仍缺记录")
        assert "仍缺记录" in page(case, "first")
        assert "仍缺记录" not in page(case, "applicant")
        answer = url("answer", case.file.pk, point.pk)
        assert browse(case.person("applicant")).get(answer).status_code == 404
        with pytest.raises(Refused):
            answer_demand(**case.by("applicant"), **case.id, demand_id=point.pk, version=3, answer="已改正")
        case.take("head", "demand_rectification")
        assert "仍缺记录" in page(case, "applicant")


class TestCertificate:
    def test_the_applicant_gets_it_once_it_is_sealed(self) -> None:
        case = Case().to("decided")
        render_due()
        paper = GeneratedDocument.objects.get(template=CERTIFICATE)
        decision = GeneratedDocument.objects.get(template="decision_grant")
        file = reverse("documents:paper_file", args=[paper.uid])
        assert file in page(case, Role.SEAL_KEEPER)
        assert download(case, Role.SEAL_KEEPER, file) == 200
        assert file not in page(case, "applicant")
        assert download(case, "applicant", file) == 404
        assert reverse("documents:paper_file", args=[decision.uid]) in page(case, "applicant")
        case.take(Role.SEAL_KEEPER, "seal")
        assert file in page(case, "applicant")
        assert download(case, "applicant", file) == 200


class TestCourse:
    def test_the_applicant_reads_no_reasons_between_desks(self) -> None:
        case = Case().to("concluded")
        case.take(Role.REVIEWER, "propose", inputs={"proposal": "refuse"}, reason="内部意见甲")
        case.take(Role.APPROVER, "send_back", reason="内部意见乙")
        case.take(Role.REVIEWER, "propose", inputs={"proposal": "refuse"}, reason="内部意见丙")
        case.take(Role.LEADER, "extend", reason="情况复杂")
        inside, outside = page(case, Role.LEADER), page(case, "applicant")
        for words in ("内部意见甲", "内部意见乙", "内部意见丙"):
            assert words in inside
            assert words not in outside
        assert "情况复杂" in outside
        assert case.person(Role.LEADER).display_name in inside
        assert case.person(Role.LEADER).display_name not in outside
        assert f'<p class="small mute">{Role.LEADER.label}' in outside
