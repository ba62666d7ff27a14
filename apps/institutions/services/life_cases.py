"""Cases about an issued licence: begun of office or at the holder's wish; what their decisions do to the licence."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from apps.audit import services as audit
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.documents.models import Document
from apps.documents.services import store
from apps.institutions.licence_constants import Cause, LicenceStatus
from apps.institutions.models import Licence, LifeCase
from apps.institutions.selectors import life_cases as selectors
from apps.institutions.selectors.life import standing_on
from apps.institutions.selectors.orders import order_of
from apps.institutions.services import licence_life
from apps.institutions.services.applications import bureau
from apps.institutions.services.licence_life import Decision
from apps.parties.models import Organisation
from apps.parties.policies import can_act_for
from apps.workflow.constants import SUBJECT, Competence
from apps.workflow.models import File, Transition
from apps.workflow.services import advance, lock_file, open_file

LONGEST = 2_000
TITLES = {
    "cma_revoke": "资质认定撤销（{number}）",
    "cma_cancel": "资质认定注销（{number}）",
    "cma_rectify": "资质认定责令改正（{number}）",
}
HANDED_IN_WHILE = ("ordered", "overdue", "noticed")


def open_life_case(
    *,
    actor: Actor,
    now: dt.datetime,
    process: str,
    licence_id: int,
    cause: str,
    facts: str,
    requirements: str = "",
    safety: bool = True,
) -> LifeCase:
    """Begin a case and take its first step, in one act. One of a kind at a time on a licence.

    Whoever issued the licence decides on it (ALL 69): a case about a licence of the province is relayed to it. An order
    to rectify is the bureau's own power of supervision, whoever issued the licence.
    """
    with transaction.atomic():
        licence = Licence.objects.select_related("organisation").filter(pk=licence_id).first()
        if licence is None:
            raise Refused("absent", str(licence_id))
        Organisation.objects.select_for_update(no_key=True).get(pk=licence.organisation_id)
        _check(licence, process, cause, facts, requirements, today(now))
        relayed = licence.authority != settings.BUREAU_NAME and process != "cma_rectify"
        file = open_file(
            actor=actor,
            now=now,
            process=process,
            matter=cause,
            organisation=licence.organisation,
            title=TITLES[process].format(number=licence.number),
            division_code=licence.organisation.division_code or settings.HOME_DIVISION,
            unit=bureau(),
            competence=Competence.RELAY if relayed else Competence.OWN,
        )
        texts = {"facts": facts.strip(), "requirements": requirements.strip()}
        case = LifeCase.objects.create(file=file, licence=licence, cause=cause, safety=safety, **texts)
        _record(actor, now, case, "open", {"licence": licence.number, "cause": cause, "safety": safety})
        first = "ask" if cause == Cause.WISH else "begin"
        advance(actor=actor, now=now, file_id=file.pk, version=file.version, step=first)
    return case


def add_evidence(*, actor: Actor, now: dt.datetime, case_id: int, upload: Any) -> Document:
    """The holder hands in what shows the rectification, or supports its statement."""
    with transaction.atomic():
        case = LifeCase.objects.select_related("file").get(pk=case_id)
        file = lock_file(case.file_id)
        if actor.user is None or not can_act_for(actor.user, file.organisation_id, today(now)):
            raise Refused("absent", str(case_id))
        if file.status not in HANDED_IN_WHILE:
            raise Refused("life.no_evidence", _("现在不能提交材料。"))
        return store(
            actor=actor,
            now=now,
            organisation_id=file.organisation_id,
            subject_kind=SUBJECT,
            subject_id=file.pk,
            kind=selectors.EVIDENCE,
            upload=upload,
        )


def revoked(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Effect of "revoke" and "record_revocation"."""
    case = selectors.case_of(file)
    decision = decision_of(case, transition)
    licence_life.revoke(actor=actor, now=now, licence_id=case.licence_id, decision=decision)


