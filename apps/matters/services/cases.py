"""Applying under a matter: begin, write, hand in documents. Steps of the process are taken by `advance`."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import UnitKind
from apps.accounts.models import Unit
from apps.accounts.selectors import units
from apps.audit import services as audit
from apps.certifications.selectors.held import certificate_held, written_at
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.documents.models import Document
from apps.documents.selectors import current_documents
from apps.documents.services import remove, reuse, store
from apps.matters.constants import PROCESS, FieldRule
from apps.matters.models import MatterCase
from apps.matters.rules.correcting import PLACES
from apps.matters.selectors.cases import answer_faults, cases, paper_kind, record_fault
from apps.matters.selectors.matters import matter_on, rows_of
from apps.parties.models import Organisation
from apps.parties.policies import can_act_for
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File
from apps.workflow.services import lock_file, open_file

WRITTEN_IN = ("draft", "correction")
SHOWN_IN = ("duties", "overdue", "escalated")


def open_case(*, actor: Actor, now: dt.datetime, organisation: Organisation, code: str) -> MatterCase:
    """Begin a draft under the version of the day, filled with what the portal knows: nothing is asked twice."""
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        matter = matter_on(code, today(now))
        if matter is None:
            raise Refused("matter.absent", _("现在不办理这个事项。"))
        drafts = File.objects.filter(organisation=organisation, process=PROCESS, matter=code)
        if drafts.filter(submitted_at=None, closed_at=None).exists():
            raise Refused("case.draft_exists", _("该事项已有一份草稿，请在“我的局办事项”中继续填写。"))
        file = open_file(
            actor=actor,
            now=now,
            process=PROCESS,
            matter=code,
            organisation=organisation,
            title=matter.name,
            division_code=organisation.division_code or settings.HOME_DIVISION,
            unit=bureau(),
            competence=matter.competence,
        )
        made = MatterCase.objects.create(file=file, matter=matter, **_known(organisation))
        _record(actor, now, made, "open", {"matter": code, "n": matter.n})
    return made


def write_case(
    *,
    actor: Actor,
    now: dt.datetime,
    case_id: int,
    version: int,
    values: Mapping[str, Any],
    ground: str = "",
    contact_name: str = "",
    contact_phone: str = "",
) -> MatterCase:
    """Keep what the applicant wrote; gaps are allowed until it is handed in, wrong answers are not.

    `values`: answers by field code.
    """
    with transaction.atomic():
        found = lock_own(actor=actor, now=now, case_id=case_id)
        if found.file.status not in WRITTEN_IN:
            raise Refused("case.submitted", _("申请已经提交，不能再修改。"))
        if found.version != version:
            raise StaleVersion
        before = {"values": found.values, "ground": found.ground}
        rows = rows_of(found.matter)
        asked = {each.code for each in rows.fields}
        found.values = {code: values[code] for code in values if code in asked}
        found.ground, found.contact_name, found.contact_phone = ground, contact_name, contact_phone
        _refuse_faults(found, today(now))
        _read_certificate(found)
        found.version += 1
        found.save()
        _record(actor, now, found, "write", {"values": found.values, "ground": found.ground}, before)
    return found


def add_document(
    *,
    actor: Actor,
    now: dt.datetime,
    case_id: int,
    kind: str,
    upload: Any = None,
    resumable_id: object = None,
    stored_id: int | None = None,
) -> Document:
    """Hand in a document: with the draft, with a correction, or as proof of a duty.

    It comes with the form, was sent in pieces, or lies in the organisation's own store: nobody hands it in twice.
    """
    with transaction.atomic():
        found = lock_own(actor=actor, now=now, case_id=case_id)
        if kind not in kinds_open(found):
            raise ProblemsFound(Problem("kind", "kind", kind, _("现在不能提交这类材料"), _("请从列出的材料中选择")))
        place = {"organisation_id": found.file.organisation_id, "subject_kind": SUBJECT, "subject_id": found.file_id}
        common: dict[str, Any] = {"actor": actor, "now": now, "kind": kind, **place}
        if stored_id is not None:
            document = reuse(document_id=stored_id, **common)
        else:
            document = store(upload=upload, resumable_id=resumable_id, **common)
        _record(actor, now, found, "add_document", {"kind": kind, "sha256": document.sha256})
    return document


def remove_document(*, actor: Actor, now: dt.datetime, case_id: int, document_id: int) -> None:
    """Take a document out of the draft, or out of proofs that were not sent yet; what was sent stays."""
    with transaction.atomic():
        found = lock_own(actor=actor, now=now, case_id=case_id)
        document = current_documents(SUBJECT, found.file_id).filter(pk=document_id).first()
        if document is None:
            raise Refused("absent", str(document_id))
        sent = found.file.submitted_at if found.file.status != "draft" else None
        if document.kind not in kinds_open(found) or (sent is not None and document.uploaded_at <= last_sent(found)):
            raise Refused("case.submitted", _("材料已经提交，不能移除。"))
        remove(actor=actor, now=now, document_id=document_id)
        _record(actor, now, found, "remove_document", {"document": document_id})


def last_sent(case: MatterCase) -> dt.datetime:
    """When the file last changed hands: what was uploaded before it is on record."""
    latest = case.file.transitions.order_by("-version").first()
    assert latest is not None, "a file has its opening"
    return latest.at


def kinds_open(case: MatterCase) -> tuple[str, ...]:
    """The kinds of document that may be handed in in the file's present state."""
    rows = rows_of(case.matter)
    if case.file.status in WRITTEN_IN:
        return tuple(each.code for each in rows.documents)
    if case.file.status in SHOWN_IN:
        return tuple(paper_kind(each.code) for each in rows.duties)
    return ()


