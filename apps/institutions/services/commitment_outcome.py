"""What the judgement on a check does to the licence: ordered to rectify, in use again. Effects of steps."""

import datetime as dt

from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.events import publish_event
from apps.institutions.licence_constants import Cause, CheckOutcome, Topic, Verdict
from apps.institutions.licence_papers import authority_of
from apps.institutions.models import PostCheck, PostFinding
from apps.institutions.rules.life_revoking import REVOCATION
from apps.institutions.rules.terms import INFORMED_RULE
from apps.institutions.selectors.commitment_check import check_of_file, findings_of
from apps.institutions.services import licence_life
from apps.institutions.services.commitment_check import settle
from apps.institutions.services.life_cases import LONGEST, open_life_case
from apps.workflow.models import File, Transition


def ordered(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Basically true: no reports under the mark until it is rectified. Effect of the step "order"."""
    check = check_of_file(file)
    decision = decision_of(check, transition, now, Cause.COMMITMENT_GAPS)
    licence_life.order_rectification(actor=actor, now=now, licence_id=check.licence_id, decision=decision)
    gaps = {
        "organisation_id": file.organisation_id,
        "licence": check.licence.number,
        "check": file.number,
        "basis": INFORMED_RULE,
        "now": now,
    }
    publish_event(Topic.COMMITMENT_GAPS, gaps)


def closed(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Rectified: the licence holds again. Effect of the step "close"."""
    check = check_of_file(file)
    decision = decision_of(check, transition, now, Cause.CORRECTED)
    licence_life.lift(actor=actor, now=now, licence_id=check.licence_id, decision=decision)
    settle(actor=actor, now=now, check=check, outcome=CheckOutcome.BASICALLY_TRUE)


def found_untrue(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Seriously untrue, or not rectified. Effect of the step "hand_over"."""
    settle(actor=actor, now=now, check=check_of_file(file), outcome=CheckOutcome.FALSE)


def revocation_started(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """The case in which the holder is told, heard and decided upon (rules.life_revoking). Effect of its first step."""
    check = check_of_file(file)
    untrue = [finding for finding in findings_of(check) if finding.verdict != Verdict.TRUE]
    facts = "\n".join(_told(finding) for finding in untrue)
    open_life_case(
        actor=actor,
        now=now,
        process=REVOCATION.code,
        licence_id=check.licence_id,
        cause=Cause.UNTRUE_COMMITMENT,
        facts=f"现场核查（{file.number}）：\n{facts}"[:LONGEST],
    )


def _told(finding: PostFinding) -> str:
    """What was found of a chapter and, where it was rectified in vain, what the recheck missed."""
    lacking = f"；复查不合格：{finding.lacking}" if finding.lacking_at else ""
    return f"{finding.get_criterion_display()}：{finding.text}{lacking}"


def decision_of(check: PostCheck, transition: Transition, now: dt.datetime, cause: Cause) -> licence_life.Decision:
    """What the act on the licence rests on: this step of the check."""
    return licence_life.Decision(
        cause=cause,
        decided_by=authority_of(check.file),
        number=f"{check.file.number}-{transition.version:02d}",
        on=today(now),
        reason=transition.reason,
        basis=INFORMED_RULE,
        application=check.application,
    )
