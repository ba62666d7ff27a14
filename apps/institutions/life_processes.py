"""Where the tables about issued licences meet our rows: facts, papers, public facts, conflicts, effects."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.calendar import today
from apps.institutions.life_papers import paper
from apps.institutions.rules.life_cancelling import CANCELLATION
from apps.institutions.rules.life_facts import LifeFacts
from apps.institutions.rules.life_rectifying import RECTIFICATION
from apps.institutions.rules.life_revoking import REVOCATION
from apps.institutions.selectors.life_cases import case_of, facts_of, had_a_hand
from apps.institutions.services import life_cases as services
from apps.parties.policies import can_act_for
from apps.workflow import bindings
from apps.workflow.models import File, Transition
from apps.workflow.process import Process

EFFECTS: dict[str, dict[str, bindings.Effect]] = {
    REVOCATION.code: {
        "revoke": services.revoked,
        "record_revocation": services.revoked,
        "drop": services.not_revoked,
        "keep": services.not_revoked,
        "record_kept": services.not_revoked,
        "appoint_hearing": services.hearing_appointed,
    },
    CANCELLATION.code: {"cancel": services.cancelled, "record_cancellation": services.cancelled},
    RECTIFICATION.code: {"order": services.ordered, "lift": services.lifted},
}


def bind() -> None:
    """Called by AppConfig.ready."""
    for table in (REVOCATION, CANCELLATION, RECTIFICATION):
        bindings.register(table, _binding(table))


def _binding(table: Process) -> bindings.Binding:
    asking = {step.code: _form(step.code) for step in table.steps if step.asked}
    return bindings.Binding(
        facts=_facts,
        papers=paper,
        public_facts=_public_facts,
        conflicts=[_own_employer, *CONFLICTS.get(table.code, ())],
        url=lambda file: reverse("institutions:life_case", args=[file.pk]),
        effects=EFFECTS[table.code],
        own_forms=asking,
    )


def _form(step: str) -> Callable[[File], str]:
    return lambda file: reverse("institutions:life_step", args=[file.pk, step])


def _facts(file: File) -> LifeFacts:
    return facts_of(file, today(timezone.now()))


def _public_facts(file: File, transition: Transition) -> dict[str, Any]:
    case = case_of(file)
    decision = services.decision_of(case, transition)
    return {
        "number": file.number,
        "organisation": file.organisation.name,
        "licence": case.licence.number,
        "cause": case.cause,
        "authority": decision.decided_by,
        "decision": decision.number,
        "on": decision.on.isoformat(),
    }


def _own_employer(file: File, user: User) -> str | None:
    """Nobody handles the case of whom they act for."""
    if can_act_for(user, file.organisation_id, today(timezone.now())):
        return _("在该机构任职")
    return None


def _granted_or_checked_it(file: File, user: User) -> str | None:
    """Nobody revokes what they granted, nor judges the error that they may have made, nor decides on their findings."""
    if had_a_hand(case_of(file), user):
        return _("经办过该证书的许可或者后续核查")
    return None


# A cancellation and an order to rectify judge nobody's earlier decision.
CONFLICTS: dict[str, tuple[bindings.Conflict, ...]] = {REVOCATION.code: (_granted_or_checked_it,)}
