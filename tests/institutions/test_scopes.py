"""From a sheet to a draft to a scope in force: every faulty cell, versions, differences, holdings, and a race."""

import io
import threading
import time

import pytest
from django.db import connection, transaction
from python_calamine import CalamineWorkbook

from apps.accounts.constants import Role
from apps.audit.models import PublicFact
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.institutions.models import Capability, Holding, ScopeImport, ScopeVersion, Standard
from apps.institutions.selectors.scopes import compare, outdated_count, replacements, rows_of, version_before, warned
from apps.institutions.services.profile import add_site
from apps.institutions.services.scopes import approve_scope, discard_draft, take_in_scope
from apps.institutions.services.standards import StandardFacts, record_standard
from tests import factories
from tests.institutions.house import TODAY, browse, call, lab, rules, staff, url, version_offered
from tests.institutions.sheets import HEADINGS, as_csv, as_xlsx, many, row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def take_in(made, user, upload) -> ScopeImport:
    return take_in_scope(**call(user), institution_id=made.pk, upload=upload)


def approve(scope: ScopeVersion, user=None, **fields) -> ScopeVersion:
    asked = {"decision_number": "示资认〔2026〕1号", "approved_on": TODAY, "version": scope.version, **fields}
    return approve_scope(**call(user or staff(Role.APPROVER)), scope_id=scope.pk, **asked)


class TestImport:
    @pytest.mark.parametrize("made_as", [as_csv, as_xlsx])
    def test_a_good_file_becomes_the_draft(self, made_as) -> None:
        made, user = lab()
        batch = take_in(made, user, made_as([row(), row(parameter="镉", restriction="只测塑料")]))
        assert (batch.rows_total, batch.rows_bad) == (2, 0)
        rows = list(batch.made.rows.select_related("capability").order_by("n"))
        assert [r.capability.parameter for r in rows] == ["铅迁移量", "镉"]
        assert rows[1].restriction == "只测塑料"
        assert Holding.objects.count() == 0

    def test_a_faulty_file_makes_nothing_but_is_kept(self) -> None:
        made, user = lab()
        batch = take_in(made, user, as_csv([row(), row(standard="GB 6675.4"), row(field="占星", parameter="镉")]))
        assert (batch.rows_total, batch.rows_bad, batch.made) == (3, 2, None)
        assert not ScopeVersion.objects.exists()
        page = browse(user).get(url("scope_import", made.pk, batch.pk)).content.decode()
        assert "缺少年号" in page
        assert "没有这个领域" in page
        content = browse(user).get(url("scope_annotated", made.pk, batch.pk)).content
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        assert "标准编号：标准编号不完整或缺少年号" in sheet[2][-1]

    def test_sites_are_those_of_the_file(self) -> None:
        made, user = lab()
        for name in ("东区", "西区"):
            site = {"address": "x", "division_code": "", "activity": "", "since": TODAY}
            add_site(**call(user), institution_id=made.pk, name=name, **site)
        assert take_in(made, user, as_csv([row()])).rows_bad == 1
        assert take_in(made, user, as_csv([row(site="西区")])).rows_bad == 0

    @pytest.mark.parametrize(
        ("upload", "told"),
        [
            (as_csv([]), "没有任何一行"),
            (as_csv([row()], headings=["甲", "乙", "丙", "丁", "戊", "己", "庚"]), "没有找到表头"),
            (as_csv([row()], headings=["领域", "检测对象", "参数", "备注1", "备注2", "说明", "场所"]), "标准编号"),
            (as_csv([row()], headings=["领域", "检测对象", "参数", "标准编号", "参数", "说明", "场所"]), "多列"),
            (as_csv([row()], name="scope.exe"), "只接受"),
            (as_csv([row()], name="scope.xlsx"), "不符"),
        ],
    )
    def test_what_is_no_scope_is_refused_whole(self, upload, told: str) -> None:
        made, user = lab()
        upload.seek(0)
        with pytest.raises(ProblemsFound, match=told):
            take_in(made, user, upload)
        assert not ScopeImport.objects.exists()

    def test_a_new_draft_replaces_the_old_one(self) -> None:
        made, user = lab()
        first = take_in(made, user, as_csv([row()])).made
        second = take_in(made, user, as_csv([row(), row(parameter="镉")])).made
        first.refresh_from_db()
        assert (first.state, second.state, second.n) == ("discarded", "draft", 2)

    def test_strangers_upload_nothing(self) -> None:
        made, _user = lab()
        with pytest.raises(Refused):
            take_in(made, factories.person(), as_csv([row()]))
        assert not ScopeImport.objects.exists()

    def test_eight_hundred_rows_in_well_under_a_second_of_service(self) -> None:
        """Counted in CPU time of this process, so that a busy machine does not fail it."""
        made, user = lab()
        upload = as_xlsx(many(800))
        begun = time.process_time()
        batch = take_in(made, user, upload)
        spent = time.process_time() - begun
        assert batch.made.rows_count == 800
        assert spent < 1.0


