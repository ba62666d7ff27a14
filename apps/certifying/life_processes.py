"""Where the tables about issued certificates meet our rows: facts, papers, conflicts, effects."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.certifying.life_papers import paper
from apps.certifying.rules import life_acts
from apps.certifying.rules.life_facts import LifeFacts
from apps.certifying.selectors.life import case_of, facts_of
from apps.certifying.services import life_cases as services
from apps.core.calendar import today
from apps.workflow import bindings
from apps.workflow.models import File, Transition
from apps.workflow.process import Process

EFFECTS: dict[str, dict[str, bindings.Effect]] = {
    "cert_suspend": {"propose": services.suspension_proposed, "suspend": services.decided},
    "cert_resume": {"resume": services.decided},
    "cert_revoke": {"revoke": services.decided},
    "cert_cancel": {"cancel": services.decided},
    "cert_release": {},
    "cert_watch": {
        "plan": services.audit_planned,
        "maintain": services.audit_settled,
        "fail": services.audit_failed,
    },
}


def bind() -> None:
    """Called by AppConfig.ready."""
    for table in life_acts.TABLES.values():
        bindings.register(table, _binding(table))


def _binding(table: Process) -> bindings.Binding:
    return bindings.Binding(
        facts=_facts,
        params=_params,
        papers=paper,
        conflicts=[_audited_it],
        url=lambda file: reverse("certifying:life_case", args=[file.pk]),
        effects=EFFECTS[table.code],
        own_forms={step.code: _form(step.code) for step in table.steps if step.asked},
    )


def _form(step: str) -> Callable[[File], str]:
    return lambda file: reverse("certifying:life_step", args=[file.pk, step])


def _facts(file: File) -> LifeFacts:
    return facts_of(file, today(timezone.now()))


def _params(file: File, _transition: Transition) -> dict[str, Any]:
    return {"certificate": case_of(file).certificate.number}


def _audited_it(file: File, user: User) -> str | None:
    """Nobody handles the suspension that follows from their own audit."""
    source = case_of(file).source
    if source is not None and source.file.transitions.filter(step="report", person=user).exists():
        return _("审核过引起本件的监督审核")
    return None
