"""The staff's pages over HTTP: what they show to whom, and what is attempted (docs/security-attempts.md)."""

import re

import pytest

from apps.accounts.constants import Role
from apps.core.actors import Actor
from apps.parties.models import MergeCandidate, Organisation
from apps.parties.services import refresh_search
from apps.parties.services.merges import suggest_merge
from tests import factories
from tests.parties.browsing import KNOWN, NOW, browse, clerk, form_of, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Organisation:
    return factories.organisation("示例·翠峰茶业", uscc=KNOWN, org_code=KNOWN[8:17], division_code="520602")


@pytest.fixture
def boss(firm):
    user = factories.person()
    factories.member(user, firm)
    return user


class TestStaffPages:
    def test_finding(self, firm) -> None:
        client = browse(clerk())
        refresh_search([firm.pk])
        for query in ("翠峰", KNOWN, "slcf"):
            assert firm.name in form_of(client.get(url("list"), {"q": query})), query
        assert firm.name not in form_of(client.get(url("list"), {"q": "没有的"}))
        assert firm.name not in form_of(client.get(url("list"), {"kind": "body"}))
        assert firm.name not in form_of(client.get(url("list"), {"division": "nowhere"}))

    @pytest.mark.parametrize(
        "query", [{"q": "%"}, {"q": "\x00"}, {"q": "x" * 5000}, {"kind": "' OR 1=1--"}, {"order_by": "password"}]
    )
    def test_hostile_filters(self, firm, query: dict) -> None:  # 42, 43
        assert browse(clerk()).get(url("list"), query).status_code == 200

    @pytest.mark.parametrize("page", ["1000000000", "-1", "0", "x", "１", "9" * 30])
    def test_pages_that_are_not_there(self, firm, page: str) -> None:  # 40
        assert browse(clerk()).get(url("list"), {"page": page}).status_code == 404

    def test_people_are_not_found_by_their_data(self, firm, boss) -> None:  # 36
        for secret in (boss.email, boss.username, "13812341234", "522201199001010019"):
            assert firm.name not in form_of(browse(clerk()).get(url("list"), {"q": secret}))

    def test_a_county_sees_its_own(self, firm) -> None:  # 7
        client = browse(clerk("520621"))
        assert firm.name not in form_of(client.get(url("list")))
        for name in ("detail", "edit", "rename"):
            assert client.get(url(name, firm.pk)).status_code == 404
        assert client.post(url("edit", firm.pk), {"version": 1, "kind": "body", "country": "CN"}).status_code == 404

    def test_a_supervisor_reads_only(self, firm) -> None:  # 8
        client = browse(factories.staff(Role.SUPERVISOR))
        assert client.get(url("detail", firm.pk)).status_code == 200
        assert client.post(url("edit", firm.pk), {"version": 1}).status_code == 403
        firm.refresh_from_db()
        assert firm.version == 1

    def test_the_list_costs_few_queries_however_long(self, firm, counted) -> None:
        client = browse(clerk())
        client.get(url("list"))
        with counted() as few:
            client.get(url("list"))
        for n in range(30):
            factories.organisation(f"示例·很多{n}")
        with counted() as many:
            client.get(url("list"))
        assert len(many) <= len(few) <= 14

    def test_recording_and_overriding(self) -> None:
        client, white = browse(clerk()), "91350203M0001QAY9B"
        data = {"name": "示例·新户", "kind": "enterprise", "country": "cn", "uscc": white}
        response = client.post(url("create"), data)
        assert response.status_code == 422
        assert "第18位校验码不符" in form_of(response)
        response = client.post(url("create"), {**data, "override_reason": "已核对执照原件"})
        made = Organisation.objects.get()
        assert response.url == url("detail", made.pk)
        assert "已核对执照原件" in form_of(client.get(response.url))
        client.post(url("create"), {**data, "name": "示例·新户二", "override_reason": "已核对执照原件"})
        assert Organisation.objects.count() == 1

    def test_two_clerks_edit_and_nothing_is_lost(self, firm) -> None:  # 19
        one, two = browse(clerk()), browse(clerk())
        data = {"kind": "enterprise", "uscc": KNOWN, "division_code": "520602", "country": "CN", "version": 1}
        assert one.post(url("edit", firm.pk), {**data, "address": "甲路1号"}).status_code == 302
        response = two.post(url("edit", firm.pk), {**data, "address": "乙路2号"})
        page = form_of(response)
        assert response.status_code == 409
        assert "他人已先修改" in page
        assert "甲路1号" in page
        assert 'value="乙路2号"' in page
        version = re.search(r'name="version" value="(\d+)"', page).group(1)
        assert version == "2"
        assert two.post(url("edit", firm.pk), {**data, "address": "乙路2号", "version": version}).status_code == 302

    def test_renaming(self, firm) -> None:
        data = {"name": "示例·新名茶业", "since": "2026-05-01", "reason": "变更登记", "version": 1}
        client = browse(clerk())
        assert client.post(url("rename", firm.pk), {**data, "since": "2026-13-45"}).status_code == 422
        assert client.post(url("rename", firm.pk), data).status_code == 302
        page = form_of(client.get(url("detail", firm.pk)))
        assert "示例·新名茶业" in page
        assert "曾用名称" in page

    def test_two_clerks_rename_and_the_second_goes_on_from_the_form(self, firm) -> None:  # 19
        data = {"name": "示例·新名茶业", "since": "2026-05-01", "reason": "变更登记", "version": 1}
        assert browse(clerk()).post(url("rename", firm.pk), data).status_code == 302
        second = browse(clerk())
        answer = second.post(url("rename", firm.pk), {**data, "name": "示例·又一名茶业"})
        page = form_of(answer)
        assert answer.status_code == 409
        assert "他人修改了这份记录" in page
        assert 'value="示例·又一名茶业"' in page
        version = re.search(r'name="version" value="(\d+)"', page).group(1)
        again = second.post(url("rename", firm.pk), {**data, "name": "示例·又一名茶业", "version": version})
        assert again.status_code == 302


