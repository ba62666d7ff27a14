"""The commitment route over HTTP: both routes shown with what closes one, the two looks of a signature, records."""

import pytest
from django.test import Client

from apps.accounts.constants import Role
from apps.institutions.models import InformedCommitment, RouteRecord
from tests import factories
from tests.institutions.house import browse, url
from tests.institutions.promising import SIGNED, Promise, prepare, record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


def read(client: Client, name: str, *args: object) -> str:
    answer = client.get(url(name, *args))
    assert answer.status_code == 200, name
    return answer.content.decode()


class TestRoute:
    def test_both_routes_are_explained_and_a_closed_one_says_why(self) -> None:
        case = Promise()
        client, pk = browse(case.person("applicant")), case.file.pk
        page = read(client, "route", pk)
        assert "三个月内现场核查" in page
        assert "可以选择告知承诺程序" in page
        record(case, kind="commitment_revoked")
        page = read(client, "route", pk)
        assert "再次申请须按一般程序" in page
        assert "按一般程序重新取得许可后可以再选择" in page
        answer = client.post(url("route", pk), {"route": "commitment", "version": case.fresh.version})
        assert answer.status_code == 422
        assert "再次申请须按一般程序" in answer.content.decode().partition("data-error-summary")[2]

    def test_others_see_no_choice(self) -> None:
        case = Promise().on("submitted")
        for user in (factories.person(), case.person(Role.WINDOW_CLERK), case.person("applicant")):
            assert browse(user).get(url("route", case.file.pk)).status_code == 404
            assert browse(user).get(url("informed", case.file.pk)).status_code == 404


class TestSignature:
    def test_it_is_signed_at_the_second_look(self) -> None:
        case = Promise()
        case.fill()
        case.choose()
        client, pk = browse(case.person("applicant")), case.file.pk
        first = read(client, "informed", pk)
        assert "愿意承担虚假承诺" in first
        assert case.seen() not in first
        second = client.post(url("informed", pk), SIGNED)
        assert second.status_code == 200
        assert case.seen() in second.content.decode()
        assert not InformedCommitment.objects.exists()
        stale = client.post(url("informed", pk), {**SIGNED, "seen": "0" * 64})
        assert stale.status_code == 409
        assert client.post(url("informed", pk), {**SIGNED, "seen": case.seen()}).status_code == 302
        assert InformedCommitment.objects.get().sha256 == case.fresh.informed.get().sha256

    def test_english_readers_are_told_which_text_binds(self) -> None:
        case = Promise()
        case.fill()
        case.choose()
        client = browse(case.person("applicant"))
        client.cookies["django_language"] = "en"
        page = read(client, "informed", case.file.pk)
        assert "our true intention" in page
        assert "The Chinese text is binding." in page


class TestRecords:
    def test_a_supervisor_enters_and_takes_down(self) -> None:
        case = Promise()
        client = browse(case.person(Role.SUPERVISOR))
        given = {
            "organisation_code": case.lab.uscc,
            "kind": "penalty",
            "decision_number": "示市监罚〔2026〕1号",
            "authority": "示例·市场监督管理局",
            "decided_on": "2026-01-05",
            "summary": "出具不实报告",
            "source": "公示网址",
        }
        wrong = client.post(url("route_record_new"), {**given, "organisation_code": "91520602MA0000000X"})
        assert wrong.status_code == 422
        assert client.post(url("route_record_new"), given).status_code == 302
        row = RouteRecord.objects.get()
        assert row.decision_number in read(client, "route_records")
        assert client.post(url("route_record", row.pk), {"version": 1, "reason": ""}).status_code == 422
        assert client.post(url("route_record", row.pk), {"version": 1, "reason": "登记有误"}).status_code == 302
        assert "登记有误" in read(client, "route_record", row.pk)

    def test_another_county_sees_none(self) -> None:
        row = record(Promise())
        other = factories.staff(Role.SUPERVISOR, at=factories.unit("dejiang", "520626"))
        assert browse(other).get(url("route_record", row.pk)).status_code == 404
        assert row.decision_number not in read(browse(other), "route_records")
