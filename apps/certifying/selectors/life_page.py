"""What the page of a certificate's life shows: how it stands, what follows for goods, the next legal step, the plan."""

import datetime as dt
from dataclasses import dataclass, replace

from apps.certifications.constants import Status
from apps.certifications.models import Certificate, StatusChange
from apps.certifying.models import FactoryClass
from apps.certifying.rules import life_acts, life_plan
from apps.certifying.rules.life_effects import StockDuty, duties_of
from apps.certifying.selectors.life import cadence_of, plan_of, standing_of
from apps.schemes.rules import LegalStep
from apps.schemes.rules.steps import Step
from apps.schemes.selectors import next_step

RENEWAL_OPENS = dt.timedelta(days=180)
SOON = 30


@dataclass(frozen=True, slots=True)
class Life:
    """A certificate on a day."""

    certificate: Certificate
    standing: life_acts.Standing
    since: StatusChange | None
    duties: tuple[StockDuty, ...]
    plan: tuple[life_plan.Visit, ...]
    basis: str
    factory: FactoryClass | None
    next: LegalStep
    left: int | None
    must: str
    renewable: bool

    @property
    def tone(self) -> str:
        return {Status.VALID: "ok", Status.SUSPENDED: "due"}.get(self.standing.status, "over")

    @property
    def next_tone(self) -> str:
        if self.left is None:
            return "wait"
        return "over" if self.left < 0 else "due" if self.left <= SOON else "ok"

    @property
    def icon(self) -> str:
        return {Status.VALID: "check", Status.SUSPENDED: "alert"}.get(self.standing.status, "circle-x")


def life_of(certificate: Certificate, on: dt.date) -> Life:
    """Everything that the page says."""
    standing = standing_of(certificate, on)
    due = life_acts.due_act(standing, on)
    cadence = cadence_of(certificate, on)
    plan = plan_of(certificate, on) if standing.status in life_acts.RUNNING else ()
    step = _next(certificate, plan, on)
    return Life(
        certificate=certificate,
        standing=standing,
        since=certificate.status_changes.filter(to_status=standing.status).order_by("-n").first(),
        duties=duties_of(standing.status, certificate.shape),
        plan=plan,
        basis=cadence.basis if cadence is not None else "",
        factory=FactoryClass.objects.filter(certificate=certificate).first(),
        next=step,
        left=step.days_left(on),
        must=life_acts.must(*due, standing, on) if due else "",
        renewable=renewable(certificate, standing, on),
    )


def renewable(certificate: Certificate, standing: life_acts.Standing, on: dt.date) -> bool:
    """From half a year before the last day the next cycle may be applied for."""
    running = standing.status in life_acts.RUNNING
    return running and certificate.valid_to is not None and on >= certificate.valid_to - RENEWAL_OPENS


def _next(certificate: Certificate, plan: tuple[life_plan.Visit, ...], on: dt.date) -> LegalStep:
    """The next legal step; the day of a surveillance is that of the plan, which knows the class of a factory."""
    step, coming = next_step(certificate.pk, on), life_plan.next_visit(plan)
    if step.code == Step.SURVEILLANCE and coming is not None:
        return replace(step, last_day=coming.last_day)
    return step
