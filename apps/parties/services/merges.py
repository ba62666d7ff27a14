"""Two records of one party become one, and can become two again.

Equal codes join by themselves. Everything else (equal names, a former name) only opens a pair in the queue, where a
clerk decides. Locks, always in this order: the pair, then both organisations by id.
"""

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit.services import publish, record
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.parties.constants import MergeReason, MergeState
from apps.parties.merging import movers
from apps.parties.models import MergeCandidate, Organisation
from apps.parties.policies import visible_merges
from apps.parties.selectors.merges import equal_code_pairs
from apps.parties.selectors.organisations import resolve_id
from apps.parties.services.grants import sync_grants_of
from apps.parties.services.organisations import refresh_search
from apps.parties.services.trail import note

DECIDABLE = (MergeState.OPEN, MergeState.REVERTED)
_TAKEN_OVER = (
    "uscc",
    "org_code",
    "approval_number",
    "division_code",
    "jurisdiction_code",
    "address",
    "legal_representative",
)


def suggest_merge(
    *, actor: Actor, now: dt.datetime, first_id: int, second_id: int, reason: str = MergeReason.STAFF
) -> MergeCandidate:
    """Open a pair for decision. An existing pair, in either order, is answered as it is."""
    require(actor, Permission.ORGANISATION_MERGE)
    low, high = sorted((first_id, second_id))
    if low == high:
        rule = _("两边是同一条记录")
        raise ProblemsFound(Problem("merge.same", "other", str(low), rule, _("请填写另一组织的代码")))
    with transaction.atomic():
        list(Organisation.objects.select_for_update().filter(pk__in=(low, high)).order_by("pk"))
        known = _known_pair(low, high)
        if known is not None:
            return known
        pair = MergeCandidate.objects.create(kept_id=low, duplicate_id=high, reason=reason, found_at=now)
        _audit(actor, now, "suggest", pair, after={"kept": low, "duplicate": high, "reason": str(reason)})
        return pair


def decide_merge(
    *, actor: Actor, now: dt.datetime, merge_id: int, version: int, kept_id: int | None, reason: str
) -> MergeCandidate:
    """The clerk's decision: `kept_id` is the record that stays, or None if the two are different parties."""
    _need_reason(reason)
    with transaction.atomic():
        pair = _lock_pair(actor, merge_id, version, DECIDABLE)
        sides = (pair.kept_id, pair.duplicate_id)
        if kept_id is None:
            _close(actor, now, pair, MergeState.DISTINCT, reason)
            _audit(actor, now, "distinct", pair, reason=reason)
            return pair
        if kept_id not in sides:
            rule = _("只能保留这两条记录之一")
            raise ProblemsFound(Problem("merge.kept", "kept", str(kept_id), rule, _("请选择要保留的记录")))
        pair.kept_id, pair.duplicate_id = kept_id, sides[sides[0] == kept_id]
        _merge(actor, now, pair, reason)
        return pair


def merge_equal_codes(*, actor: Actor, now: dt.datetime) -> int:
    """Join every living record known under a code that another living record has. Answers how many were joined."""
    joined = 0
    for duplicate_id, kept_id in equal_code_pairs():
        duplicate_id, kept_id = resolve_id(duplicate_id), resolve_id(kept_id)
        if duplicate_id == kept_id:
            continue
        with transaction.atomic():
            pair = _known_pair(kept_id, duplicate_id) or MergeCandidate(reason=MergeReason.SAME_CODE, found_at=now)
            if pair.state in (MergeState.DISTINCT, MergeState.REVERTED):  # a person said no: a person has to say yes
                continue
            pair.kept_id, pair.duplicate_id = kept_id, duplicate_id
            _merge(actor, now, pair, "代码相同，自动合并")
        joined += 1
    return joined


