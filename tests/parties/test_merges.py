import datetime as dt
import json
import threading

import pytest
from django.core import serializers
from django.db import connection
from django.utils import timezone

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry, PublicFact
from apps.core.actors import Actor
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.parties import merging
from apps.parties.constants import MembershipRole, MergeReason, MergeState, NameKind
from apps.parties.models import (
    Claim,
    Invitation,
    Membership,
    MergeCandidate,
    Organisation,
    OrganisationCode,
    OrganisationName,
    OrganisationUserObjectPermission,
)
from apps.parties.selectors import find_by_code, resolve, search_organisations
from apps.parties.services.merges import (
    decide_merge,
    find_merge_candidates,
    merge_equal_codes,
    suggest_merge,
    undo_merge,
)
from tests import factories

NOW = timezone.now()
SYSTEM = Actor.system("test")
REAL = "91371323760038087M"
MODELS = (Organisation, OrganisationName, OrganisationCode, Membership, Claim, Invitation)


def clerk(division: str = "520600") -> Actor:
    user = factories.staff(Role.WINDOW_CLERK, at=factories.unit(f"unit{division}", division))
    return Actor(label=str(user), user=user)


def dump() -> list[dict]:
    """Every row, but for the counters that only ever grow (a stale form must stay stale)."""
    rows = []
    for model in MODELS:
        rows += json.loads(serializers.serialize("json", model.objects.order_by("pk")))
    for row in rows:
        row["fields"].pop("version", None)
        row["fields"].pop("updated_at", None)
    grants = OrganisationUserObjectPermission.objects.order_by("user_id", "content_object_id", "permission_id")
    return [*rows, *grants.values("user_id", "content_object_id", "permission_id")]


def full_pair() -> tuple[Organisation, Organisation]:
    """Two records of one firm with everything that a merge moves, and something that it must leave behind."""
    kept = factories.organisation("山东泓达生物科技有限公司", division_code="520602")
    duplicate = factories.organisation(
        "山东泓达生物科技有限公司",
        uscc=REAL,
        org_code="760038087",
        approval_number="CNCA-R-2026-900",
        address="某路1号",
    )
    day = dt.date(2020, 1, 1)
    kept.names.create(kind=NameKind.FORMER, name="泓达旧名", since=day, source="test")
    duplicate.names.create(kind=NameKind.FORMER, name="泓达旧名", since=day, source="test")
    duplicate.names.create(kind=NameKind.ALIAS, name="泓达另名", source="test")
    kept.codes.create(value="无", source="a", recorded_at=NOW)
    duplicate.codes.create(value="无", source="a", recorded_at=NOW)
    duplicate.codes.create(value="X-1", source="a", recorded_at=NOW)
    both, only = factories.person(), factories.person()
    factories.member(both, kept, MembershipRole.MEMBER)
    factories.member(both, duplicate)
    factories.member(only, duplicate)
    factories.member(only, duplicate, MembershipRole.AGENT, ended_at=NOW)
    Claim.objects.create(
        user=both, uscc=REAL, organisation_name="泓达", organisation=duplicate, position="经理", submitted_at=NOW
    )
    Invitation.objects.create(
        organisation=duplicate, email="a@example.org", role="member", token_hash="t", invited_by=both,
        invited_at=NOW, expires_at=NOW,
    )  # fmt: skip
    merging_grants(kept, duplicate)
    return kept, duplicate


def merging_grants(*organisations: Organisation) -> None:
    from apps.parties.services.grants import sync_grants_of
    from apps.parties.services.organisations import refresh_search

    sync_grants_of([o.pk for o in organisations], NOW.date())
    refresh_search([o.pk for o in organisations])


def suggest(first: Organisation, second: Organisation, actor: Actor = SYSTEM) -> MergeCandidate:
    return suggest_merge(actor=actor, now=NOW, first_id=first.pk, second_id=second.pk)


def merge(kept: Organisation, duplicate: Organisation, actor: Actor = SYSTEM) -> MergeCandidate:
    pair = suggest(kept, duplicate)
    return decide_merge(
        actor=actor, now=NOW, merge_id=pair.pk, version=pair.version, kept_id=kept.pk, reason="执照一致"
    )


