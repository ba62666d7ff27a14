"""Which act of the registry each process decides: from which status, for which reason; and what must follow. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.certifications.constants import ReasonClass, Status
from apps.certifications.rules.status import move
from apps.certifying.rules.life_cancelling import CANCELLATION
from apps.certifying.rules.life_releasing import RELEASING
from apps.certifying.rules.life_resuming import RESUMPTION
from apps.certifying.rules.life_revoking import REVOCATION
from apps.certifying.rules.life_suspending import SUSPENSION
from apps.certifying.rules.life_watching import WATCHING
from apps.workflow.process import Process

TABLES: Mapping[str, Process] = {
    table.code: table for table in (SUSPENSION, RESUMPTION, REVOCATION, CANCELLATION, RELEASING, WATCHING)
}
# The status that the decision of a process makes. A release and an audit change none by themselves.
TARGETS: Mapping[str, Status] = {
    SUSPENSION.code: Status.SUSPENDED,
    RESUMPTION.code: Status.VALID,
    REVOCATION.code: Status.REVOKED,
    CANCELLATION.code: Status.CANCELLED,
}
RUNNING = (Status.VALID, Status.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Standing:
    """A certificate on a day, as its processes see it. `missed`: the last day of a surveillance that was not held."""

    status: Status
    suspended_until: dt.date | None = None
    missed: dt.date | None = None
    suspended_for: str = ""  # the reason of the running suspension


def why_not(process: str, reason: str, standing: Standing) -> str:
    """Why the act of a process is not open on a certificate that stands so; empty if it is."""
    target = TARGETS.get(process)
    words = {"status": standing.status.label, "act": TABLES[process].label}
    if target is None:
        if standing.status in RUNNING:
            return ""
        return _("证书现为“%(status)s”，不能办理%(act)s") % words
    found = move(standing.status, target)
    if found is None or reason not in found.reasons:
        return _("证书现为“%(status)s”，不能以“%(reason)s”为由办理%(act)s") % {
            **words,
            "reason": ReasonClass(reason).label,
        }
    return ""


def must(process: str, reason: str, standing: Standing, on: dt.date) -> str:
    """Why the act has to follow on a day; empty where the body weighs it."""
    if process == SUSPENSION.code and reason == ReasonClass.SURVEILLANCE_MISSED and standing.missed is not None:
        return _("监督审核应当在 %(day)s 前完成，至今没有实施，必须暂停证书") % {"day": standing.missed}
    until = standing.suspended_until
    if process == REVOCATION.code and standing.status == Status.SUSPENDED and until is not None and until < on:
        return _("暂停期已于 %(day)s 届满而没有恢复，必须撤销证书") % {"day": until}
    return ""


def due_act(standing: Standing, on: dt.date) -> tuple[str, str] | None:
    """(process, reason) that the body has to begin of office today, if anything."""
    if standing.status == Status.SUSPENDED and standing.suspended_until and standing.suspended_until < on:
        missed = standing.suspended_for == ReasonClass.SURVEILLANCE_MISSED
        return REVOCATION.code, ReasonClass.SURVEILLANCE_MISSED if missed else ReasonClass.NOT_CORRECTED
    if standing.status == Status.VALID and standing.missed is not None:
        return SUSPENSION.code, ReasonClass.SURVEILLANCE_MISSED
    return None