def undo_merge(*, actor: Actor, now: dt.datetime, merge_id: int, version: int, reason: str) -> MergeCandidate:
    """Two records again: every row that the merge moved goes back, and nothing else."""
    _need_reason(reason)
    with transaction.atomic():
        pair = _lock_pair(actor, merge_id, version, (MergeState.MERGED,))
        kept, duplicate = _lock_sides(pair)
        if kept.merged_into_id is not None:
            raise Refused("merge.later", _("保留的记录后来又并入了另一组织，请先撤销后一次合并"))
        for mover in reversed(movers()):
            if mover.name in pair.moved["rows"]:
                mover.restore(pair.moved["rows"][mover.name], duplicate.pk, kept.pk)
        _give_back(kept, duplicate, pair.moved, now)
        refresh_search([kept.pk, duplicate.pk])
        sync_grants_of((kept.pk, duplicate.pk), today(now))
        _close(actor, now, pair, MergeState.REVERTED, reason)
        _audit(actor, now, "undo", pair, reason=reason)
        _tell(duplicate, {"into": None}, now)
        return pair


def _merge(actor: Actor, now: dt.datetime, pair: MergeCandidate, reason: str) -> None:
    """Move everything from duplicate to kept, remember it in `pair.moved`, write audit and public fact."""
    kept, duplicate = _lock_sides(pair)
    for side in (kept, duplicate):
        if side.merged_into_id is not None:
            raise Refused("merge.merged", _("“%(name)s”已并入另一组织") % {"name": side.name})
    taken = _take_over(kept, duplicate, now)
    rows = {mover.name: mover.move(duplicate.pk, kept.pk) for mover in movers()}
    pair.moved = {"rows": rows, **taken}
    refresh_search([kept.pk, duplicate.pk])
    sync_grants_of((kept.pk, duplicate.pk), today(now))
    _close(actor, now, pair, MergeState.MERGED, reason)
    counts = {name: len(moved) if isinstance(moved, list | dict) else 1 for name, moved in rows.items()}
    after = {"kept": kept.pk, "duplicate": duplicate.pk, "moved": counts}
    _audit(actor, now, "merge", pair, after=after, reason=reason)
    _tell(duplicate, {"into": kept.pk}, now)


def _take_over(kept: Organisation, duplicate: Organisation, now: dt.datetime) -> dict[str, Any]:
    """The survivor fills its blanks from the duplicate; codes of the duplicate that it cannot take become aliases."""
    taken = {key: getattr(duplicate, key) for key in _TAKEN_OVER if getattr(duplicate, key) and not getattr(kept, key)}
    before = {key: getattr(kept, key) for key in taken}
    Organisation.objects.filter(pk=duplicate.pk).update(
        merged_into=kept, approval_number=None, version=duplicate.version + 1, updated_at=now
    )
    Organisation.objects.filter(pk=kept.pk).update(**taken, version=kept.version + 1, updated_at=now)
    source = f"merge:{duplicate.pk}"
    added = []
    own = {kept.uscc, kept.org_code, *taken.values()}
    for value in {code for code in (duplicate.uscc, duplicate.org_code) if code and code not in own}:
        row = kept.codes.create(value=value, source=source, recorded_at=now)
        added.append(row.pk)
    return {
        "taken": taken,
        "before": before,
        "codes_added": added,
        "duplicate": {"approval_number": duplicate.approval_number},
    }


def _give_back(kept: Organisation, duplicate: Organisation, moved: dict[str, Any], now: dt.datetime) -> None:
    """What the survivor took and still has unchanged goes back; what staff corrected since stays."""
    kept.codes.filter(pk__in=moved["codes_added"]).delete()
    unchanged = {key: moved["before"][key] for key, value in moved["taken"].items() if getattr(kept, key) == value}
    Organisation.objects.filter(pk=kept.pk).update(**unchanged, version=kept.version + 1, updated_at=now)
    Organisation.objects.filter(pk=duplicate.pk).update(
        merged_into=None, version=duplicate.version + 1, updated_at=now, **moved["duplicate"]
    )


def _lock_pair(actor: Actor, merge_id: int, version: int, states: tuple[str, ...]) -> MergeCandidate:
    require(actor, Permission.ORGANISATION_MERGE)
    pair = MergeCandidate.objects.select_for_update().get(pk=merge_id)
    if actor.user is not None and not visible_merges(actor.user).filter(pk=pair.pk).exists():
        raise Refused("scope")
    if pair.state not in states:
        raise Refused("merge.state", _("这一对已由他人处理：%(state)s") % {"state": pair.get_state_display()})
    if pair.version != version:
        raise StaleVersion
    return pair


