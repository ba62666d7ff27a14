"""Reads of cases: what is asked and answered, what is missing, and the facts that guards read."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.certifications.selectors.held import catalogue_on, certificate_held, certificates_held, written_at
from apps.clock.constants import DeadlineState
from apps.clock.selectors import deadlines_of
from apps.core.calendar import today
from apps.core.problems import Problem
from apps.core.tokens import token_key
from apps.documents.models import Document
from apps.documents.selectors import current_documents
from apps.matters.constants import BodyAnswer, Effect, FieldKind, FieldRule
from apps.matters.models import MatterCase, Point
from apps.matters.rules.answers import Registers, answer_problems, is_empty
from apps.matters.rules.configuration import Asked, Duty, Ground, Question
from apps.matters.rules.correcting import PLACES, correction_fault
from apps.matters.rules.facts import Facts
from apps.matters.selectors.matters import matter_on, rows_of
from apps.parties.constants import OrganisationKind
from apps.parties.rules.masking import mask_trader_name
from apps.workflow.constants import SUBJECT, Competence
from apps.workflow.models import File

LATE = ("fall_due", "escalate")


@dataclass(frozen=True, slots=True)
class Task:
    """One part of a draft's task list, and what it still lacks."""

    code: str
    name: str
    gaps: tuple[str, ...]

    @property
    def done(self) -> bool:
        return not self.gaps


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with its answer, as the page shows it."""

    question: Question
    text: str
    lines: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty of a case with what was shown for it."""

    duty: Duty
    row: Any
    papers: tuple[Document, ...]
    gaps: tuple[str, ...]


def cases() -> QuerySet[MatterCase]:
    related = ("file__organisation", "file__unit", "file__holder", "matter", "certificate__body")
    return MatterCase.objects.select_related(*related)


def of_file(file: File) -> MatterCase:
    return cases().get(file=file)


def registers_of(case: MatterCase, on: dt.date) -> Registers:
    """What codes are asked against; registers that no field of the matter names are not read."""
    used = {question.rule for question in rows_of(case.matter).fields}
    held = certificates_held(case.file.organisation_id) if FieldRule.CERTIFICATE in used else None
    return Registers(
        on=on,
        ccc=frozenset(code for code, _name in catalogue_on(on)) if FieldRule.CCC in used else frozenset(),
        certificates=frozenset(map(str, held.values_list("pk", flat=True))) if held is not None else frozenset(),
        places=frozenset(PLACES),
    )


def ground_of(case: MatterCase) -> Ground | None:
    return next((each for each in rows_of(case.matter).grounds if each.code == case.ground), None)


def answers_of(case: MatterCase) -> list[Answer]:
    """Every question in order, with what was answered."""
    return [_answer(case, question) for question in rows_of(case.matter).fields]


def _answer(case: MatterCase, question: Question) -> Answer:
    value = case.values.get(question.code)
    if question.kind == FieldKind.LINES:
        return Answer(question, "", tuple(value or ()))
    text = "" if value is None else str(value)
    if question.rule == FieldRule.CERTIFICATE:
        text = case.certificate.number if case.certificate else ""
    elif question.rule == FieldRule.PLACE:
        text = str(PLACES.get(text, text))
    return Answer(question, text)


def documents_of(case: MatterCase) -> list[tuple[Asked, list[Document]]]:
    """What the matter asks for, and what was handed in for it."""
    handed = list(current_documents(SUBJECT, case.file_id))
    return [(asked, [each for each in handed if each.kind == asked.code]) for asked in rows_of(case.matter).documents]


def tasks_of(case: MatterCase, on: dt.date) -> list[Task]:
    """The task list of a draft: what to fill in, what to hand in, and what each still lacks."""
    return [
        Task("form", _("填写申请内容"), tuple(_form_gaps(case, on))),
        Task("documents", _("上传材料"), tuple(_document_gaps(case))),
    ]


def _form_gaps(case: MatterCase, on: dt.date) -> list[str]:
    rows = rows_of(case.matter)
    gaps = [] if not rows.grounds or ground_of(case) else [_("办理情形")]
    gaps += [each.shown for each in rows.fields if each.required and is_empty(case.values.get(each.code))]
    gaps += [name for name, text in ((_("联系人"), case.contact_name), (_("联系电话"), case.contact_phone)) if not text]
    return gaps + [str(problem.rule) for problem in answer_faults(case, case.values, on)]


def answer_faults(case: MatterCase, values: dict[str, Any], on: dt.date) -> list[Problem]:
    """Everything that is wrong with what was answered; gaps are not."""
    registers = registers_of(case, on)
    found = []
    for question in rows_of(case.matter).fields:
        found += answer_problems(question, values.get(question.code), registers)
    return found


