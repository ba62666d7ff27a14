"""What the papers of an application say: parameters of apps.documents. Papers are acts: their texts are Chinese."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.translation import override

from apps.certifications.reminders import PERMALINK
from apps.certifying.constants import COMPLETE, PointKind
from apps.certifying.models import Application
from apps.certifying.rules.stages import stages
from apps.certifying.selectors.applications import materials_of, of_file, points_of, team_of
from apps.clock.selectors import deadlines_of
from apps.core.calendar import today
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File, Transition

Params = dict[str, Any]


def paper(file: File, transition: Transition, template: str) -> Params:
    """The parameters of one paper of one step."""
    with override("zh-hans"):
        return _PAPERS[template](of_file(file), transition)


def _head(application: Application, transition: Transition) -> Params:
    file, body = application.file, application.body
    assert body is not None, "a body issues its papers"
    return {
        "authority": body.name,
        "number": f"{file.number}-{transition.version:02d}",
        "addressee": file.organisation.name,
        "case_number": file.number,
        "matter": file.title,
        "date": today(transition.at).isoformat(),
        "address": body.address,
    }


def _receipt(application: Application, transition: Transition) -> Params:
    handed = [str(each.label) for each, documents in materials_of(application) if documents]
    return {**_head(application, transition), "scope": application.scope[:2000], "materials": handed}


def _completion(application: Application, transition: Transition) -> Params:
    rows = points_of(application, PointKind.COMPLETION)
    due = next(view.due_on for view in deadlines_of(SUBJECT, application.file_id) if view.code == COMPLETE)
    assert due is not None, "the step started this clock"
    listed = [{"item": row.about, "problem": row.problem, "remedy": row.remedy} for row in rows]
    return {**_head(application, transition), "deficiencies": listed, "respond_by": due.isoformat()}


def _refusal(application: Application, transition: Transition) -> Params:
    outcome = "不予受理" if transition.step == "not_accept" else "不予认证"
    return {**_head(application, transition), "outcome": outcome, "reasons": [transition.reason]}


def _plan(application: Application, transition: Transition) -> Params:
    project = application.project
    assert application.plan_from is not None, "the table asks for a plan"
    assert application.plan_to is not None, "the table asks for a plan"
    return {
        **_head(application, transition),
        "stages": [str(stage.label) for stage in stages(project.group, project.shape, application.kind)],
        "plan_from": application.plan_from.isoformat(),
        "plan_to": application.plan_to.isoformat(),
        "plan_days": str(application.plan_days),
        "plan_note": application.plan_note,
        "sites": [site.address for site in application.sites.order_by("pk")],
        "team": [
            {"name": str(member.user), "role": str(member.get_role_display()), "field": member.field}
            for member in team_of(application)
        ],
    }


def _certificate(application: Application, transition: Transition) -> Params:
    certificate, body, project = application.certificate, application.body, application.project
    assert certificate is not None, "the decision made it"
    assert body is not None, "a body decided"
    days = {name: getattr(certificate, name) for name in ("first_issued_on", "valid_from", "valid_to")}
    return {
        "authority": body.name,
        "approval": body.approval_number or "",
        "number": certificate.number,
        "holder": certificate.holder_name,
        "uscc": application.file.organisation.uscc or "",
        "project": project.name,
        "project_en": project.name_en,
        "standard": certificate.standard_text,
        "scope": certificate.scope[:2000],
        "sites": [site.address for site in certificate.sites.order_by("pk")],
        "lines": [_line(line) for line in certificate.product_lines.order_by("pk")],
        "date": today(transition.at).isoformat(),
        "verify_url": settings.PUBLIC_URL + PERMALINK.format(certificate.token),
        **{name: day.isoformat() if day else "" for name, day in days.items()},
    }


def _line(line: Any) -> dict[str, str]:
    output = f"{line.output.normalize():f} {line.output_unit}" if line.output is not None else ""
    area = f"{line.area_mu.normalize():f}" if line.area_mu is not None else ""
    return {"product": line.product, "place": line.place, "area": area, "output": output}


_PAPERS: dict[str, Callable[[Application, Transition], Params]] = {
    "certification_receipt": _receipt,
    "certification_completion": _completion,
    "certification_refusal": _refusal,
    "certification_plan": _plan,
    "certification_certificate": _certificate,
}