@pytest.mark.django_db
class TestMerging:
    def test_everything_goes_to_the_survivor(self) -> None:
        kept, duplicate = full_pair()
        merge(kept, duplicate, clerk())
        kept.refresh_from_db()
        assert (kept.uscc, kept.approval_number, kept.address) == (REAL, "CNCA-R-2026-900", "某路1号")
        assert resolve(Organisation.objects.get(pk=duplicate.pk)) == find_by_code(REAL) == kept
        assert kept.names.filter(name="泓达另名").exists()
        assert set(kept.memberships.values_list("role", flat=True)) == {"member", "manager", "agent"}
        assert kept.claims.count() == kept.invitations.count() == 1
        assert list(search_organisations(Organisation.objects.all(), query="泓达")) == [kept]

    def test_undo_restores_every_row_exactly(self) -> None:
        kept, duplicate = full_pair()
        before = dump()
        pair = merge(kept, duplicate)
        assert dump() != before
        undo_merge(actor=clerk(), now=NOW, merge_id=pair.pk, version=pair.version, reason="执照不同")
        assert dump() == before

    def test_undo_either_way_round_and_after_a_second_merge(self) -> None:
        kept, duplicate = full_pair()
        before = dump()
        for survivor, other in ((duplicate, kept), (kept, duplicate)):
            pair = merge(survivor, other)
            assert (pair.kept_id, pair.duplicate_id) == (survivor.pk, other.pk)
            undo_merge(actor=SYSTEM, now=NOW, merge_id=pair.pk, version=pair.version, reason="x")
            assert dump() == before

    def test_undo_leaves_what_staff_corrected_since_and_what_came_later(self) -> None:
        kept, duplicate = full_pair()
        pair = merge(kept, duplicate)
        Organisation.objects.filter(pk=kept.pk).update(address="更正后的地址")
        later = factories.member(factories.person(), kept)
        undo_merge(actor=SYSTEM, now=NOW, merge_id=pair.pk, version=pair.version, reason="x")
        kept.refresh_from_db()
        later.refresh_from_db()
        assert kept.address == "更正后的地址"
        assert later.organisation_id == kept.pk
        assert kept.uscc is None

    def test_chains_resolve_to_the_last_and_unwind_from_the_end(self) -> None:
        a, b, c = (factories.organisation(f"示例·链{n}") for n in "甲乙丙")
        merging_grants(a, b, c)
        before = dump()
        first, second = merge(b, a), merge(c, b)
        assert resolve(Organisation.objects.get(pk=a.pk)) == c
        with pytest.raises(Refused) as refused:
            undo_merge(actor=SYSTEM, now=NOW, merge_id=first.pk, version=first.version, reason="x")
        assert refused.value.code == "merge.later"
        with pytest.raises(Refused):
            merge(a, c)
        undo_merge(actor=SYSTEM, now=NOW, merge_id=second.pk, version=second.version, reason="x")
        assert resolve(Organisation.objects.get(pk=a.pk)) == b
        undo_merge(actor=SYSTEM, now=NOW, merge_id=first.pk, version=first.version, reason="x")
        assert dump() == before

    def test_the_code_of_a_duplicate_that_cannot_be_taken_still_finds_the_survivor(self) -> None:
        kept = factories.organisation("示例·甲", uscc="91350200739547709T", org_code="739547709")
        duplicate = factories.organisation("示例·甲", uscc=REAL, org_code="760038087")
        merge(kept, duplicate)
        assert find_by_code(REAL) == find_by_code("76003808-7") == kept

    def test_rows_of_other_apps_move_by_their_own_handler(self) -> None:
        calls = []
        mover = merging.Mover(
            "test.rows",
            "x",
            move=lambda old, new: calls.append(("move", old, new)) or [1, 2],
            restore=lambda moved, old, new: calls.append(("restore", moved, old, new)),
            count=lambda ids: dict.fromkeys(ids, 7),
        )
        merging.register(mover)
        try:
            kept, duplicate = factories.organisation(), factories.organisation()
            pair = merge(kept, duplicate)
            undo_merge(actor=SYSTEM, now=NOW, merge_id=pair.pk, version=pair.version, reason="x")
        finally:
            merging._movers.pop("test.rows")
        ids = (duplicate.pk, kept.pk)
        assert calls == [("move", *ids), ("restore", [1, 2], *ids)]

    def test_trail_and_public_fact(self) -> None:
        kept, duplicate = factories.organisation(), factories.organisation()
        pair = merge(kept, duplicate)
        assert AuditEntry.objects.get(action="parties.merge.merge").reason == "执照一致"
        fact = PublicFact.objects.get(subject_kind="organisation", subject_id=str(duplicate.pk))
        assert json.loads(fact.payload)["pub"] == {"into": kept.pk}
        undo_merge(actor=SYSTEM, now=NOW, merge_id=pair.pk, version=pair.version, reason="x")
        assert PublicFact.objects.filter(subject_id=str(duplicate.pk)).count() == 2


