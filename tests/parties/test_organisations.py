import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry
from apps.core.actors import Actor
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.parties.constants import NameKind, OrganisationKind
from apps.parties.models import Organisation
from apps.parties.rules.codes import make_uscc
from apps.parties.selectors import find_by_code, search_organisations
from apps.parties.services import (
    OrganisationFacts,
    edit_organisation,
    record_organisation,
    refresh_search,
    rename_organisation,
)
from tests import factories

NOW = timezone.now()
SYSTEM = Actor.system("test")
REAL = "91371323760038087M"
WHITE_LISTED = "91350203M0001QAY9B"


def clerk(division: str = "520600") -> Actor:
    at = factories.unit(f"unit{division}", division)
    user = factories.staff(Role.WINDOW_CLERK, at=at)
    return Actor(label=str(user), user=user)


def make(name: str = "山东泓达生物科技有限公司", actor: Actor = SYSTEM, **facts) -> Organisation:
    return record_organisation(actor=actor, now=NOW, name=name, source="test", facts=OrganisationFacts(**facts))


@pytest.mark.django_db
class TestRecording:
    def test_the_firm_under_two_codes_is_one_organisation(self) -> None:
        old = make(org_code="760038087", codes=("760038087",))
        new = make(uscc=REAL)
        assert old.pk == new.pk
        assert find_by_code("76003808-7") == find_by_code(REAL) == old
        assert Organisation.objects.count() == 1

    def test_another_name_joins_as_alias_and_is_found(self) -> None:
        first = make(uscc=REAL)
        make("山东泓达生物", uscc=REAL)
        assert first.names.filter(kind=NameKind.ALIAS, name="山东泓达生物").exists()
        assert search_organisations(Organisation.objects.all(), query="泓达").get() == first

    def test_records_without_code_never_join(self) -> None:
        assert make("示例·甲").pk != make("示例·甲").pk
        make("示例·乙", codes=("000000000",))
        assert make("示例·丙", codes=("000000000",)).name == "示例·丙"
        assert find_by_code("000000000") is None

    def test_one_audit_row_per_record(self) -> None:
        made = make(uscc=REAL)
        make(uscc=REAL)
        [entry] = AuditEntry.objects.filter(subject_kind="organisation", subject_id=str(made.pk))
        assert entry.action == "parties.organisation.record"
        assert entry.after["uscc"] == REAL

    def test_every_problem_at_once_and_nothing_written(self) -> None:
        with pytest.raises(ProblemsFound) as found:
            make(" ", uscc="1", org_code="2", approval_number="3")
        assert {p.place for p in found.value.problems} == {"name", "uscc", "org_code", "approval_number"}
        assert not Organisation.objects.exists()

    def test_a_failed_check_is_let_through_by_staff_with_a_reason_only(self) -> None:
        outsider = Actor(label="x", user=factories.person())
        for actor, reason in [(outsider, "已核对执照原件"), (clerk(), ""), (clerk(), "  ")]:
            with pytest.raises(ProblemsFound):
                make(actor=actor, uscc=WHITE_LISTED, override_reason=reason)
        made = make(actor=clerk(), uscc=WHITE_LISTED, override_reason="已核对执照原件")
        assert made.code_override_reason == "已核对执照原件"
        assert AuditEntry.objects.get(action="parties.organisation.record").reason == "已核对执照原件"

    def test_a_reason_does_not_excuse_a_wrong_length(self) -> None:
        with pytest.raises(ProblemsFound):
            make(actor=clerk(), uscc="9137", override_reason="已核对执照原件")

    def test_a_body_is_known_by_its_approval(self) -> None:
        body = make("示例认证", kind=OrganisationKind.BODY, approval_number="CNCA-R-2026-001")
        assert make("示例认证中心", kind=OrganisationKind.BODY, approval_number="cnca r 2026 001") == body

    def test_both_codes_must_agree(self) -> None:
        with pytest.raises(ProblemsFound) as found:
            make(uscc=REAL, org_code="739547709")
        assert [p.code for p in found.value.problems] == ["org_code.differs"]


