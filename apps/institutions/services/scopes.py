"""Capability scopes by version: a file becomes a draft, a decision puts it in force, and the holdings follow.

Lock order: the institution, then its scopes, then capabilities by id (two approvals may name the same ones).
"""

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _

from apps.audit.services import publish
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.filenames import shown_name
from apps.core.grams import fold, fold_names, short_vector_literal
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.core.tables.files import MEGABYTE, Inspected, inspect
from apps.institutions.constants import ScopeState
from apps.institutions.models import Capability, Holding, Institution, ScopeImport, ScopeRow, ScopeVersion
from apps.institutions.policies import can_approve_scope
from apps.institutions.rules.scope import Line, capability_key
from apps.institutions.selectors.files import current_sites
from apps.institutions.services.locking import lock_for_edit, note
from apps.institutions.services.scope_reading import KINDS, ReadScope, read_scope

TEXT_LIMIT = 10 * MEGABYTE
_BATCH = 5_000
APPLICANTS_TURN = ("draft", "correction")  # of the licence process: what is asked for may still change


def take_in_scope(*, actor: Actor, now: dt.datetime, institution_id: int, upload: "UploadedFile[Any]") -> ScopeImport:
    """Read a scope file. Without a fault it becomes the draft, in place of an older draft; else nothing but the file is
    kept, so that its author can see every faulty cell.

    Writes the import, perhaps the draft, and an audit row.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scope"
        digest = _store(upload, path)
        name = shown_name(upload.name or "")
        inspected = inspect(path, name, text_limit=TEXT_LIMIT, kinds=KINDS)
        sites = [site.name for site in current_sites(institution_id, today(now))]
        found = read_scope(path, inspected.kind, inspected.encoding, sites)
        with transaction.atomic():
            institution = lock_for_edit(actor=actor, now=now, institution_id=institution_id)
            batch = _record_import(institution, upload, name, inspected, digest, found, actor, now)
            if not found.problems:
                batch.made = make_draft(
                    actor=actor, now=now, institution=institution, lines=[line for _row, line in found.lines], told=name
                )
                batch.save(update_fields=["made"])
            after = {"file": name, "sha256": digest, "rows": found.total, "bad": found.bad_rows}
            note("scope.import", institution, actor=actor, now=now, after=after)
            return batch


def _store(upload: "UploadedFile[Any]", path: Path) -> str:
    with path.open("w+b") as file:
        file.writelines(upload.chunks())
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _record_import(
    institution: Institution,
    upload: "UploadedFile[Any]",
    name: str,
    inspected: Inspected,
    digest: str,
    found: ReadScope,
    actor: Actor,
    now: dt.datetime,
) -> ScopeImport:
    batch = ScopeImport(
        institution=institution,
        original_name=name,
        kind=inspected.kind,
        encoding=inspected.encoding,
        size=inspected.size,
        sha256=digest,
        rows_total=found.total,
        rows_bad=found.bad_rows,
        uploaded_at=now,
        uploaded_by=actor.user,
    )
    upload.seek(0)
    batch.file.save(f"{digest[:32]}.{inspected.kind}", upload, save=False)  # the name is ours, never the uploader's
    batch.save()
    return batch


def make_draft(
    *, actor: Actor, now: dt.datetime, institution: Institution, lines: Sequence[Line], told: str
) -> ScopeVersion:
    """The lines as the draft of the locked institution; an older draft is discarded. Also for applications."""
    _refuse_under_review(institution)
    institution.scopes.filter(state=ScopeState.DRAFT).update(state=ScopeState.DISCARDED, version=F("version") + 1)
    last = institution.scopes.aggregate(n=Max("n"))["n"] or 0
    scope = ScopeVersion.objects.create(
        institution=institution, n=last + 1, rows_count=len(lines), note=told[:200], made_at=now, made_by=actor.user
    )
    known = know_capabilities(lines)
    rows = (
        ScopeRow(
            scope=scope,
            n=n,
            capability_id=known[capability_key(line)],
            clause=line.clause,
            restriction=line.restriction,
            site=line.site,
        )
        for n, line in enumerate(lines, 1)
    )
    ScopeRow.objects.bulk_create(rows, batch_size=_BATCH)
    note("scope.draft", institution, actor=actor, now=now, after={"n": scope.n, "rows": len(lines)})
    return scope


def know_capabilities(lines: Iterable[Line]) -> dict[str, int]:
    """The dictionary's ids of what the lines name, by key; what is new is added. Two who add the same meet quietly."""
    wanted = {capability_key(line): line for line in lines}
    known = _ids_of(wanted)
    fresh = [_capability(key, line) for key, line in sorted(wanted.items()) if key not in known]
    if fresh:
        Capability.objects.bulk_create(fresh, batch_size=_BATCH, ignore_conflicts=True)
        known |= _ids_of(capability.key for capability in fresh)
    return known


def _ids_of(keys: Iterable[str]) -> dict[str, int]:
    return dict(Capability.objects.filter(key__in=list(keys)).values_list("key", "pk"))


def _capability(key: str, line: Line) -> Capability:
    texts = (line.object, line.parameter, fold_names([line.standard, line.title]).replace("\n", ""))
    folded = [fold(text) for text in texts]
    return Capability(
        key=key,
        field=line.field,
        object=line.object,
        parameter=line.parameter,
        standard=line.standard,
        title=line.title,
        object_text=folded[0][:200],
        parameter_text=folded[1][:200],
        standard_text=folded[2][:500],
        search=short_vector_literal(fold_names(folded)),
    )