def lock_own(*, actor: Actor, now: dt.datetime, case_id: int) -> MatterCase:
    """The case with its file locked, for who acts for its organisation; absent and forbidden alike."""
    found = lock_case(case_id)
    if actor.user is not None and not can_act_for(actor.user, found.file.organisation_id, today(now)):
        raise Refused("absent", str(case_id))
    return found


def lock_case(case_id: int) -> MatterCase:
    """The case, its file's row locked first, as every act on a file does."""
    file_id = MatterCase.objects.filter(pk=case_id).values_list("file_id", flat=True).first()
    if file_id is None:
        raise Refused("absent", str(case_id))
    lock_file(file_id)
    return cases().select_for_update(of=("self",)).get(pk=case_id)


def bureau() -> Unit:
    """The unit that receives applications: the bureau of this installation."""
    found = units().filter(kind=UnitKind.BUREAU, division_code=settings.HOME_DIVISION).order_by("pk").first()
    if found is None:
        raise Refused("no_unit", _("本平台尚未登记受理单位，请联系系统管理员。"))
    return found


def _refuse_faults(case: MatterCase, on: dt.date) -> None:
    problems = answer_faults(case, case.values, on)
    if case.ground and case.ground not in {each.code for each in rows_of(case.matter).grounds}:
        problems.append(Problem("ground", "ground", case.ground, _("没有这种情形"), _("请从列表中选择")))
    if problems:
        raise ProblemsFound(*problems)


def _read_certificate(case: MatterCase) -> None:
    """Which certificate is meant, and what stands on it now: the correction is asked of that, and of nothing else."""
    question = next((each for each in rows_of(case.matter).fields if each.rule == FieldRule.CERTIFICATE), None)
    chosen = str(case.values.get(question.code) or "") if question else ""
    case.certificate = certificate_held(case.file.organisation_id, int(chosen)) if chosen else None
    place = str(case.values.get("place", ""))
    known = case.certificate is not None and place in PLACES
    case.recorded = written_at(case.certificate, place) if known and case.certificate else ""
    if fault := record_fault(case):
        raise ProblemsFound(Problem("record", "right", "", fault, _("请核对证书和填写的内容")))


def _known(organisation: Organisation) -> dict[str, str]:
    """Who to call: as in the organisation's latest case."""
    latest = MatterCase.objects.filter(file__organisation=organisation).order_by("-pk").first()
    return {"contact_name": latest.contact_name, "contact_phone": latest.contact_phone} if latest else {}


def _record(
    actor: Actor,
    now: dt.datetime,
    case: MatterCase,
    verb: str,
    after: dict[str, Any],
    before: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"matters.case.{verb}",
        subject_kind=SUBJECT,
        subject_id=case.file_id,
        before=before,
        after=after,
    )