@pytest.mark.django_db
class TestRefusals:
    def test_who_may_not(self) -> None:
        here, there = factories.organisation(division_code="520602"), factories.organisation(division_code="520602")
        pair = suggest(here, there)
        supervisor, outsider = factories.staff(Role.SUPERVISOR), factories.person()
        for user in (supervisor, outsider, clerk("520621").user):
            with pytest.raises(Refused):
                decide_merge(
                    actor=Actor(label="x", user=user), now=NOW, merge_id=pair.pk, version=1, kept_id=here.pk, reason="x"
                )
        pair.refresh_from_db()
        assert pair.state == MergeState.OPEN
        assert not AuditEntry.objects.filter(action="parties.merge.merge").exists()

    def test_reason_version_and_side(self) -> None:
        here, there, third = (factories.organisation() for _ in range(3))
        pair = suggest(here, there)
        decide = {"actor": clerk(), "now": NOW, "merge_id": pair.pk}
        with pytest.raises(ProblemsFound):
            decide_merge(**decide, version=1, kept_id=here.pk, reason=" ")
        with pytest.raises(StaleVersion):
            decide_merge(**decide, version=9, kept_id=here.pk, reason="x")
        with pytest.raises(ProblemsFound):
            decide_merge(**decide, version=1, kept_id=third.pk, reason="x")
        with pytest.raises(ProblemsFound):
            suggest(here, here)

    def test_decided_pairs_stay_decided(self) -> None:
        here, there = factories.organisation(), factories.organisation()
        pair = suggest(here, there)
        decided = decide_merge(actor=clerk(), now=NOW, merge_id=pair.pk, version=1, kept_id=None, reason="两家分店")
        assert decided.state == MergeState.DISTINCT
        assert suggest(there, here).pk == pair.pk
        for act in (
            lambda: decide_merge(actor=clerk(), now=NOW, merge_id=pair.pk, version=2, kept_id=here.pk, reason="x"),
            lambda: undo_merge(actor=clerk(), now=NOW, merge_id=pair.pk, version=2, reason="x"),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.code == "merge.state"


@pytest.mark.django_db
class TestFinding:
    def test_equal_codes_join_by_themselves_once(self) -> None:
        kept = factories.organisation("山东泓达生物科技有限公司", uscc=REAL, org_code="760038087")
        for code in ("76003808-7", "760038087", REAL.lower()):
            factories.organisation("山东泓达").codes.create(value=code, source="national", recorded_at=NOW)
        factories.organisation("示例·无码").codes.create(value="000000000", source="national", recorded_at=NOW)
        assert merge_equal_codes(actor=SYSTEM, now=NOW) == 3
        assert merge_equal_codes(actor=SYSTEM, now=NOW) == 0
        assert Organisation.objects.filter(merged_into=kept).count() == 3
        assert Organisation.objects.filter(merged_into=None).count() == 2

    def test_what_a_person_undid_is_not_joined_again(self) -> None:
        factories.organisation(uscc=REAL, org_code="760038087")
        factories.organisation().codes.create(value=REAL, source="national", recorded_at=NOW)
        merge_equal_codes(actor=SYSTEM, now=NOW)
        pair = MergeCandidate.objects.get()
        undo_merge(actor=SYSTEM, now=NOW, merge_id=pair.pk, version=pair.version, reason="x")
        assert merge_equal_codes(actor=SYSTEM, now=NOW) == 0

    def test_equal_names_only_open_a_pair(self) -> None:
        first = factories.organisation("示例·同名（铜仁）", org_code="760038087")
        second = factories.organisation("示例·同名(铜仁)")
        merging_grants(first, second)
        factories.organisation("示例·同名（铜仁）", org_code="739547709", merged_into=first)
        assert find_merge_candidates(actor=SYSTEM, now=NOW) == 1
        assert find_merge_candidates(actor=SYSTEM, now=NOW) == 0
        pair = MergeCandidate.objects.get()
        assert {pair.kept_id, pair.duplicate_id} == {first.pk, second.pk}
        assert (pair.reason, pair.state, pair.moved) == (MergeReason.SAME_NAME, MergeState.OPEN, {})
        assert Organisation.objects.filter(merged_into=None).count() == 2

    def test_two_codes_are_two_parties_and_common_names_prove_nothing(self) -> None:
        factories.organisation("示例·连锁", org_code="760038087")
        factories.organisation("示例·连锁", org_code="739547709")
        for _ in range(21):
            factories.organisation("示例·便利店")
        assert find_merge_candidates(actor=SYSTEM, now=NOW) == 0

    def test_a_former_name_is_a_hint(self) -> None:
        factories.organisation("示例·老名")
        factories.organisation("示例·新名").names.create(kind=NameKind.FORMER, name="示例·老名", source="test")
        assert find_merge_candidates(actor=SYSTEM, now=NOW) == 1
        assert MergeCandidate.objects.get().reason == MergeReason.OTHER_NAME


@pytest.mark.django_db(transaction=True)
def test_of_two_clerks_one_wins_and_the_other_is_told() -> None:
    here, there = factories.organisation(), factories.organisation()
    pair = suggest(here, there)
    start, outcomes = threading.Barrier(2), []
    actors = [clerk(), clerk()]

    def decide(actor: Actor, kept: Organisation) -> None:
        start.wait(5)
        try:
            decide_merge(actor=actor, now=NOW, merge_id=pair.pk, version=1, kept_id=kept.pk, reason="执照一致")
            outcomes.append("won")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=each) for each in zip(actors, (here, there), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["merge.state", "won"]
    assert AuditEntry.objects.filter(action="parties.merge.merge").count() == 1
