"""A clerk decides a contradiction: take what the file says, or keep what is recorded. Both leave their reason."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit.services import record
from apps.certifications.constants import ConflictKind, ConflictState, RowClass
from apps.certifications.models import ImportConflict, ImportRow
from apps.certifications.rules.import_cells import HolderCode, read_holder_code
from apps.certifications.services.imports.cleaning import new_tokens
from apps.certifications.services.imports.comparing import compare
from apps.certifications.services.imports.writing import Chunk, write_decided
from apps.core.actors import Actor
from apps.core.calendar import SHANGHAI
from apps.core.grams import fold, vector_literal
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.parties.constants import OrganisationKind
from apps.parties.selectors.intake import body_ids, overridden_codes
from apps.parties.services import OrganisationFacts, record_organisation

DECIDED = -1  # the bucket of rows that a clerk decides: never one of a file's
_DATES = ("status_on", "issued_on", "valid_from", "valid_to", "first_issued_on")
_TEXTS = ("number", "holder_name", "code", "approval", "status", "standard_text", "scope", "products", "division_code")


def decide(
    *, actor: Actor, now: dt.datetime, conflict_id: int, version: int, take: bool, reason: str
) -> ImportConflict:
    """Settle one contradiction. Taking writes it as the import would have: history, trail, public facts, undo."""
    _need_reason(reason)
    with transaction.atomic():
        return _decide(actor, now, _lock(actor, [conflict_id])[0], version, take, reason)


def decide_many(
    *, actor: Actor, now: dt.datetime, versions: dict[int, int], take: bool, reason: str
) -> list[ImportConflict]:
    """Settle several at once, all or none: one that is gone or changed refuses the whole set."""
    _need_reason(reason)
    with transaction.atomic():
        locked = _lock(actor, versions)
        return [_decide(actor, now, conflict, versions[conflict.pk], take, reason) for conflict in locked]


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise ProblemsFound(
            Problem("reason", "reason", "", _("请填写处理理由"), _("写明依据，例如向发证机构核实的情况"))
        )


def _lock(actor: Actor, ids: Iterable[int]) -> list[ImportConflict]:
    require(actor, Permission.CONFLICT_DECIDE)
    wanted = sorted(ids)
    found = list(ImportConflict.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"))
    if len(found) != len(wanted):
        raise Refused("absent", _("所选冲突中有的已不存在。"))
    return found


def _decide(
    actor: Actor, now: dt.datetime, conflict: ImportConflict, version: int, take: bool, reason: str
) -> ImportConflict:
    if conflict.version != version:
        raise StaleVersion
    if conflict.state != ConflictState.OPEN:
        raise Refused("decided", _("这一冲突已有处理结果。"))
    if take:
        _write(actor, now, conflict)
    conflict.state = ConflictState.TAKEN if take else ConflictState.KEPT
    conflict.decided_at, conflict.decided_by, conflict.decision_reason = now, actor.user, reason.strip()
    conflict.version += 1
    conflict.save(update_fields=["state", "decided_at", "decided_by", "decision_reason", "version"])
    record(
        actor=actor,
        now=now,
        action=f"certifications.conflict.{'take' if take else 'keep'}",
        subject_kind="conflict",
        subject_id=conflict.pk,
        before=conflict.current,
        after=conflict.incoming if take else None,
        reason=reason.strip(),
    )
    return conflict


def _write(actor: Actor, now: dt.datetime, conflict: ImportConflict) -> None:
    """The row goes through the same statements as its file did, alone and with the contradiction overruled."""
    row = _row(actor, now, conflict)
    row.save(force_insert=True)
    local = now.astimezone(SHANGHAI)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    source = str(conflict.incoming["source"])
    chunk = Chunk(conflict.batch_id, row.bucket, row.bucket, source, actor.label, now, local.date(), midnight)
    own = ImportRow.objects.filter(batch_id=conflict.batch_id, row=conflict.row)
    compare(chunk.batch, source, chunk.today, chunk.first, chunk.last)
    row_class = own.values_list("row_class", flat=True).get()
    if row_class not in (RowClass.NEW, RowClass.UNCHANGED):
        kind = conflict.kind if conflict.kind == ConflictKind.OTHER_HOLDER else ""
        own.update(row_class=RowClass.CHANGED, conflict_kind=kind)
    write_decided(chunk)
    own.delete()


def _row(actor: Actor, now: dt.datetime, conflict: ImportConflict) -> ImportRow:
    told: dict[str, Any] = conflict.incoming
    code = read_holder_code(told["code"], overridden_codes())
    assert isinstance(code, HolderCode), "a bad code never became a conflict"
    name_key = "=" + (code.uscc or fold(told["holder_name"])[:200])
    row = ImportRow(batch_id=conflict.batch_id, row=conflict.row, bucket=DECIDED, row_class=RowClass.NEW)
    row.token, row.number_key = next(new_tokens()), conflict.number_key
    row.uscc, row.org_code, row.holder_key = code.uscc, code.org_code, code.org_code or name_key
    row.body_id = _body(actor, now, told)
    row.project_code = told["project"]
    for name in _TEXTS:
        setattr(row, name, told[name] or "")
    for name in _DATES:
        setattr(row, name, parse_date(told[name]) if told[name] else None)
    row.scope_text, row.products_text = fold(row.scope), fold(row.products)
    row.scope_vector, row.products_vector = vector_literal(row.scope_text), vector_literal(row.products_text)
    return row


def _body(actor: Actor, now: dt.datetime, told: dict[str, Any]) -> int:
    """The certification body; one that is not known yet is recorded under its reported name."""
    known = body_ids().get(told["approval"])
    if known is not None:
        return known
    if not told["body_name"]:
        raise Refused(
            "body_unknown", _("文件没有给出认证机构名称。请先登记批准号 %(no)s 的认证机构。") % {"no": told["approval"]}
        )
    facts = OrganisationFacts(kind=OrganisationKind.BODY, approval_number=told["approval"])
    made = record_organisation(actor=actor, now=now, name=told["body_name"], source=told["source"], facts=facts)
    return made.pk
