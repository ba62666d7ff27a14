"""What an institution reads of its own: an application as it stands, for the person behind the token."""

import datetime as dt
import hashlib
from typing import Any

from apps.accounts.models import User
from apps.clock.selectors import DeadlineView, deadlines_of
from apps.core.calendar import today
from apps.documents.constants import GeneratedState
from apps.documents.models import Document
from apps.documents.papers import PAPERS
from apps.documents.policies import visible_papers
from apps.documents.selectors import current_documents
from apps.institutions.licence_constants import DemandKind
from apps.institutions.models import Application, Demand, Item, Licence
from apps.institutions.selectors import applications as selectors
from apps.institutions.selectors.life import standing_of
from apps.institutions.services.applications import WRITTEN
from apps.workflow.bindings import process_of
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File
from apps.workflow.policies import Offer, allowed_steps
from apps.workflow.selectors.timeline import Line, timeline


def application_tag(application: Application) -> str:
    """The version of an application by all that its people decide on: text, step, materials, points, scope."""
    file = application.file
    documents = current_documents(SUBJECT, file.pk).values_list("pk", "sha256")
    points = application.demands.order_by("pk").values_list("pk", "version", "told_at")
    scope = application.scope or selectors.asked_scope(application)
    parts = (list(documents), list(points), (scope.pk, scope.version) if scope else None)
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
    return f'"{application.version}-{file.version}-{digest}"'


def demand_tag(demand: Demand) -> str:
    return f'"{demand.pk}-{demand.version}"'


def brief(file: File) -> dict[str, Any]:
    """An application as its list shows it."""
    state = process_of(file.process).state(file.status)
    return {
        "number": file.number,
        "item": file.matter,
        "title": file.title,
        "status": {"code": file.status, "label": str(state.label), "since": file.status_since, "final": state.final},
        "with": _with(file),
        "opened_at": file.opened_at,
        "submitted_at": file.submitted_at,
        "closed_at": file.closed_at,
        "due_on": file.due_on,
    }


def whole(application: Application, user: User, now: Any) -> dict[str, Any]:
    """Everything: what was written, what is missing, whose turn it is, which clock runs, what may be done."""
    file, on = application.file, today(now)
    draft = file.submitted_at is None and file.closed_at is None
    points = [point for kind in DemandKind for point in selectors.told_demands_of(application, kind)]
    return {
        **brief(file),
        "etag": application_tag(application),
        "route": application.route,
        "licence": application.licence.number if application.licence else None,
        "basics": {name: getattr(application, name) for name in WRITTEN},
        "tasks": [_task(task) for task in selectors.tasks_of(application)] if draft else [],
        "materials": [
            {
                "kind": material.kind,
                "name": selectors.name_of(material),
                "required": material.required,
                "documents": [document_shown(each) for each in handed if isinstance(each, Document)],
            }
            for material, handed in selectors.materials_of(application)
        ],
        "demands": [demand_shown(point) for point in points],
        "clocks": [clock_shown(view) for view in deadlines_of(SUBJECT, file.pk, on=on)],
        "actions": [_action(offer) for offer in allowed_steps(file, user, on)],
        "papers": papers_shown(file, user),
        "timeline": [_line(line) for line in timeline(file, staff=False)],
    }


def item_shown(item: Item) -> dict[str, Any]:
    materials = item.materials.order_by("position")
    return {
        "code": item.code,
        "name": selectors.name_of(item),
        "competence": item.competence,
        "review": item.review,
        "needs_licence": item.licence_needed,
        "needs_scope": selectors.needs_scope(item),
        "materials": [{"kind": m.kind, "name": selectors.name_of(m), "required": m.required} for m in materials],
    }


def document_shown(document: Document) -> dict[str, Any]:
    return {
        "id": document.uid,
        "kind": document.kind,
        "name": document.original_name,
        "content_type": document.content_type,
        "size": document.size,
        "sha256": document.sha256,
        "scan": document.scan_state,
        "uploaded_at": document.uploaded_at,
    }


def demand_shown(demand: Demand) -> dict[str, Any]:
    return {
        "kind": demand.kind,
        "n": demand.n,
        "etag": demand_tag(demand),
        "about": demand.about,
        "problem": demand.problem,
        "remedy": demand.remedy,
        "told_at": demand.told_at,
        "answer": demand.answer,
        "answered_at": demand.answered_at,
        "settled_at": demand.settled_at,
    }


def clock_shown(view: DeadlineView) -> dict[str, Any]:
    return {
        "code": view.code,
        "name": str(view.name),
        "state": view.state,
        "due_on": view.due_on,
        "remaining": view.remaining,
        "unit": view.unit,
        "level": view.level,
        "text": str(view.text),
        "article": view.article,
        "provisional": view.provisional,
    }


def papers_shown(file: File, user: User) -> list[dict[str, Any]]:
    """What the portal made in this matter and the applicant may have."""
    found = visible_papers(user, SUBJECT, file.pk).filter(state=GeneratedState.DONE)
    return [
        {
            "id": paper.uid,
            "template": paper.template,
            "name": str(PAPERS[paper.template].label),
            "number": paper.number,
            "sha256": paper.sha256,
            "size": paper.size,
            "done_at": paper.done_at,
        }
        for paper in found
    ]


def licence_shown(licence: Licence, on: dt.date) -> dict[str, Any]:
    """As it stands on a day: over after its last day, whether or not the sweep came by."""
    standing = standing_of(licence, on)
    return {
        "number": licence.number,
        "authority": licence.authority,
        "holder": licence.holder_name,
        "address": licence.address,
        "field": licence.field,
        "issued_on": licence.issued_on,
        "valid_from": licence.valid_from,
        "valid_to": licence.valid_to,
        "status": standing.status,
        "status_since": standing.since,
        "begun": standing.begun,
        "token": licence.token,
        "changes": [
            {"n": change.n, "kind": change.kind, "on": change.on, "summary": change.summary}
            for change in licence.changes.order_by("n")
        ],
    }


def _with(file: File) -> dict[str, str]:
    """Whose turn it is: the applicant's, or the office's; never a name of its people."""
    if file.closed_at is not None:
        return {"party": "nobody", "office": ""}
    waits = process_of(file.process).state(file.status).waits
    return {"party": "applicant" if waits else "office", "office": "" if waits else file.unit.name}


def _task(task: selectors.Task) -> dict[str, Any]:
    return {"code": task.code, "name": str(task.name), "done": task.done, "missing": [str(gap) for gap in task.gaps]}


def _action(offer: Offer) -> dict[str, Any]:
    step = offer.step
    return {
        "step": step.code,
        "label": str(step.label),
        "consequence": str(step.consequence),
        "reason_required": step.reason_required,
        "inputs": list(step.asked),
        "allowed": offer.allowed,
        "why_not": list(offer.why_not),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "at": line.at,
        "step": str(line.label),
        "message": str(line.message),
        "who": line.who,
        "reason": line.reason,
        "state": str(line.state),
        "basis": line.basis,
    }
