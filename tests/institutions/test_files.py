"""The file of an institution: opened once, profile by versions, owners and sites with their days."""

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.institutions.models import ChangeFiling, Institution
from apps.institutions.policies import can_approve_scope, can_edit_institution, visible_institutions
from apps.institutions.selectors.files import file_of
from apps.institutions.services import moving
from apps.institutions.services.changes import acknowledge_change, file_change
from apps.institutions.services.profile import (
    add_shareholder,
    add_site,
    edit_profile,
    end_shareholder,
    end_site,
    open_institution,
    record_licence_entry,
)
from apps.parties.constants import OrganisationKind
from tests import factories
from tests.institutions.house import PROFILE, TODAY, browse, call, lab, rules, staff, url, version_offered

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - dt.timedelta(days=1)
TOMORROW = TODAY + dt.timedelta(days=1)


class TestOpening:
    def test_once_and_with_a_token(self) -> None:
        firm = factories.organisation(kind=OrganisationKind.INSTITUTION)
        made = open_institution(**call(staff()), organisation_id=firm.pk)
        assert len(made.token) == 12
        assert open_institution(**call(staff()), organisation_id=firm.pk) == made
        assert AuditEntry.objects.filter(action="institutions.institution.open").count() == 1

    def test_only_of_a_testing_institution(self) -> None:
        with pytest.raises(Refused, match="类型不是"):
            open_institution(**call(staff()), organisation_id=factories.organisation().pk)
        with pytest.raises(Refused, match="没有这个组织"):
            open_institution(**call(staff()), organisation_id=0)

    def test_not_by_strangers(self) -> None:
        firm = factories.organisation(kind=OrganisationKind.INSTITUTION)
        with pytest.raises(Refused):
            open_institution(**call(factories.person()), organisation_id=firm.pk)


class TestProfile:
    def edit(self, made: Institution, user, **fields):
        asked = {"since": TODAY, "facts": PROFILE, "version": Institution.objects.get(pk=made.pk).version, **fields}
        return edit_profile(**call(user), institution_id=made.pk, **asked)

    def test_each_saving_is_a_version_with_its_day(self) -> None:
        rules()
        made, user = lab()
        self.edit(made, user, since=YESTERDAY)
        second = self.edit(made, user, facts=PROFILE.__class__(legal_form="public", ownership="state"))
        found = file_of(made, TODAY)
        assert (second.n, found.profile) == (2, second)
        assert [old.legal_form for old in found.former_profiles] == ["enterprise"]
        assert ChangeFiling.objects.get().kind == "legal_form"

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"since": TOMORROW}, "profile.later"),
            ({"since": YESTERDAY - dt.timedelta(days=900)}, "profile.earlier"),
            ({"facts": PROFILE.__class__(legal_form="branch", ownership="state")}, "profile.parent"),
        ],
    )
    def test_faults(self, fields: dict, code: str) -> None:
        made, user = lab()
        self.edit(made, user, since=YESTERDAY)
        with pytest.raises(ProblemsFound) as found:
            self.edit(made, user, **fields)
        assert [p.code for p in found.value.problems] == [code]

    def test_a_stale_page_is_told(self) -> None:
        made, user = lab()
        self.edit(made, user)
        with pytest.raises(StaleVersion):
            self.edit(made, user, version=1)

    def test_a_stranger_and_another_county_cannot(self) -> None:
        made, _user = lab()
        for other in (factories.person(), staff(Role.SUPERVISOR, "520621"), staff(Role.REVIEWER)):
            with pytest.raises(Refused):
                self.edit(made, other)
        assert self.edit(made, staff()).n == 1


