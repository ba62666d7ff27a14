"""Where the table of rules.commitment_check meets our rows: facts, public facts, conflicts, effects."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.models import User
from apps.core.alarms import Alarm
from apps.core.calendar import today
from apps.institutions.commitment_papers import paper
from apps.institutions.rules.commitment_check import CHECK
from apps.institutions.rules.commitment_check_facts import CheckFacts
from apps.institutions.selectors.commitment_check import check_facts, check_of_file, had_a_hand, overdue_checks
from apps.institutions.services import commitment_check, commitment_findings, commitment_outcome
from apps.parties.policies import can_act_for
from apps.workflow import bindings
from apps.workflow.models import File, Transition


def bind() -> None:
    """Called by AppConfig.ready."""
    bindings.register(CHECK, BINDING)


def overdue_alarms(now: Any) -> Iterator[Alarm]:
    """Every check that is late, told to who assigns files, once for each file: an overdue check escalates."""
    for check, due in overdue_checks(today(now)):
        given = {"number": check.file.number, "lab": check.file.organisation.name, "day": due.isoformat()}
        yield Alarm(
            code="institutions.commitment_check_overdue",
            title=_("告知承诺现场核查逾期"),
            text=_("%(lab)s 的现场核查（%(number)s）应于 %(day)s 前完成，尚未完成，请督办。") % given,
            figures=given,
            path=reverse("institutions:check", args=[check.file_id]),
            permission=Permission.FILE_ASSIGN,
            occasion=f"{check.file.number}:{due.isoformat()}",
        )


def _facts(file: File) -> CheckFacts:
    return check_facts(file, timezone.now())


def _public_facts(file: File, transition: Transition) -> dict[str, Any]:
    check = check_of_file(file)
    return {
        "number": file.number,
        "organisation": file.organisation.name,
        "licence": check.licence.number,
        "on": today(transition.at).isoformat(),
    }


def _own_employer(file: File, user: User) -> str | None:
    if can_act_for(user, file.organisation_id, today(timezone.now())):
        return _("在被核查机构任职")
    return None


def _granted_it(file: File, user: User) -> str | None:
    """Nobody checks, judges or plans the check of what they accepted, granted or sealed."""
    if had_a_hand(check_of_file(file), user):
        return _("经办过被核查的许可")
    return None


BINDING = bindings.Binding(
    facts=_facts,
    papers=paper,
    public_facts=_public_facts,
    conflicts=[_own_employer, _granted_it],
    url=lambda file: reverse("institutions:check", args=[file.pk]),
    effects={
        "find_true": commitment_check.found_true,
        "order": commitment_outcome.ordered,
        "send_back": commitment_findings.sent_back,
        "close": commitment_outcome.closed,
        "hand_over": commitment_outcome.found_untrue,
        "start_revocation": commitment_outcome.revocation_started,
        "end": commitment_check.ended,
    },
)
