"""What the papers of a matter say: parameters of apps.documents.papers. All texts are Chinese: papers are acts."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from apps.clock.selectors import deadlines_of, limit_on
from apps.core.calendar import today
from apps.matters.constants import CONSULT, DECISION, Effect, FieldKind, FieldRule
from apps.matters.models import MatterCase
from apps.matters.rules.correcting import PLACES
from apps.matters.selectors.cases import answers_of, documents_of, ground_of, of_file, points_of
from apps.matters.selectors.matters import rows_of
from apps.workflow.constants import SUBJECT, Competence
from apps.workflow.models import File, Transition

ALL_32 = "《中华人民共和国行政许可法》第三十二条"
UNITS = {"working_day": "个工作日", "calendar_day": "日", "month": "个月"}
Params = dict[str, Any]


def paper(file: File, transition: Transition, template: str) -> Params:
    """The parameters of one paper of one step."""
    case = of_file(file)
    with override("zh-hans"):
        return {**_head(case, transition), **_PAPERS[template](case, transition, today(transition.at))}


def authority_of(file: File) -> str:
    """Whose decision it is: it follows the competence under which the file was begun."""
    authority: str = settings.LICENSING_AUTHORITY if file.competence == Competence.RELAY else settings.BUREAU_NAME
    return authority


def verify_url(case: MatterCase) -> str:
    """Where anybody checks a decision; built from PUBLIC_URL, never from a request."""
    return f"{settings.PUBLIC_URL}{reverse('matters:decision', args=[case.token])}"


def _head(case: MatterCase, transition: Transition) -> Params:
    file = case.file
    return {
        "authority": settings.BUREAU_NAME,
        "number": f"{file.number}-{transition.version:02d}",
        "addressee": file.organisation.name,
        "case_number": file.number,
        "matter": file.title,
        "date": today(transition.at).isoformat(),
        "contact": str(file.unit),
    }


def _receipt(case: MatterCase, transition: Transition, on: dt.date) -> Params:
    limit = _limit_text(case.matter.limit_accept, on)
    return {
        "materials": _handed(case),
        "limit": f"我局将在{limit}内告知是否受理。" if limit else "我局将尽快告知是否受理。",
    }


def _acceptance(case: MatterCase, transition: Transition, on: dt.date) -> Params:
    limit = _limit_text(case.matter.limit_decide, on)
    return {
        "applied_on": _applied_on(case),
        "basis": _basis(case),
        "limit": f"自受理之日起{limit}内作出决定。" if limit else "自受理之日起尽快作出决定。",
        "materials": _handed(case),
    }


def _correction(case: MatterCase, transition: Transition, on: dt.date) -> Params:
    points = points_of(case)
    return {
        "applied_on": _applied_on(case),
        "basis": [ALL_32],
        "deficiencies": [{"item": each.about, "problem": each.problem, "remedy": each.remedy} for each in points],
        "respond_by": _due(case, case.matter.limit_correct),
    }


def _non_acceptance(case: MatterCase, transition: Transition, on: dt.date) -> Params:
    return {"applied_on": _applied_on(case), "reasons": [transition.reason], "basis": [ALL_32], **_remedies()}


def _enquiry(case: MatterCase, transition: Transition, on: dt.date) -> Params:
    certificate = case.certificate
    place, right = str(case.values.get("place", "")), str(case.values.get("right", ""))
    about = [f"{answer.question.label}：{answer.text}" for answer in answers_of(case) if answer.text]
    if case.matter.effect == Effect.CORRECT and certificate is not None:
        wrong = f"有误的栏目：{PLACES[place]}；现在的记载：{case.recorded or '（空）'}；申请更正为：{right}"
        about = [f"证书编号：{certificate.number}", wrong]
    return {
        "addressee": certificate.body.name if certificate is not None else "有关认证机构",
        "applicant": case.file.organisation.name,
        "subject": about[:20] or ["见所附材料"],
        "basis": _basis(case),
        "respond_by": _due(case, CONSULT),
    }


def _decision(case: MatterCase, transition: Transition, on: dt.date) -> Params:
    rows, ground = rows_of(case.matter), ground_of(case)
    term = {"valid_from": case.decided_on, "valid_to": case.valid_to} if case.valid_to else {}
    return {
        "applied_on": _applied_on(case),
        "ground": ground.label if ground else "",
        "findings": transition.reason,
        "basis": _basis(case),
        "facts": _facts(case),
        "products": _products(case),
        **{name: day.isoformat() for name, day in term.items() if day},
        **(_owed(case, [duty.label for duty in rows.duties]) if rows.duties else {}),
        **_remedies(),
        "verify_url": verify_url(case),
    }


def _owed(case: MatterCase, duties: list[str]) -> Params:
    return {"duties": duties, "duty_by": _due(case, case.matter.limit_duty)}


def _refusal(case: MatterCase, transition: Transition, on: dt.date) -> Params:
    return {
        "applied_on": _applied_on(case),
        "reasons": [transition.reason],
        "basis": _basis(case),
        **_remedies(),
    }


def _forwarding(case: MatterCase, transition: Transition, on: dt.date) -> Params:
    organisation = case.file.organisation
    return {
        "addressee": authority_of(case.file),
        "applicant": organisation.name,
        "uscc": organisation.uscc or "",
        "applied_on": _applied_on(case),
        "findings": transition.reason,
        "basis": _basis(case),
        "enclosures": [
            {"name": asked.label, "sha256": document.sha256}
            for asked, handed in documents_of(case)
            for document in handed
        ],
    }


def _facts(case: MatterCase) -> list[dict[str, str]]:
    """What was asked and answered, but for the list, which has its own table; a correction says what it replaces."""
    shown = [answer for answer in answers_of(case) if answer.question.kind != FieldKind.LINES and answer.text]
    told = [{"label": each.question.label, "value": _with_unit(each.text, each.question.unit)} for each in shown]
    if case.matter.effect == Effect.CORRECT:
        place = next((n for n, each in enumerate(shown) if each.question.rule == FieldRule.PLACE), None)
        if place is not None:
            told.insert(place + 1, {"label": "更正前的记载", "value": case.recorded or "（空）"})
    return told


def _with_unit(text: str, unit: str) -> str:
    return f"{text}{unit}"


def _products(case: MatterCase) -> list[dict[str, str]]:
    columns = ("code", "name", "model", "quantity", "unit")
    lines = next((answer.lines for answer in answers_of(case) if answer.question.kind == FieldKind.LINES), ())
    return [{column: str(line.get(column, "")) for column in columns} for line in lines]


def _handed(case: MatterCase) -> list[str]:
    return [asked.label for asked, handed in documents_of(case) if handed]


def _basis(case: MatterCase) -> list[str]:
    """The articles of the matter, and that of the ground: as the configuration gives them."""
    ground = ground_of(case)
    lines = [line.strip() for line in case.matter.basis.splitlines() if line.strip()]
    return [*lines, *([ground.article] if ground and ground.article else [])][:20]


def _applied_on(case: MatterCase) -> str:
    submitted = case.file.submitted_at
    assert submitted is not None, "a paper answers a submitted application"
    return today(submitted).isoformat()


def _limit_text(code: str, on: dt.date) -> str:
    limit = limit_on(code, on)
    return f"{limit.value}{UNITS.get(limit.unit, '日')}" if limit else ""


def _due(case: MatterCase, code: str) -> str:
    due = next(each.due_on for each in reversed(deadlines_of(SUBJECT, case.file_id)) if each.code == code)
    assert due is not None, "the step started this clock"
    return due.isoformat()


def _remedies() -> Params:
    return {"reconsideration_authority": settings.RECONSIDERATION_AUTHORITY, "court": settings.COMPETENT_COURT}


_PAPERS: dict[str, Callable[[MatterCase, Transition, dt.date], Params]] = {
    "matter_receipt": _receipt,
    "notice_acceptance": _acceptance,
    "notice_correction": _correction,
    "notice_non_acceptance": _non_acceptance,
    "matter_enquiry": _enquiry,
    DECISION: _decision,
    "matter_refusal": _refusal,
    "forwarding_letter": _forwarding,
}