class TestVersions:
    def test_approval_moves_the_holdings(self) -> None:
        made, user = lab()
        first = approve(take_in(made, user, as_csv([row(), row(parameter="镉")])).made)
        assert (first.state, Holding.objects.count()) == ("approved", 2)
        other, owner = lab()
        approve(take_in(other, owner, as_csv([row()])).made)
        assert Capability.objects.get(parameter="铅迁移量").holders == 2
        second = approve(take_in(made, user, as_csv([row(parameter="镉"), row(parameter="汞")])).made)
        first.refresh_from_db()
        assert (first.state, first.superseded_on, version_before(second)) == ("superseded", TODAY, first)
        counts = dict(Capability.objects.values_list("parameter", "holders"))
        assert counts == {"铅迁移量": 1, "镉": 1, "汞": 1}
        fact = PublicFact.objects.filter(subject_kind="institution", subject_id=made.token).order_by("-n").first()
        assert fact is not None
        assert (fact.kind, fact.n) == ("scope.approved", 2)

    def test_who_may_approve_and_what_it_takes(self) -> None:
        made, user = lab()
        draft = take_in(made, user, as_csv([row()])).made
        for other in (user, staff(Role.SUPERVISOR), staff(Role.APPROVER, "520621")):
            with pytest.raises(Refused):
                approve(draft, other)
        with pytest.raises(ProblemsFound):
            approve(draft, decision_number=" ")
        with pytest.raises(StaleVersion):
            approve(draft, version=9)
        approve(draft)
        draft.refresh_from_db()
        with pytest.raises(Refused, match="不是草稿"):
            approve(draft)

    def test_a_draft_is_discarded_by_its_institution(self) -> None:
        made, user = lab()
        draft = take_in(made, user, as_csv([row()])).made
        assert discard_draft(**call(user), scope_id=draft.pk, version=1).state == "discarded"

    def test_the_difference_follows_replaced_standards(self) -> None:
        rules()
        made, user = lab()
        old = [row(object="大米", parameter="铅", standard="GB 5009.12-2010"), row()]
        first = approve(take_in(made, user, as_csv(old)).made)
        new = [row(object="大米", parameter="铅", standard="GB 5009.12-2023"), row(parameter="镉")]
        second = take_in(made, user, as_csv(new)).made
        found = compare(first, second)
        assert (len(found.changed), len(found.added), len(found.removed)) == (1, 1, 1)
        assert replacements(["GB 5009.12-2010"]) == {"GB 5009.12-2010": {"GB 5009.12-2017", "GB 5009.12-2023"}}
        assert len(compare(None, second).added) == 2

    def test_rows_that_cite_a_replaced_standard_are_marked(self) -> None:
        rules()
        made, user = lab()
        scope = take_in(made, user, as_csv([row(standard="GB 5009.12-2017", object="大米", title=""), row()])).made
        assert outdated_count(scope) == 1
        marked = [(each.row.n, each.standard and each.standard.code) for each in warned(rows_of(scope))]
        assert marked == [(1, "GB 5009.12-2017"), (2, None)]
        assert [r.n for r in rows_of(scope, query="玩具 铅")] == [2]
        page = browse(user).get(url("scope", made.pk)).content.decode()
        assert "GB 5009.12-2023" in page


@pytest.mark.django_db(transaction=True)
def test_two_approvals_of_the_same_capabilities_at_once(settings, tmp_path) -> None:
    """Both lock the shared capabilities by id, so neither waits for the other in a circle; the counts add up."""
    settings.MEDIA_ROOT = tmp_path
    drafts = []
    for order in (1, -1):
        made, user = lab()
        drafts.append(take_in(made, user, as_csv(many(60)[::order])).made)
    approver, failures = staff(Role.APPROVER), []

    def run(draft: ScopeVersion) -> None:
        try:
            approve(draft, approver)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(draft,)) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert set(Capability.objects.values_list("holders", flat=True)) == {2}