def _document_gaps(case: MatterCase) -> list[str]:
    return [asked.shown for asked, handed in documents_of(case) if asked.required and not handed]


def owed_of(case: MatterCase) -> list[Owed]:
    """The duties of a decision with what was shown for each; none before there is a decision."""
    kept = {row.code: row for row in case.duties.all()}
    handed = list(current_documents(SUBJECT, case.file_id)) if kept else []
    found = []
    for duty in rows_of(case.matter).duties:
        if (row := kept.get(duty.code)) is None:
            continue
        papers = tuple(each for each in handed if each.kind == paper_kind(duty.code))
        gaps = [] if row.done_on and row.statement.strip() else [_("没有说明履行情况")]
        gaps += [_("没有证明材料")] if duty.papers and not papers else []
        found.append(Owed(duty, row, papers, tuple(gaps)))
    return found


def paper_kind(duty: str) -> str:
    """The kind under which the papers of a duty lie with the file."""
    return f"duty_{duty}"


def points_of(case: MatterCase) -> QuerySet[Point]:
    return case.points.order_by("n")


def facts_of(case: MatterCase, on: dt.date) -> Facts:
    """One case as its guards see it."""
    file, matter = case.file, case.matter
    points = list(case.points.all())
    draft = file.status in ("draft", "correction")
    return Facts(
        relay=file.competence == Competence.RELAY,
        consults=matter.consults,
        duties=bool(matter.duties),
        gaps=tuple(gap for task in tasks_of(case, on) for gap in task.gaps) if draft else (),
        bars=tuple(_bars(case, on)) if file.status == "draft" else (),
        correction_rounds=case.correction_rounds,
        open_points=sum(point.told_at is None for point in points),
        unanswered=sum(point.told_at is not None and point.answered_at is None for point in points),
        correction_over=_is_over(case, on),
        body_answer=BodyAnswer(case.body_answer) if case.body_answer else "",
        record_fault=record_fault(case),
        duty_gaps=tuple(f"{owed.duty.shown}{_('：')}{gap}" for owed in owed_of(case) for gap in owed.gaps),
        late=file.transitions.filter(step__in=LATE).exists(),
        submitted_on=today(file.submitted_at) if file.submitted_at else dt.date.min,
        on=on,
    )


def _bars(case: MatterCase, on: dt.date) -> list[str]:
    """A matter that was changed or ended since the draft was begun; the same correction on its way already."""
    found = []
    current = matter_on(case.matter.code, on)
    if current is None:
        found.append(_("该事项已经停止办理"))
    elif current.pk != case.matter_id:
        found.append(_("该事项的办理要求已有新版本，请放弃本草稿后重新填写"))
    if case.certificate_id is not None:
        others = MatterCase.objects.filter(certificate_id=case.certificate_id, file__closed_at=None)
        others = others.filter(file__submitted_at__isnull=False).exclude(pk=case.pk)
        if (other := others.select_related("file").first()) is not None:
            found.append(_("同一证书已有更正申请 %(number)s 正在办理") % {"number": other.file.number})
    return found


def _is_over(case: MatterCase, on: dt.date) -> bool:
    if case.file.status != "correction":
        return False
    views = [each for each in deadlines_of(SUBJECT, case.file_id, on=on) if each.code == case.matter.limit_correct]
    return any(each.state == DeadlineState.LAPSED or (each.due_on is not None and each.due_on < on) for each in views)


def record_fault(case: MatterCase) -> str:
    """Why a correction cannot be written as it was asked for; empty if it can, or if the matter writes nothing."""
    if case.matter.effect != Effect.CORRECT or case.certificate is None:
        return ""
    place, right = str(case.values.get("place", "")), str(case.values.get("right", ""))
    if place not in PLACES:
        return ""
    if certificate_held(case.file.organisation_id, case.certificate.pk) is None:
        return _("申请单位不再是该证书的持证单位")
    now = written_at(case.certificate, place)
    if case.file.submitted_at is not None and now != case.recorded:
        return _("证书在申请之后已有改动，现在的记载是：%(now)s") % {"now": now or _("（空）")}
    return correction_fault(place, right, now)


def public_name(case: MatterCase) -> str:
    """The holder as anybody may read it: a sole trader counts as a person (PIPL)."""
    organisation = case.file.organisation
    return mask_trader_name(organisation.name) if is_private(case) else organisation.name


def is_private(case: MatterCase) -> bool:
    return case.file.organisation.kind == OrganisationKind.SOLE_TRADER


def case_by_token(token: str) -> MatterCase | None:
    """A granted case by the code on its decision."""
    return cases().filter(token=token_key(token)).first() if token_key(token) else None