def _lock_sides(pair: MergeCandidate) -> tuple[Organisation, Organisation]:
    ids = sorted((pair.kept_id, pair.duplicate_id))
    locked = {row.pk: row for row in Organisation.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    return locked[pair.kept_id], locked[pair.duplicate_id]


def _known_pair(first_id: int, second_id: int) -> MergeCandidate | None:
    ids = (first_id, second_id)
    return MergeCandidate.objects.select_for_update().filter(kept_id__in=ids, duplicate_id__in=ids).first()


def _close(actor: Actor, now: dt.datetime, pair: MergeCandidate, state: str, reason: str) -> None:
    pair.state, pair.decided_at, pair.decided_by, pair.decision_reason = state, now, actor.user, reason.strip()
    if state == MergeState.REVERTED:
        pair.moved = {}
    pair.version = pair.version + 1 if pair.pk else 1
    pair.save()


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise ProblemsFound(
            Problem("reason.missing", "reason", "", _("须填写理由"), _("请写明依据，例如执照或变更登记"))
        )


def _tell(duplicate: Organisation, facts: dict[str, Any], now: dt.datetime) -> None:
    publish(kind="organisation.merged", subject_kind="organisation", subject_id=duplicate.pk, facts=facts, now=now)


def _audit(
    actor: Actor,
    now: dt.datetime,
    verb: str,
    pair: MergeCandidate,
    *,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    facts = {"kept": pair.kept_id, "duplicate": pair.duplicate_id}
    note(actor=actor, now=now, kind="merge", verb=verb, subject_id=pair.pk, after=after or facts, reason=reason)


def find_merge_candidates(*, actor: Actor, now: dt.datetime) -> int:
    """Open a pair for every two living records with one name, set by set. Answers how many are new.

    Two records that both have a code, and different ones, are two parties: no pair. Names shared by more than twenty
    records (a shop's name) prove nothing: no pair either.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        found = 0
        for reason, query in ((MergeReason.SAME_NAME, _SAME_NAME), (MergeReason.OTHER_NAME, _OTHER_NAME)):
            cursor.execute(_INSERT_PAIRS.format(pairs=query), {"reason": str(reason), "now": now})
            found += cursor.rowcount
        if found:
            action = "parties.merge.find"
            record(actor=actor, now=now, action=action, subject_kind="merge", subject_id="all", after={"found": found})
        return found


_SAME_NAME = """
    WITH named AS (
        SELECT id, org_code, split_part(search_text, E'\\n', 1) AS name
        FROM parties_organisation WHERE merged_into_id IS NULL AND search_text <> ''
    ), shared AS (
        SELECT name FROM named GROUP BY name HAVING count(*) BETWEEN 2 AND 20
    )
    SELECT a.id AS low, b.id AS high, a.org_code AS low_code, b.org_code AS high_code
    FROM shared JOIN named a USING (name) JOIN named b USING (name) WHERE a.id < b.id
"""
_OTHER_NAME = """
    SELECT least(o.id, n.organisation_id) AS low, greatest(o.id, n.organisation_id) AS high,
           o.org_code AS low_code, p.org_code AS high_code
    FROM parties_organisation o
    JOIN parties_organisationname n ON n.name = o.name AND n.organisation_id <> o.id
        AND n.kind IN ('former', 'alias')
    JOIN parties_organisation p ON p.id = n.organisation_id AND p.merged_into_id IS NULL
    WHERE o.merged_into_id IS NULL
"""
_INSERT_PAIRS = """
    INSERT INTO parties_mergecandidate (kept_id, duplicate_id, reason, state, found_at, decision_reason, moved, version)
    SELECT DISTINCT low, high, %(reason)s, 'open', %(now)s::timestamptz, '', '{{}}'::jsonb, 1
    FROM ({pairs}) AS pairs
    WHERE (low_code IS NULL OR high_code IS NULL OR low_code = high_code)
      AND NOT EXISTS (
        SELECT 1 FROM parties_mergecandidate m
        WHERE (m.kept_id, m.duplicate_id) IN ((low, high), (high, low))
      )
    ON CONFLICT DO NOTHING
"""