class TestStandards:
    def facts(self, **fields) -> StandardFacts:
        defaults = {"code": "GB/T 1-2020", "title": "示例", "status": "current", "source": "示例"}
        return StandardFacts(**{**defaults, **fields})

    def test_recorded_corrected_and_linked(self) -> None:
        keeper = call(staff(Role.REVIEWER))
        new = record_standard(**keeper, facts=self.facts())
        old = record_standard(
            **keeper, facts=self.facts(code="GB/T 1—2009", status="replaced", replaced_by="GB/T 1-2020")
        )
        assert (old.code, list(old.replaced_by.all())) == ("GB/T 1-2009", [new])
        with pytest.raises(StaleVersion):
            record_standard(**keeper, facts=self.facts(), standard_id=new.pk, version=9)

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"code": "GB/T 1"}, "standard.code"),
            ({"status": "replaced"}, "standard.replaced"),
            ({"replaced_by": "GB/T 9-2099"}, "standard.follower"),
        ],
    )
    def test_faults(self, fields: dict, code: str) -> None:
        with pytest.raises(ProblemsFound) as found:
            record_standard(**call(staff(Role.REVIEWER)), facts=self.facts(**fields))
        assert [p.code for p in found.value.problems] == [code]

    def test_only_its_keepers(self) -> None:
        with pytest.raises(Refused):
            record_standard(**call(staff(Role.OFFICER)), facts=self.facts())

    def test_pages(self) -> None:
        rules()
        page = browse(None).get(url("standards"), {"q": "铅 2017"}).content.decode()
        assert "GB 5009.12-2017" in page
        assert "未核对" in page
        keeper = browse(staff(Role.REVIEWER))
        standard = Standard.objects.get(code="GB 175-2023")
        assert keeper.get(url("standard_edit", standard.pk)).status_code == 200
        form = {"code": "GB 175-2023", "title": "水泥", "status": "current", "source": "x", "version": 1}
        assert keeper.post(url("standard_edit", standard.pk), form).status_code == 302
        late = keeper.post(url("standard_edit", standard.pk), form)
        assert late.status_code == 409
        again = {**form, "version": version_offered(late)}
        assert keeper.post(url("standard_edit", standard.pk), again).status_code == 302
        assert keeper.post(url("standard_new"), {}).status_code == 422


class TestPages:
    def test_from_upload_to_a_scope_in_force(self) -> None:
        made, user = lab()
        client = browse(user)
        answer = client.post(url("scope_upload", made.pk), {"file": as_csv([row()])})
        assert answer.headers["Location"] == url("scope_version", made.pk, 1)
        assert "铅迁移量" in client.get(answer.headers["Location"]).content.decode()
        assert client.get(url("scope_difference", made.pk, 1)).status_code == 200
        assert client.post(url("scope_approve", made.pk, 1), {}).status_code == 403
        approver = browse(staff(Role.APPROVER))
        form = {"decision_number": "示资认〔2026〕1号", "approved_on": TODAY, "version": 1}
        assert approver.post(url("scope_approve", made.pk, 1), form).status_code == 302
        assert approver.post(url("scope_approve", made.pk, 1), form).status_code == 409

    def test_a_faulty_upload_leads_to_its_faults(self) -> None:
        made, user = lab()
        client = browse(user)
        answer = client.post(url("scope_upload", made.pk), {"file": as_csv([row(object="<b>x</b>", standard="x")])})
        batch = ScopeImport.objects.get()
        assert answer.headers["Location"] == url("scope_import", made.pk, batch.pk)
        assert client.post(url("scope_upload", made.pk), {}).status_code == 422
        assert client.post(url("scope_upload", made.pk), {"file": as_csv([], name="x.exe")}).status_code == 422
        other, owner = lab()
        assert browse(owner).get(url("scope_import", other.pk, batch.pk)).status_code == 404
        assert client.get(url("scope_version", made.pk, 9)).status_code == 404

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_the_template_is_readable_by_its_own_rules(self, kind: str) -> None:
        _made, user = lab()
        content = browse(user).get(url("scope_template", kind)).content
        assert content
        if kind == "csv":
            assert content.decode("utf-8-sig").strip().split(",") == HEADINGS
        assert browse(user).get(url("scope_template", "exe")).status_code == 404


def test_an_approval_rolled_back_leaves_nothing() -> None:
    made, user = lab()
    draft = take_in(made, user, as_csv([row()])).made
    with transaction.atomic():
        approve(draft)
        transaction.set_rollback(True)
    assert Holding.objects.count() == 0
