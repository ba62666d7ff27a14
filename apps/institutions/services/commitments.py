"""Public commitments and self-declarations: drafted, signed, published, refreshed every year, found in breach."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from apps.audit.services import publish
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.institutions.constants import CommitmentState, DutyCode
from apps.institutions.models import Commitment, Institution
from apps.institutions.rules.duties import commitment_problems
from apps.institutions.selectors.duties import due_day
from apps.institutions.services.locking import lock_for_edit, lock_for_supervision, note
from apps.parties.rules.masking import mask_person_name

_MAKING = (CommitmentState.DRAFT, CommitmentState.SIGNED)


def draft_commitment(*, actor: Actor, now: dt.datetime, institution_id: int, kind: str, text: str) -> Commitment:
    """Write the draft of this year, or rewrite it; what was signed but not published becomes a draft again."""
    if problems := commitment_problems(text):
        raise ProblemsFound(*problems)
    with transaction.atomic():
        institution = lock_for_edit(actor=actor, now=now, institution_id=institution_id)
        row = institution.commitments.select_for_update().filter(kind=kind, state__in=_MAKING).first()
        if row is None:
            year = today(now).year
            row = Commitment(institution=institution, kind=kind, year=year, text=text.strip(), made_at=now)
            row.save()
        else:
            row.text, row.state, row.signed_by, row.signed_on = text.strip(), CommitmentState.DRAFT, "", None
            _save(row, ["text", "state", "signed_by", "signed_on"])
        note("commitment.draft", institution, actor=actor, now=now, after={"kind": kind, "year": row.year})
        return row


def sign_commitment(*, actor: Actor, now: dt.datetime, commitment_id: int, version: int, signed_by: str) -> Commitment:
    """Somebody answers for the text as it stands. From here on it does not change."""
    with transaction.atomic():
        institution, row = _lock(actor, now, commitment_id, version)
        if row.state != CommitmentState.DRAFT:
            raise Refused("commitment.state", _("只有草稿可以签署"))
        if problems := commitment_problems(row.text, signed_by):
            raise ProblemsFound(*problems)
        row.state, row.signed_by, row.signed_on = CommitmentState.SIGNED, signed_by.strip(), today(now)
        _save(row, ["state", "signed_by", "signed_on"])
        after = {"kind": row.kind, "year": row.year, "signed_by": mask_person_name(row.signed_by)}
        note("commitment.sign", institution, actor=actor, now=now, after=after)
        return row


def publish_commitment(*, actor: Actor, now: dt.datetime, commitment_id: int, version: int) -> Commitment:
    """The signed text stands on the public page from today, in place of the one before, until it is to be refreshed.

    Writes both rows, an audit row and a public fact.
    """
    with transaction.atomic():
        institution, row = _lock(actor, now, commitment_id, version)
        if row.state != CommitmentState.SIGNED:
            raise Refused("commitment.state", _("只有已签署的可以公开"))
        for old in institution.commitments.filter(kind=row.kind, state=CommitmentState.PUBLISHED):
            old.state = CommitmentState.REFRESHED
            _save(old, ["state"])
        row.state, row.published_on = CommitmentState.PUBLISHED, today(now)
        row.refresh_due = due_day(DutyCode.COMMITMENT, row.published_on)
        _save(row, ["state", "published_on", "refresh_due"])
        due = row.refresh_due.isoformat() if row.refresh_due else None
        facts = {"kind": str(row.kind), "year": row.year, "text": row.text, "refresh_due": due}
        note("commitment.publish", institution, actor=actor, now=now, after={"kind": row.kind, "year": row.year})
        _tell(institution, "commitment.published", facts, now)
        return row


def record_breach(
    *, actor: Actor, now: dt.datetime, commitment_id: int, version: int, finding: str, number: str
) -> Commitment:
    """A supervisor finds that a published commitment was broken, by a decision. It stays on the public page, so marked.

    Writes the row, an audit row and a public fact (the finding itself stays inside).
    """
    problems = []
    if not number.strip():
        problems.append(Problem("breach.number", "number", "", _("须写明认定文号"), _("没有认定不能公布")))
    if not finding.strip():
        problems.append(Problem("breach.finding", "finding", "", _("须写明认定的事实"), _("请照认定书填写")))
    if problems:
        raise ProblemsFound(*problems)
    institution_id = Commitment.objects.values_list("institution_id", flat=True).get(pk=commitment_id)
    with transaction.atomic():
        institution = lock_for_supervision(actor, institution_id)
        row = _row(commitment_id, version)
        if row.state != CommitmentState.PUBLISHED:
            raise Refused("commitment.state", _("只有已公开的承诺可以认定违反"))
        row.state, row.breached_on = CommitmentState.BREACHED, today(now)
        row.breach_finding, row.breach_number = finding.strip(), number.strip()
        _save(row, ["state", "breached_on", "breach_finding", "breach_number"])
        facts = {"kind": str(row.kind), "year": row.year, "number": row.breach_number}
        note("commitment.breach", institution, actor=actor, now=now, after=facts, reason=row.breach_finding)
        _tell(institution, "commitment.breached", facts, now)
        return row


def _lock(actor: Actor, now: dt.datetime, commitment_id: int, version: int) -> tuple[Institution, Commitment]:
    institution_id = Commitment.objects.values_list("institution_id", flat=True).get(pk=commitment_id)
    institution = lock_for_edit(actor=actor, now=now, institution_id=institution_id)
    return institution, _row(commitment_id, version)


def _row(commitment_id: int, version: int) -> Commitment:
    row = Commitment.objects.select_for_update().get(pk=commitment_id)
    if row.version != version:
        raise StaleVersion
    return row


def _save(row: Commitment, columns: list[str]) -> None:
    row.version += 1
    row.save(update_fields=[*columns, "version"])


def _tell(institution: Institution, kind: str, facts: dict[str, object], now: dt.datetime) -> None:
    publish(kind=kind, subject_kind="institution", subject_id=institution.token, facts=facts, now=now)