def discard_draft(*, actor: Actor, now: dt.datetime, scope_id: int, version: int) -> ScopeVersion:
    """The institution gives a draft up. The version in force is not touched."""
    with transaction.atomic():
        institution = lock_for_edit(actor=actor, now=now, institution_id=_institution_of(scope_id))
        scope = _lock_draft(scope_id, version)
        _refuse_under_review(institution)
        scope.state = ScopeState.DISCARDED
        _save(scope, ["state"])
        note("scope.discard", institution, actor=actor, now=now, after={"n": scope.n})
        return scope


def approve_scope(
    *,
    actor: Actor,
    now: dt.datetime,
    scope_id: int,
    version: int,
    decision_number: str,
    approved_on: dt.date,
) -> ScopeVersion:
    """Put a draft in force by a decision. The version before is superseded from that day on.

    Writes both versions, the holdings that search reads, an audit row and a public fact. Called by staff who record
    the decision of the licensing authority, and by the licence process.
    """
    if problems := _decision_problems(decision_number, approved_on, today(now)):
        raise ProblemsFound(*problems)
    with transaction.atomic():
        locked = Institution.objects.select_for_update(of=("self",)).select_related("organisation")
        institution = locked.get(pk=_institution_of(scope_id))
        if actor.user is not None and not can_approve_scope(actor.user, institution, today(now)):
            raise Refused("scope")
        if actor.user is not None:  # the decision on the file puts its scope in force, and nobody before it
            _refuse_under_review(institution, free_in=("draft",))
        scope = _lock_draft(scope_id, version)
        before = institution.scopes.filter(state=ScopeState.APPROVED)
        before.update(state=ScopeState.SUPERSEDED, superseded_on=approved_on, version=F("version") + 1)
        scope.state, scope.approved_on = ScopeState.APPROVED, approved_on
        scope.decision_number, scope.approved_by = decision_number.strip(), actor.user
        _save(scope, ["state", "approved_on", "decision_number", "approved_by"])
        hold(institution, set(scope.rows.values_list("capability_id", flat=True)))
        facts = {
            "uscc": institution.organisation.uscc,
            "version": scope.n,
            "rows": scope.rows_count,
            "decision": scope.decision_number,
            "from": approved_on.isoformat(),
        }
        note("scope.approve", institution, actor=actor, now=now, after=facts)
        publish(kind="scope.approved", subject_kind="institution", subject_id=institution.token, facts=facts, now=now)
        return scope


def hold(institution: Institution, capability_ids: set[int]) -> None:
    """Make the holdings of a locked institution exactly these. Part of an approval."""
    held = set(Holding.objects.filter(institution=institution).values_list("capability_id", flat=True))
    gone, fresh = held - capability_ids, capability_ids - held
    list(Capability.objects.select_for_update().filter(pk__in=gone | fresh).order_by("pk").values_list("pk"))
    Holding.objects.filter(institution=institution, capability_id__in=gone).delete()
    division = institution.organisation.division_code
    Holding.objects.bulk_create(
        [Holding(capability_id=pk, division_code=division, institution=institution) for pk in sorted(fresh)],
        batch_size=_BATCH,
    )
    Capability.objects.filter(pk__in=gone).update(holders=F("holders") - 1)
    Capability.objects.filter(pk__in=fresh).update(holders=F("holders") + 1)


def _decision_problems(number: str, approved_on: dt.date, on: dt.date) -> list[Problem]:
    problems = []
    if not number.strip():
        rule, remedy = _("须写明决定文号"), _("没有决定不能生效")
        problems.append(Problem("scope.decision", "decision_number", "", rule, remedy))
    if approved_on > on:
        day = approved_on.isoformat()
        problems.append(Problem("scope.later", "approved_on", day, _("日期尚未到来"), _("请在生效当日登记")))
    return problems


def _institution_of(scope_id: int) -> int:
    return ScopeVersion.objects.values_list("institution_id", flat=True).get(pk=scope_id)


def _refuse_under_review(institution: Institution, *, free_in: tuple[str, ...] = APPLICANTS_TURN) -> None:
    """What the authority reviews stays as it was handed in, until the applicant is asked to correct it."""
    under_review = Q(applications__file__closed_at=None) & ~Q(applications__file__status__in=free_in)
    for scope in institution.scopes.filter(under_review, state=ScopeState.DRAFT, applications__isnull=False)[:1]:
        file = scope.applications.filter(file__closed_at=None).values_list("file__number", flat=True).first()
        reason = _("能力附表草稿（第%(n)s版）正在随申请%(file)s审查，现在不能更换、放弃或者另行批准；补正时可以更换")
        raise Refused("scope.under_review", reason % {"n": scope.n, "file": file})


def _lock_draft(scope_id: int, version: int) -> ScopeVersion:
    scope = ScopeVersion.objects.select_for_update().get(pk=scope_id)
    if scope.version != version:
        raise StaleVersion
    if scope.state != ScopeState.DRAFT:
        raise Refused("scope.state", _("这一版不是草稿"))
    return scope


def _save(scope: ScopeVersion, columns: list[str]) -> None:
    scope.version += 1
    scope.save(update_fields=[*columns, "version"])