class TestLicenceEntry:
    def record(self, made: Institution, user, **fields):
        asked = {"cma_number": "252400050123", "cma_from": YESTERDAY, "cma_to": TOMORROW, "licence_source": "公告"}
        asked |= {"version": Institution.objects.get(pk=made.pk).version, **fields}
        return record_licence_entry(**call(user), institution_id=made.pk, **asked)

    def test_recorded_and_unique(self) -> None:
        (made, _user), (other, _owner) = lab(), lab()
        assert self.record(made, staff()).cma_number == "252400050123"
        with pytest.raises(ProblemsFound, match="另一机构"):
            self.record(other, staff())
        with pytest.raises(StaleVersion):
            self.record(made, staff(), version=1)

    def test_never_by_the_institution_itself(self) -> None:
        made, user = lab()
        for other in (user, factories.person(), staff(Role.SUPERVISOR, "520621"), staff(Role.REVIEWER)):
            with pytest.raises(Refused):
                self.record(made, other)
        form = {"cma_number": "252400050123", "cma_from": YESTERDAY, "cma_to": TOMORROW, "version": 1}
        form["licence_source"] = "公告"
        member, supervisor = browse(user), browse(staff())
        assert member.get(url("licence", made.pk)).status_code == 403
        assert member.post(url("licence", made.pk), form).status_code == 403
        assert url("licence", made.pk) not in member.get(url("file", made.pk)).content.decode()
        assert not Institution.objects.get(pk=made.pk).cma_number
        assert url("licence", made.pk) in supervisor.get(url("file", made.pk)).content.decode()
        assert supervisor.post(url("licence", made.pk), form).status_code == 302
        assert Institution.objects.get(pk=made.pk).cma_number == "252400050123"

    def test_faults(self) -> None:
        made, _user = lab()
        with pytest.raises(ProblemsFound) as found:
            self.record(made, staff(), cma_number="x", cma_to=YESTERDAY - dt.timedelta(days=1))
        assert {p.code for p in found.value.problems} == {"cma.shape", "cma.reversed"}


class TestOwnersAndSites:
    def test_shares_never_exceed_the_whole(self) -> None:
        made, user = lab()
        share = {"institution_id": made.pk, "kind": "person", "name": "张三", "since": YESTERDAY}
        first = add_shareholder(**call(user), **share, percent=Decimal(60))
        with pytest.raises(ProblemsFound, match="100%"):
            add_shareholder(**call(user), **share, percent=Decimal("40.01"))
        end_shareholder(**call(user), shareholder_id=first.pk, until=TODAY)
        add_shareholder(**call(user), **share, percent=Decimal(100))
        with pytest.raises(Refused, match="已经终止"):
            end_shareholder(**call(user), shareholder_id=first.pk, until=TODAY)

    def test_a_further_site_and_a_site_given_up_wait_to_be_filed(self) -> None:
        rules()
        made, user = lab()
        site = {"institution_id": made.pk, "address": "示例路1号", "division_code": "520602", "activity": ""}
        first = add_site(**call(user), **site, name="东区", since=YESTERDAY)
        assert not ChangeFiling.objects.exists()
        add_site(**call(user), **site, name="西区", since=YESTERDAY)
        with pytest.raises(ProblemsFound, match="同名"):
            add_site(**call(user), **site, name="西区", since=YESTERDAY)
        end_site(**call(user), site_id=first.pk, until=TODAY)
        assert ChangeFiling.objects.filter(kind="site").count() == 2
        assert [s.name for s in file_of(made, TOMORROW).sites] == ["西区"]

    def test_a_change_is_filed_then_acknowledged_by_staff_only(self) -> None:
        rules()
        made, user = lab()
        for name in ("东区", "西区"):
            site = {"institution_id": made.pk, "address": "x", "division_code": "", "activity": "", "name": name}
            add_site(**call(user), **site, since=YESTERDAY)
        change = ChangeFiling.objects.get()
        with pytest.raises(ProblemsFound):
            file_change(**call(user), change_id=change.pk, version=1, statement="x")
        with pytest.raises(Refused):
            acknowledge_change(**call(staff()), change_id=change.pk, version=1)  # nothing was filed yet
        file_change(**call(user), change_id=change.pk, version=1, statement="新租实验室，见租赁合同")
        with pytest.raises(Refused):
            acknowledge_change(**call(user), change_id=change.pk, version=2)
        with pytest.raises(StaleVersion):
            acknowledge_change(**call(staff()), change_id=change.pk, version=1)
        assert acknowledge_change(**call(staff()), change_id=change.pk, version=2).state == "acknowledged"


class TestPolicies:
    @pytest.mark.parametrize(
        ("role", "division", "sees", "edits", "approves"),
        [
            (Role.SUPERVISOR, "520600", True, True, False),
            (Role.SUPERVISOR, "520602", True, True, False),
            (Role.SUPERVISOR, "520621", False, False, False),
            (Role.WINDOW_CLERK, "520600", True, True, False),
            (Role.APPROVER, "520600", True, False, True),
            (Role.APPROVER, "520621", False, False, False),
            (Role.REVIEWER, "520600", True, False, False),
            (Role.SEAL_KEEPER, "520600", False, False, False),
            (Role.SYSTEM_ADMIN, "520600", False, False, False),
        ],
    )
    def test_staff(self, role: Role, division: str, sees: bool, edits: bool, approves: bool) -> None:
        made, _user = lab()
        user = staff(role, division)
        assert visible_institutions(user, TODAY).filter(pk=made.pk).exists() is sees
        assert can_edit_institution(user, made, TODAY) is edits
        assert can_approve_scope(user, made, TODAY) is approves

    def test_members_and_strangers(self) -> None:
        made, user = lab()
        assert can_edit_institution(user, made, TODAY)
        assert not can_approve_scope(user, made, TODAY)
        stranger = factories.person()
        assert not visible_institutions(stranger, TODAY).exists()
        assert not can_edit_institution(stranger, made, TODAY)