def cancelled(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Effect of "cancel" and "record_cancellation"."""
    case = selectors.case_of(file)
    decision = decision_of(case, transition)
    licence_life.cancel(actor=actor, now=now, licence_id=case.licence_id, decision=decision)


def ordered(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Effect of "order"."""
    case = selectors.case_of(file)
    decision = decision_of(case, transition)
    licence_life.order_rectification(actor=actor, now=now, licence_id=case.licence_id, decision=decision)


def lifted(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Effect of "lift"."""
    case = selectors.case_of(file)
    decision = decision_of(case, transition, Cause.CORRECTED)
    licence_life.lift(actor=actor, now=now, licence_id=case.licence_id, decision=decision)


def not_revoked(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Effect of "drop", "keep" and "record_kept": an order that no open case can lift any more is over.

    A check that was handed over is closed, and its order would stand for good. No reason is given with the lifting:
    the holder is told of a case that was dropped neither that there was one nor why.
    """
    case = selectors.case_of(file)
    licence = Licence.objects.select_for_update().get(pk=case.licence_id)
    if standing_on(licence, today(now)) != LicenceStatus.RECTIFYING or order_of(licence.pk) is not None:
        return
    decision = Decision(
        cause=Cause.NOT_REVOKED,
        decided_by=settings.BUREAU_NAME,
        number=number_of(file, transition),
        on=today(now),
        reason="",
    )
    licence_life.lift(actor=actor, now=now, licence_id=licence.pk, decision=decision)


def hearing_appointed(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Effect of "appoint_hearing": day and place, which a later notice may change."""
    case = selectors.case_of(file)
    case.hearing_on = dt.date.fromisoformat(transition.inputs["hearing_on"])
    case.hearing_place = transition.inputs["hearing_place"][:100]
    case.save(update_fields=["hearing_on", "hearing_place"])
    _record(actor, now, case, "hearing", {"on": case.hearing_on.isoformat(), "place": case.hearing_place})


def decision_of(case: LifeCase, transition: Transition, cause: Cause | None = None) -> Decision:
    """The decision of a step: our own, numbered as its paper, or the issuing authority's as it was recorded."""
    above = transition.inputs.get("answer_number")
    day = transition.inputs.get("answered_on") or today(transition.at).isoformat()
    return Decision(
        cause=cause or Cause(case.cause),
        decided_by=case.licence.authority if above else settings.BUREAU_NAME,
        number=(above or number_of(case.file, transition))[:60],
        on=dt.date.fromisoformat(day),
        reason=transition.reason or case.facts,
        safety=case.safety,
    )


def number_of(file: File, transition: Transition) -> str:
    """The number of the paper of a step."""
    return f"{file.number}-{transition.version:02d}"


def _record(actor: Actor, now: dt.datetime, case: LifeCase, verb: str, after: dict[str, Any]) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"institutions.life_case.{verb}",
        subject_kind=SUBJECT,
        subject_id=case.file_id,
        after=after,
    )


def _check(licence: Licence, process: str, cause: str, facts: str, requirements: str, on: dt.date) -> None:
    """Everything wrong with what was given, at once."""
    table, move = selectors.PROCESSES[process]
    problems = []
    if cause not in move.causes:
        raise Refused("matter", cause)
    if why := selectors.why_not(licence, process, cause, on):
        problems.append(Problem("life.act", "cause", cause, why, _("请核对证书现在的状态和事由")))
    texts = {"facts": facts, **({"requirements": requirements} if process == "cma_rectify" else {})}
    for name, text in texts.items():
        if not text.strip():
            problems.append(Problem("required", name, "", _("此项必须填写"), _("请填写后再办理")))
        if len(text) > LONGEST:
            rule = _("不能超过 %(most)s 字") % {"most": LONGEST}
            problems.append(Problem("too_long", name, text[:20], rule, _("请精简，详情可作为材料上传")))
    if selectors.open_case(licence.pk, process) is not None:
        rule = _("该证书已有一件“%(what)s”正在办理") % {"what": table.label}
        problems.append(Problem("life.twice", "cause", cause, rule, _("请在待办件中继续办理")))
    if problems:
        raise ProblemsFound(*problems)
