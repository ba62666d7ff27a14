"""Where the table of rules.licensing meets our rows: facts, papers, public facts, conflicts, effects."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.institutions.licence_constants import CERTIFICATE, FORWARDING, DemandKind
from apps.institutions.licence_papers import authority_of, paper
from apps.institutions.models import Application, Demand, TeamMember
from apps.institutions.rules.facts import Facts
from apps.institutions.rules.licensing import LICENSING
from apps.institutions.selectors.applications import facts_of, of_file
from apps.institutions.selectors.certificates import certificates_of
from apps.institutions.selectors.commitment_route import route_facts
from apps.institutions.services import commitment_route, licences
from apps.institutions.services.commitment_check import open_check
from apps.institutions.services.demands import tell_demands
from apps.parties.policies import can_act_for
from apps.workflow import bindings
from apps.workflow.models import File, Transition


def bind() -> None:
    """Called by AppConfig.ready."""
    bindings.register(LICENSING, BINDING)


def _facts(file: File) -> Facts:
    on = today(timezone.now())
    return replace(facts_of(file, on), **route_facts(of_file(file), on))


def _params(file: File, transition: Transition) -> dict[str, Any]:
    return {"authority": authority_of(file)}


def _public_facts(file: File, transition: Transition) -> dict[str, Any]:
    licence = Application.objects.select_related("licence").get(file=file).licence
    return {
        "number": file.number,
        "matter": file.matter,
        "organisation": file.organisation.name,
        "authority": authority_of(file),
        "licence": licence.number if licence is not None else None,
        "on": today(transition.at).isoformat(),
    }


def _own_employer(file: File, user: User) -> str | None:
    """Nobody handles the application of whom they act for."""
    if can_act_for(user, file.organisation_id, today(timezone.now())):
        return _("在申请机构任职")
    return None


def _examined(file: File, user: User) -> str | None:
    """Nobody proposes or decides on their own findings: signing an opinion and listing points are no steps."""
    if (
        file.status in ("concluded", "proposed")
        and TeamMember.objects.filter(application__file=file, user=user).exists()
    ):
        return _("参加了本件的技术评审")
    if (
        file.status in ("proposed", "promised")
        and Demand.objects.filter(application__file=file, listed_by=user).exists()
    ):
        return _("列出了本件需要补正或者整改的内容")
    return None


def _corrected(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    application = Application.objects.get(file=file)
    tell_demands(application=application, kind=DemandKind.CORRECTION, now=now)
    application.correction_rounds += 1
    application.save(update_fields=["correction_rounds"])


def _rectification_demanded(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    tell_demands(application=Application.objects.get(file=file), kind=DemandKind.RECTIFICATION, now=now)


def _withheld(file: File) -> tuple[str, ...]:
    """The certificate is typeset with the decision, and leaves the house when it is sealed; one that was typeset anew
    before that is the only one. A letter between authorities is none of the applicant's papers."""
    if file.status != "issued":
        return (CERTIFICATE, FORWARDING)
    return (FORWARDING, *(each.request_key for each in certificates_of(file)[1]))


def _sealed(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """The certificate leaves the house; one by commitment is checked on site from now on."""
    licences.seal(actor=actor, now=now, file=file, transition=transition)
    open_check(now=now, application=of_file(file))


BINDING = bindings.Binding(
    facts=_facts,
    params=_params,
    papers=paper,
    withheld=_withheld,
    public_facts=_public_facts,
    conflicts=[_own_employer, _examined],
    url=lambda file: reverse("institutions:case", args=[file.pk]),
    effects={
        "submit": licences.submitted,
        "answer": licences.submitted,
        "correct": _corrected,
        "demand_rectification": _rectification_demanded,
        "grant": licences.grant,
        "grant_informed": licences.grant,
        "to_general": commitment_route.turned_general,
        "record_grant": licences.grant_above,
        "seal": _sealed,
        "refuse": licences.refused,
        "not_accept": licences.refused,
    },
)