class TestPages:
    def test_a_member_fills_in_the_file(self) -> None:
        rules()
        made, user = lab()
        client = browse(user)
        assert client.get(url("mine")).headers["Location"] == url("file", made.pk)
        assert "尚未填报" in client.get(url("file", made.pk)).content.decode()
        form = {"since": TODAY, "legal_form": "enterprise", "ownership": "private", "version": 1, "staff_count": 42}
        assert client.post(url("profile", made.pk), form).headers["Location"].endswith("#profile")
        late = client.post(url("profile", made.pk), {**form, "staff_count": 43})
        assert late.status_code == 409
        assert "43" in late.content.decode()
        again = {**form, "version": version_offered(late)}
        assert client.post(url("profile", made.pk), again).status_code == 302
        assert client.post(url("profile", made.pk), {}).status_code == 422
        site = {"name": "东区", "address": "<script>alert(1)</script>", "since": TODAY}
        assert client.post(url("site_add", made.pk), site).status_code == 302
        page = client.get(url("file", made.pk)).content.decode()
        assert "从业人员 42 人" in page
        assert "<script>alert(1)" not in page

    def test_others_meet_404_and_readers_403(self) -> None:
        made, _user = lab()
        assert browse(factories.person()).get(url("file", made.pk)).status_code == 404
        assert browse(staff(Role.SUPERVISOR, "520621")).get(url("file", made.pk)).status_code == 404
        reader = browse(staff(Role.REVIEWER))
        assert reader.get(url("file", made.pk)).status_code == 200
        assert reader.post(url("profile", made.pk), {}).status_code == 403

    def test_a_row_of_another_institution_is_404(self) -> None:
        made, user = lab()
        other, owner = lab()
        site = {"institution_id": other.pk, "address": "x", "division_code": "", "activity": "", "name": "东区"}
        theirs = add_site(**call(owner), **site, since=TODAY)
        answer = browse(user).post(url("site_end", made.pk, theirs.pk), {"until": TODAY})
        assert answer.status_code == 404

    def test_a_member_opens_the_file_of_their_organisation(self) -> None:
        firm, user = factories.organisation(kind=OrganisationKind.INSTITUTION), factories.person()
        factories.member(user, firm)
        assert firm.name in browse(user).get(url("mine")).content.decode()
        assert browse(user).post(url("open_own", firm.pk)).status_code == 302
        assert Institution.objects.get().organisation == firm
        assert browse(factories.person()).post(url("open_own", firm.pk)).status_code == 404

    def test_staff_find_and_open(self) -> None:
        firm = factories.organisation(
            kind=OrganisationKind.INSTITUTION, uscc="91520602MA6DL0011J", org_code="MA6DL0011"
        )
        clerk = browse(staff(Role.WINDOW_CLERK))
        assert clerk.post(url("create"), {"code": "91520602MA6DL0011J"}).status_code == 302
        assert firm.name in clerk.get(url("list"), {"q": "91520602MA6"}).content.decode()
        assert firm.name not in clerk.get(url("list"), {"q": "没有的"}).content.decode()
        assert clerk.post(url("create"), {"code": "nobody"}).status_code == 422


class TestMerging:
    def test_the_file_goes_over_and_comes_back(self) -> None:
        made, _user = lab()
        survivor = factories.organisation(kind=OrganisationKind.INSTITUTION)
        ids = moving._move(made.organisation_id, survivor.pk)
        made.refresh_from_db()
        assert (ids, made.organisation_id) == ([made.pk], survivor.pk)
        other, _owner = lab()
        assert moving._move(other.organisation_id, survivor.pk) == []
        duplicate = factories.organisation(kind=OrganisationKind.INSTITUTION)
        moving._restore(ids, duplicate.pk, survivor.pk)
        assert moving._count([duplicate.pk, survivor.pk]) == {duplicate.pk: 1}
