"""Where the table of rules.table meets our rows: facts, papers, limits of the matter, conflicts, effects."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.matters.models import Matter, MatterCase, Point
from apps.matters.papers import authority_of, paper
from apps.matters.rules.facts import Facts
from apps.matters.rules.table import MATTERS
from apps.matters.selectors.cases import facts_of, is_private, of_file
from apps.matters.selectors.matters import LIMITS
from apps.matters.services import deciding
from apps.parties.policies import can_act_for
from apps.workflow import bindings
from apps.workflow.models import File, Transition


def bind() -> None:
    """Called by AppConfig.ready."""
    bindings.register(MATTERS, BINDING)


def _facts(file: File) -> Facts:
    return facts_of(of_file(file), today(timezone.now()))


def _params(file: File, transition: Transition) -> dict[str, Any]:
    return {"authority": authority_of(file)}


def _public_facts(file: File, transition: Transition) -> dict[str, Any]:
    case = of_file(file)
    return {
        "number": file.number,
        "matter": file.matter,
        "organisation": None if is_private(case) else file.organisation.name,
        "authority": authority_of(file),
        "decision": case.decision_number or f"{file.number}-{transition.version:02d}",
        "on": today(transition.at).isoformat(),
    }


def _limits(file: File) -> dict[str, str]:
    """The limits that the matter's version names for itself."""
    matter = Matter.objects.get(cases__file=file)
    return {general: getattr(matter, name) for name, general in LIMITS.items() if getattr(matter, name) != general}


def _own_employer(file: File, user: User) -> str | None:
    """Nobody handles the application of whom they act for."""
    if can_act_for(user, file.organisation_id, today(timezone.now())):
        return _("在申请单位任职")
    return None


def _listed(file: File, user: User) -> str | None:
    """Listing a point is no step, and yet a hand in the file: nobody decides who listed what to correct."""
    if file.status == "proposed" and Point.objects.filter(case__file=file, listed_by=user).exists():
        return _("列出了本件需要补正的内容")
    return None


def _corrected(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """The notice goes out: what is listed is told, once."""
    case = MatterCase.objects.get(file=file)
    case.points.filter(told_at=None).update(told_at=now)
    case.correction_rounds += 1
    case.save(update_fields=["correction_rounds"])


def _consulted(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Since when the body is asked; an earlier answer no longer counts."""
    MatterCase.objects.filter(file=file).update(body_asked_on=today(now), body_answer="", body_answered_on=None)


def _answered(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """The body's answer, as the reviewer recorded it."""
    day = dt.date.fromisoformat(transition.inputs["answered_on"])
    answer = transition.inputs["body_answer"]
    MatterCase.objects.filter(file=file).update(body_answer=answer, body_answered_on=day)


def _withheld(file: File) -> tuple[str, ...]:
    """Letters between authorities, and to a body, are none of the applicant's papers."""
    return ("forwarding_letter", "matter_enquiry")


def _form(step: str) -> Callable[[File], str]:
    return lambda file: reverse("matters:take", args=[file.pk, step])


BINDING = bindings.Binding(
    facts=_facts,
    params=_params,
    papers=paper,
    withheld=_withheld,
    public_facts=_public_facts,
    conflicts=[_own_employer, _listed],
    limits=_limits,
    url=lambda file: reverse("matters:case", args=[file.pk]),
    effects={
        "correct": _corrected,
        "consult": _consulted,
        "record_answer": _answered,
        "grant": deciding.granted,
        "grant_on_duties": deciding.granted,
        "record_grant": deciding.granted,
        "record_grant_on_duties": deciding.granted,
        "escalate": deciding.led,
        "ask_again_late": deciding.led,
        "transfer": deciding.transferred,
    },
    own_forms={step.code: _form(step.code) for step in MATTERS.steps if step.asked},
)