@pytest.mark.django_db
class TestSearch:
    @pytest.mark.parametrize("query", ["泓达", "sdhd", "760038087", REAL, "9137132376", "山东 泓达", "ＳＤＨＤ"])
    def test_found_by(self, query: str) -> None:
        made = make(uscc=REAL)
        make("示例·别家")
        assert list(search_organisations(Organisation.objects.all(), query=query)) == [made]

    @pytest.mark.parametrize("query", ["%", "_", "'", "\\", "a' | 'b", "泓_", "\x00", "x" * 10_000, "（）"])
    def test_hostile_text_finds_nothing_and_breaks_nothing(self, query: str) -> None:
        make(uscc=REAL)
        assert list(search_organisations(Organisation.objects.all(), query=query)) == []

    def test_filters(self) -> None:
        here = make("示例·甲", division_code="520602", jurisdiction_code="GAOXIN")
        make("示例·乙", division_code="520621", kind=OrganisationKind.BODY)
        every = Organisation.objects.all()
        assert list(search_organisations(every, division="520602")) == [here]
        assert list(search_organisations(every, division="GAOXIN")) == [here]
        assert list(search_organisations(every, kind=OrganisationKind.ENTERPRISE)) == [here]

    def test_bulk_refresh_equals_single_writes(self) -> None:
        made = [make(f"示例·第{n}茶业") for n in range(3)]
        before = list(Organisation.objects.order_by("pk").values_list("search_text", "search", "initials"))
        Organisation.objects.update(search_text="", search=None, initials="")
        assert refresh_search([o.pk for o in made]) == 3
        assert list(Organisation.objects.order_by("pk").values_list("search_text", "search", "initials")) == before


@pytest.mark.django_db
class TestEditing:
    def edit(self, made: Organisation, actor: Actor, version: int = 1, **facts) -> Organisation:
        return edit_organisation(
            actor=actor, now=NOW, organisation_id=made.pk, version=version, facts=OrganisationFacts(**facts)
        )

    def test_a_rename_keeps_the_old_name_findable(self) -> None:
        made = make(division_code="520602")
        day = dt.date(2026, 5, 1)
        rename_organisation(
            actor=clerk(), now=NOW, organisation_id=made.pk, version=1, name="示例·新名", since=day, reason="变更登记"
        )
        made.refresh_from_db()
        assert (made.name, made.version) == ("示例·新名", 2)
        assert made.names.get(kind=NameKind.FORMER).until == day
        every = Organisation.objects.all()
        assert (
            search_organisations(every, query="泓达").get() == search_organisations(every, query="新名").get() == made
        )
        assert made.initials.startswith("slxm")

    def test_stale_versions_and_foreign_scopes_are_refused(self) -> None:
        made = make(division_code="520602")
        self.edit(made, clerk(), address="甲")
        with pytest.raises(StaleVersion):
            self.edit(made, clerk(), address="乙")
        with pytest.raises(Refused) as refused:
            self.edit(made, clerk("520621"), version=2, address="丙")
        assert refused.value.code == "scope"
        officer = factories.staff(Role.OFFICER)
        with pytest.raises(Refused):
            self.edit(made, Actor(label="o", user=officer), version=2, address="丁")
        made.refresh_from_db()
        assert made.address == "甲"

    def test_before_and_after_are_in_the_trail_and_nothing_for_no_change(self) -> None:
        made = make(division_code="520602")
        self.edit(made, clerk(), division_code="520602", address="甲")
        self.edit(made, clerk(), version=2, division_code="520602", address="甲")
        [entry] = AuditEntry.objects.filter(action="parties.organisation.edit")
        assert (entry.before, entry.after) == ({"address": ""}, {"address": "甲"})

    def test_a_code_of_another_record_is_refused(self) -> None:
        make(uscc=REAL)
        other = make("示例·乙")
        with pytest.raises(ProblemsFound) as found:
            self.edit(other, clerk(), uscc=REAL)
        assert "uscc.taken" in [p.code for p in found.value.problems]


@pytest.mark.django_db(transaction=True)
def test_two_imports_record_one_party_once() -> None:
    uscc = make_uscc("520602", "MA123456")
    start, made, failures = threading.Barrier(2), [], []

    def record() -> None:
        try:
            with transaction.atomic():
                start.wait(5)
                made.append(make("示例·同时", uscc=uscc).pk)
        except Exception as fault:
            failures.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=record) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    assert len(set(made)) == 1
    assert Organisation.objects.filter(uscc=uscc).count() == 1
