"""What institutions owe: the rule of a day, and what is due or overdue for one of them."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.institutions.constants import (
    ChangeState,
    CommitmentKind,
    CommitmentState,
    DutyCode,
    ReportState,
)
from apps.institutions.models import AnnualReport, ChangeFiling, Commitment, DutyRule, Institution, ReportSample
from apps.institutions.rules.duties import due_on, last_quarter, quarter_end

SOON = 30  # days


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to do: what, until when (None: no limit), where on the file (an anchor), and the article."""

    code: str
    text: str | Promise
    due_on: dt.date | None
    anchor: str
    basis: str = ""

    def days_left(self, on: dt.date) -> int | None:
        return (self.due_on - on).days if self.due_on else None


def rule_on(code: str, on: dt.date) -> DutyRule | None:
    """The rule in force on a day."""
    rows = DutyRule.objects.filter(code=code, effective_from__lte=on)
    return rows.filter(Q(effective_to=None) | Q(effective_to__gte=on)).order_by("-effective_from").first()


def due_day(code: str, begins: dt.date) -> dt.date | None:
    """When a duty that begins on a day is due, by the rule of that day; None if no rule is recorded."""
    rule = rule_on(code, begins)
    return due_on(begins, months=rule.months, days=rule.days) if rule else None


def duties_of(institution: Institution, on: dt.date) -> list[Duty]:
    """All that the institution owes today, the earliest first."""
    found = [
        *_annual_report(institution, on),
        *_commitments(institution, on),
        *_changes(institution),
        *_sample(institution, on),
    ]
    return sorted(found, key=lambda duty: duty.due_on or dt.date.max)


def _annual_report(institution: Institution, on: dt.date) -> list[Duty]:
    year = on.year - 1
    filed = AnnualReport.objects.filter(institution=institution, year=year, state=ReportState.FILED).exists()
    rule = rule_on(DutyCode.ANNUAL_REPORT, dt.date(year, 12, 31))
    if filed or rule is None:
        return []
    due = due_on(dt.date(year, 12, 31), months=rule.months, days=rule.days)
    text = _("报送 %(year)d 年度报告") % {"year": year}
    return [Duty(DutyCode.ANNUAL_REPORT, text, due, "annual", rule.legal_basis)]


_MAKE = {
    CommitmentKind.COMMITMENT: gettext_lazy("签署并公开公开承诺"),
    CommitmentKind.DECLARATION: gettext_lazy("签署并公开自我声明"),
}
_REFRESH = {
    CommitmentKind.COMMITMENT: gettext_lazy("更新公开承诺"),
    CommitmentKind.DECLARATION: gettext_lazy("更新自我声明"),
}


def _commitments(institution: Institution, on: dt.date) -> list[Duty]:
    running = {
        row.kind: row for row in Commitment.objects.filter(institution=institution, state=CommitmentState.PUBLISHED)
    }
    rule = rule_on(DutyCode.COMMITMENT, on)
    basis = rule.legal_basis if rule else ""
    duties = []
    for kind in CommitmentKind:
        row = running.get(kind)
        if row is None:
            duties.append(Duty(DutyCode.COMMITMENT, _MAKE[kind], None, "commitments", basis))
        elif row.refresh_due and row.refresh_due <= on + dt.timedelta(days=SOON):
            duties.append(Duty(DutyCode.COMMITMENT, _REFRESH[kind], row.refresh_due, "commitments", basis))
    return duties


def _changes(institution: Institution) -> list[Duty]:
    rows = ChangeFiling.objects.filter(institution=institution, state=ChangeState.OPEN).order_by("due_on", "pk")
    text = _("报备：%(kind)s")
    return [Duty(DutyCode.CHANGE, text % {"kind": row.get_kind_display()}, row.due_on, "changes") for row in rows]


def _sample(institution: Institution, on: dt.date) -> list[Duty]:
    year, quarter = last_quarter(on)
    begins = quarter_end(year, quarter)
    rule = rule_on(DutyCode.REPORT_SAMPLE, begins)
    known = ReportSample.objects.filter(institution=institution, year=year, quarter=quarter).exists()
    if known or rule is None:
        return []
    text = _("报送 %(year)d 年第 %(quarter)d 季度报告样本") % {"year": year, "quarter": quarter}
    due = due_on(begins, months=rule.months, days=rule.days)
    return [Duty(DutyCode.REPORT_SAMPLE, text, due, "samples", rule.legal_basis)]