class TestMergePages:
    @pytest.fixture
    def pair(self, firm) -> MergeCandidate:
        Organisation.objects.filter(pk=firm.pk).update(address="此处")
        other = factories.organisation("示例·翠峰茶业", division_code="520602", address="别处")
        return suggest_merge(actor=Actor.system("t"), now=NOW, first_id=firm.pk, second_id=other.pk)

    def test_side_by_side_decide_and_undo(self, pair, firm) -> None:
        client = browse(clerk())
        assert firm.name in form_of(client.get(url("merges")))
        page = form_of(client.get(url("merge", pair.pk)))
        assert page.count('class="changed"') == 1  # the address
        assert page.count("一方空白") == 2  # both codes
        data = {"kept": str(firm.pk), "reason": "执照一致", "version": 1}
        assert client.post(url("merge_decide", pair.pk), {**data, "reason": ""}).status_code == 422
        assert client.post(url("merge_decide", pair.pk), data).status_code == 302
        assert client.post(url("merge_decide", pair.pk), data).status_code == 409
        assert "撤销合并" in form_of(client.get(url("merge", pair.pk)))
        assert client.get(url("merges"), {"state": "merged"}).status_code == 200
        assert client.post(url("merge_undo", pair.pk), {"reason": "执照不同", "version": 2}).status_code == 302
        assert Organisation.objects.filter(merged_into=None).count() == 2

    def test_a_pair_that_was_changed_meanwhile_is_decided_from_the_form(self, pair, firm) -> None:
        data = {"kept": str(firm.pk), "reason": "执照一致", "version": 1}
        MergeCandidate.objects.filter(pk=pair.pk).update(version=7)
        answer = browse(clerk()).post(url("merge_decide", pair.pk), data)
        assert answer.status_code == 409
        assert "执照一致</textarea>" in form_of(answer)
        assert 'name="version" value="7"' in form_of(answer)

    def test_a_forged_side_is_refused(self, pair) -> None:
        stranger = factories.organisation()
        data = {"kept": str(stranger.pk), "reason": "x", "version": 1}
        assert browse(clerk()).post(url("merge_decide", pair.pk), data).status_code == 422

    def test_other_counties_and_roles(self, pair) -> None:
        assert browse(clerk("520621")).get(url("merge", pair.pk)).status_code == 404
        assert browse(clerk("520621")).post(url("merge_decide", pair.pk), {}).status_code == 404
        assert browse(factories.staff(Role.SUPERVISOR)).get(url("merges")).status_code == 403

    def test_a_clerk_names_the_other_record(self, firm) -> None:
        other = factories.organisation("示例·别家")
        client = browse(clerk())
        assert client.post(url("suggest_merge", firm.pk), {"other": "没有"}).status_code == 422
        assert client.post(url("suggest_merge", firm.pk), {"other": KNOWN}).status_code == 422  # itself
        response = client.post(url("suggest_merge", firm.pk), {"other": f"#{other.pk}"})
        assert response.url == url("merge", MergeCandidate.objects.get().pk)
