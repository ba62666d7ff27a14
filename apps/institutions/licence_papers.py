"""What the notices and decisions of the licence process say: parameters of apps.documents.papers."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings

from apps.clock.selectors import deadlines_of, limit_on
from apps.core.calendar import today
from apps.institutions.licence_constants import FORWARDING, Change, DemandKind, Route
from apps.institutions.models import Application
from apps.institutions.selectors.applications import demands_of, materials_of, of_file
from apps.workflow.constants import SUBJECT, Competence
from apps.workflow.models import File, Transition

LAW = "《中华人民共和国行政许可法》"
ALL_32, ALL_38, ALL_42, ALL_45 = (f"{LAW}第{n}条" for n in ("三十二", "三十八", "四十二", "四十五"))
CMA_RULE = "《检验检测机构资质认定管理办法》"
CHECKED_AFTERWARDS = [
    "本许可以告知承诺方式取得，本机关自作出决定之日起三个月内对承诺内容进行现场核查，被许可人应当配合。",
    "承诺严重不实或者虚假的，本机关依法撤销本许可，被许可人再次申请须按一般程序办理。",
]
ENDED = {Change.REVOKED: "撤销", Change.CANCELLED: "注销"}  # a paper is Chinese whoever decides
Params = dict[str, Any]


def paper(file: File, transition: Transition, template: str) -> Params:
    """The parameters of one paper of one step. All texts are Chinese: papers are acts."""
    application = of_file(file)
    own = _PAPERS[template](application, transition, today(transition.at))
    return {**_head(file, transition), **own}


def _head(file: File, transition: Transition) -> Params:
    return {
        "authority": settings.BUREAU_NAME,
        "number": f"{file.number}-{transition.version:02d}",
        "addressee": file.organisation.name,
        "case_number": file.number,
        "matter": file.title,
        "date": today(transition.at).isoformat(),
        "contact": str(file.unit),
    }


def _remedies() -> Params:
    return {"reconsideration_authority": settings.RECONSIDERATION_AUTHORITY, "court": settings.COMPETENT_COURT}


def _applied_on(application: Application) -> str:
    submitted = application.file.submitted_at
    assert submitted is not None, "a paper answers a submitted application"
    return today(submitted).isoformat()


def _acceptance(application: Application, transition: Transition, on: dt.date) -> Params:
    return {
        "applied_on": _applied_on(application),
        "basis": [ALL_32, CMA_RULE],
        "limit": _limit_text(application, on),
        "materials": [each.name for each, handed in materials_of(application) if handed],
    }


def _limit_text(application: Application, on: dt.date) -> str:
    if application.route == Route.COMMITMENT:
        issue = limit_on("CMA.COMMITMENT.ISSUE", on)
        return f"当场作出决定；作出决定之日起{issue.value if issue else 7}个工作日内颁发证书。"
    review, decide = limit_on("CMA.REVIEW", on), limit_on("CMA.DECIDE", on)
    parts = [f"技术评审{review.value}个工作日"] if review and application.item.review else []
    parts += [f"收到评审结论之日起{decide.value}个工作日内作出决定"] if decide else []
    return "；".join(parts) + "。"


def _correction(application: Application, transition: Transition, on: dt.date) -> Params:
    demands = demands_of(application, DemandKind.CORRECTION)
    return {
        "applied_on": _applied_on(application),
        "basis": [ALL_32],
        "deficiencies": [{"item": each.about, "problem": each.problem, "remedy": each.remedy} for each in demands],
        "respond_by": _due(application.file, "CMA.CORRECT").isoformat(),
    }


def _non_acceptance(application: Application, transition: Transition, on: dt.date) -> Params:
    return {
        "applied_on": _applied_on(application),
        "reasons": [transition.reason],
        "basis": [ALL_32, *_false_material(transition)],
        **_remedies(),
    }


def _review_time(application: Application, transition: Transition, on: dt.date) -> Params:
    accepted = application.file.transitions.filter(to_status="accepted").order_by("version").last()
    assert accepted is not None, "a review follows acceptance"
    assert application.review_from is not None, "the guard asks for a plan"
    return {
        "accepted_on": today(accepted.at).isoformat(),
        "review_from": application.review_from.isoformat(),
        "duration": f"{application.review_days}个工作日",
        "manner": application.get_review_mode_display(),
        "basis": [ALL_45, CMA_RULE],
    }


def _grant(application: Application, transition: Transition, on: dt.date) -> Params:
    licence = application.licence
    assert licence is not None, "the effect of the grant made it"
    return {
        "applied_on": _applied_on(application),
        "findings": transition.reason,
        "basis": [ALL_38, CMA_RULE],
        "granted": [application.item.name],
        "certificate_number": licence.number,
        "valid_from": licence.valid_from.isoformat(),
        "valid_to": licence.valid_to.isoformat(),
        **({"duties": CHECKED_AFTERWARDS} if application.route == Route.COMMITMENT else {}),
        **_remedies(),
    }


def _refusal(application: Application, transition: Transition, on: dt.date) -> Params:
    return {
        "applied_on": _applied_on(application),
        "findings": f"{application.file.organisation.name}申请{application.item.name}，经审查不符合许可条件。",
        "reasons": [transition.reason],
        "basis": [ALL_38, *_false_material(transition), CMA_RULE],
        **_remedies(),
    }


def _false_material(transition: Transition) -> list[str]:
    """The article by which false material is refused, and the holder barred."""
    return [f"{LAW}第七十八条"] if transition.inputs.get("false_material") else []


def _extension(application: Application, transition: Transition, on: dt.date) -> Params:
    accepted = application.file.transitions.filter(to_status="accepted").order_by("version").last()
    assert accepted is not None, "what is extended was accepted"
    view = next(each for each in deadlines_of(SUBJECT, application.file_id, on=on) if each.code == "CMA.DECIDE")
    before = next(event.due_before for event in reversed(view.events) if event.kind == "extend")
    limit = limit_on("CMA.DECIDE.EXTENSION", on)
    assert before is not None, "a running clock was extended"
    assert view.due_on is not None, "and runs on"
    return {
        "accepted_on": today(accepted.at).isoformat(),
        "due_before": before.isoformat(),
        "extension": f"{limit.value if limit else 10}个工作日",
        "due_on": view.due_on.isoformat(),
        "reason": transition.reason,
        "basis": [ALL_42],
    }


def _forwarding(application: Application, transition: Transition, on: dt.date) -> Params:
    """To the authority that decides, with each enclosure by its hash: so it can tell what it got from what we had."""
    organisation = application.file.organisation
    return {
        "addressee": authority_of(application.file),
        "applicant": organisation.name,
        "uscc": organisation.uscc or "",
        "applied_on": _applied_on(application),
        "findings": transition.reason,
        "basis": [CMA_RULE],
        "enclosures": [  # by their kind: a file's own name may hold what no font has
            {"name": material.name, "sha256": document.sha256}
            for material, handed in materials_of(application)
            for document in handed
        ],
    }


def _not_issued(application: Application, transition: Transition, on: dt.date) -> Params:
    licence = application.licence
    assert licence is not None, "the decision made the licence"
    act = licence.changes.filter(to_status=licence.status).exclude(cause="").order_by("-n")[0]
    granted = application.file.transitions.get(to_status="decided")
    return {
        "licence_number": licence.number,
        "granted_on": today(granted.at).isoformat(),
        "ended": ENDED[Change(act.kind)],
        "ended_on": act.on.isoformat(),
        "ended_by": act.decided_by,
        "ended_number": act.decision_number,
        "reasons": [transition.reason],
        "basis": [f"{LAW}第七十条"],
        **_remedies(),
    }


def _due(file: File, code: str) -> dt.date:
    due = next(each.due_on for each in deadlines_of(SUBJECT, file.pk) if each.code == code)
    assert due is not None, "the step started this clock"
    return due


def authority_of(file: File) -> str:
    """Whose licence it is: seal and deciding authority follow the competence."""
    authority: str = settings.LICENSING_AUTHORITY if file.competence == Competence.RELAY else settings.BUREAU_NAME
    return authority


_PAPERS: dict[str, Callable[[Application, Transition, dt.date], Params]] = {
    "notice_acceptance": _acceptance,
    "notice_correction": _correction,
    "notice_non_acceptance": _non_acceptance,
    "notice_review_time": _review_time,
    "decision_grant": _grant,
    "decision_refusal": _refusal,
    "notice_extension": _extension,
    FORWARDING: _forwarding,
    "notice_not_issued": _not_issued,
}
