"""Where the table of rules.applying meets our rows: facts, papers, conflicts, effects."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.certifying.application_papers import paper
from apps.certifying.rules.applying import APPLYING
from apps.certifying.rules.facts import Facts
from apps.certifying.selectors.applications import facts_of, of_file
from apps.certifying.selectors.people import tied
from apps.certifying.services import applications, certificates, examining, points
from apps.core.calendar import today
from apps.workflow import bindings
from apps.workflow.models import File, Transition


def bind() -> None:
    """Called by AppConfig.ready."""
    bindings.register(APPLYING, BINDING)


def _facts(file: File) -> Facts:
    return facts_of(file, today(timezone.now()))


def _params(file: File, transition: Transition) -> dict[str, Any]:
    body = of_file(file).body
    return {"authority": body.name if body else ""}


def _conflict(file: File, user: User) -> str | None:
    """Declared to the body, or named by the applicant as whoever consulted for them."""
    if user.display_name and user.display_name in of_file(file).consultant:
        return _("为申请单位提供过认证咨询")
    return tied(file, user, today(timezone.now()))


BINDING = bindings.Binding(
    facts=_facts,
    params=_params,
    papers=paper,
    conflicts=[_conflict],
    url=lambda file: reverse("certifying:case", args=[file.pk]),
    own_forms={
        step.code: lambda file, code=step.code: reverse("certifying:take", args=[file.pk, code])  # type: ignore[misc]
        for step in APPLYING.steps
    },
    effects={
        "submit": applications.submitted,
        "correct": points.told,
        "demand": points.told,
        "recommend": examining.advised,
        "certify": certificates.certified,
        "renew": certificates.renewed,
        "change_scope": certificates.scope_changed,
    },
)
