"""What the papers about an issued licence say: parameters of apps.documents.papers. All Chinese: papers are acts."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings

from apps.clock.selectors import deadlines_of, limit_on
from apps.core.calendar import today
from apps.institutions.licence_constants import Cause, Change
from apps.institutions.models import LifeCase
from apps.institutions.rules import life
from apps.institutions.selectors.life_cases import case_of
from apps.institutions.services.life_cases import number_of
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File, Transition

LAW, ORDER_16 = "《中华人民共和国行政许可法》", "《市场监督管理行政许可程序暂行规定》"
Params = dict[str, Any]
# A paper is Chinese whoever decides: the labels of the page would follow the reader's language.
CAUSES = {
    Cause.WISH: "机构申请注销",
    Cause.UNRENEWED: "资质认定证书有效期届满未延续",
    Cause.DISSOLVED: "机构依法终止",
    Cause.ENDED: "资质认定被依法撤销、撤回或者吊销",
    Cause.IMPOSSIBLE: "因不可抗力导致许可事项无法实施",
}


def paper(file: File, transition: Transition, template: str) -> Params:
    """The parameters of one paper of one step."""
    case = case_of(file)
    head = {
        "authority": settings.BUREAU_NAME,
        "number": number_of(file, transition),
        "addressee": file.organisation.name,
        "case_number": file.number,
        "matter": file.title,
        "date": today(transition.at).isoformat(),
        "contact": str(file.unit),
    }
    return {**head, **_PAPERS[template](case, transition)}


def _licence(case: LifeCase) -> Params:
    return {"licence_number": case.licence.number}


def _basis(case: LifeCase) -> list[str]:
    """The article of the cause, by the full name of the law."""
    grounds = {cause: ground for move in life.MOVES.values() for cause, ground in move.causes.items()}
    return [grounds[Cause(case.cause)].basis.replace("《行政许可法》", LAW)]


def _remedies() -> Params:
    return {"reconsideration_authority": settings.RECONSIDERATION_AUTHORITY, "court": settings.COMPETENT_COURT}


def _due(file: File, code: str) -> str:
    due = next(each.due_on for each in deadlines_of(SUBJECT, file.pk) if each.code == code and each.ended_on is None)
    assert due is not None, "the step started this clock"
    return due.isoformat()


def _notice_revocation(case: LifeCase, transition: Transition) -> Params:
    basis = [*_basis(case), f"{ORDER_16}第四十三条"]
    state_by = _due(case.file, "CMA.REVOKE.STATE")
    return {**_licence(case), "facts": case.facts, "basis": basis, "state_by": state_by}


def _notice_hearing(case: LifeCase, transition: Transition) -> Params:
    assert case.hearing_on is not None, "the effect of the step set it"
    where = {"hearing_on": case.hearing_on.isoformat(), "hearing_place": case.hearing_place}
    return {**where, "basis": [f"{LAW}第四十八条"]}


def _revocation(case: LifeCase, transition: Transition) -> Params:
    return {
        **_licence(case),
        "facts": case.facts,
        "statement": _heard(case),
        "reasons": [transition.reason],
        "basis": _basis(case),
        "barred": _barred(case, today(transition.at)),
        **_remedies(),
    }


def _heard(case: LifeCase) -> str:
    """What the holder made of the right to be heard."""
    lines = {
        "defend": "你单位提出陈述申辩：{reason}",
        "close_hearing": "我局依你单位的要求举行了听证。听证情况：{reason}",
        "silent": "你单位在规定期限内未提出陈述、申辩，也未要求听证，视为放弃该权利。",
    }
    taken = case.file.transitions.filter(step__in=lines).order_by("version")
    return "\n".join(lines[each.step].format(reason=each.reason[:900]) for each in taken)


def _barred(case: LifeCase, on: dt.date) -> str:
    """Until when the holder may not apply again, if the cause bars it and the licence is a matter of safety."""
    said = []
    for kind in life.REVOKE.causes[Cause(case.cause)].bars if case.safety else ():
        limit = limit_on(life.BAR_LIMITS[kind], on)
        if limit is not None:
            until = life.bar_end(on, limit.value)
            article = limit.article.replace("《行政许可法》", LAW)
            said.append(
                f"依据{article}，你单位在{until.year}年{until.month}月{until.day}日及以前不得再次申请该行政许可。"
            )
    return "".join(said)


def _cancellation(case: LifeCase, transition: Transition) -> Params:
    reasons = [transition.reason]
    return {
        **_licence(case),
        "cause": CAUSES[Cause(case.cause)],
        "reasons": reasons,
        "basis": _basis(case),
        **_remedies(),
    }


def _kept(case: LifeCase, transition: Transition) -> Params:
    lifted = case.licence.changes.filter(kind=Change.LIFTED, decision_number=number_of(case.file, transition))
    ended = {"order_ended": "此前因承诺核查作出的责令改正同时终止，资质认定证书恢复有效。"} if lifted.exists() else {}
    return {
        **_licence(case),
        "facts": case.facts,
        "statement": _heard(case),
        "reasons": [transition.reason],
        "basis": _basis(case),
        **ended,
    }


def _order(case: LifeCase, transition: Transition) -> Params:
    requirements = [line.strip() for line in case.requirements.splitlines() if line.strip()]
    return {
        **_licence(case),
        "facts": case.facts,
        "requirements": requirements[:30],
        "basis": _basis(case),
        "rectify_by": _due(case.file, "CMA.ORDER.RECTIFY"),
        **_remedies(),
    }


def _again(case: LifeCase, transition: Transition) -> Params:
    asked = {name: value for name, value in _order(case, transition).items() if name != "facts"}
    return {**asked, "ordered_on": _ordered_on(case), "findings": transition.reason}


def _ordered_on(case: LifeCase) -> str:
    return today(case.file.transitions.get(step="order").at).isoformat()


def _recheck(case: LifeCase, transition: Transition) -> Params:
    good = transition.step == "lift"
    outcome = "改正合格，恢复使用资质认定标志。" if good else "逾期未改正或者改正后仍不符合要求，转后续程序处理。"
    return {
        **_licence(case),
        "ordered_on": _ordered_on(case),
        "findings": transition.reason,
        "outcome": outcome,
        "basis": _basis(case),
    }


_PAPERS: dict[str, Callable[[LifeCase, Transition], Params]] = {
    "notice_revocation": _notice_revocation,
    "notice_hearing": _notice_hearing,
    "decision_revocation": _revocation,
    "decision_cancellation": _cancellation,
    "order_rectification": _order,
    "notice_recheck": _recheck,
    "decision_not_revoked": _kept,
    "decision_not_cancelled": _cancellation,
    "order_again": _again,
}
