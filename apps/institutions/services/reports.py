"""Annual reports, one a year, and the quarterly sample of reports."""

import datetime as dt
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.institutions.constants import DutyCode, ReportState
from apps.institutions.models import AnnualReport, ReportSample, SampledReport
from apps.institutions.rules.duties import quarter_end, read_reports
from apps.institutions.selectors.duties import due_day
from apps.institutions.services.locking import lock_for_edit, note

FIRST_YEAR = 2015
LEAST_SAMPLE, MOST_SAMPLE = 1, 200


@dataclass(frozen=True, slots=True)
class YearFigures:
    """What an institution reports on a year. Revenue is for the supervisor only."""

    reports_issued: int
    clients: int
    staff_count: int
    proficiency_tests: int
    complaints: int
    revenue: Decimal | None = None
    summary: str = ""


def file_annual_report(
    *, actor: Actor, now: dt.datetime, institution_id: int, year: int, figures: YearFigures
) -> AnnualReport:
    """File the report on a year; filing it again corrects it, the trail keeps both. Whether it was late is seen from
    the day of the first filing.

    Writes the report and an audit row.
    """
    on = today(now)
    due = due_day(DutyCode.ANNUAL_REPORT, dt.date(year, 12, 31)) if FIRST_YEAR <= year < on.year else None
    if due is None:
        rule = _("年度应在 %(first)d 与去年之间") % {"first": FIRST_YEAR}
        raise ProblemsFound(Problem("annual.year", "year", str(year), rule, _("当年的报告在次年报送")))
    with transaction.atomic():
        institution = lock_for_edit(actor=actor, now=now, institution_id=institution_id)
        row, _new = AnnualReport.objects.get_or_create(institution=institution, year=year, defaults={"due_on": due})
        row = AnnualReport.objects.select_for_update().get(pk=row.pk)
        before = None
        if row.state == ReportState.FILED:
            before = {name: str(getattr(row, name)) for name in YearFigures.__slots__}
        for name, value in asdict(figures).items():
            setattr(row, name, value)
        row.state, row.filed_on = ReportState.FILED, row.filed_on or on
        row.filings += 1
        row.version += 1
        row.save()
        after = {name: str(value) for name, value in asdict(figures).items()}
        note("annual_report.file", institution, actor=actor, now=now, before=before, after={"year": year, **after})
        return row


def file_sample(
    *, actor: Actor, now: dt.datetime, institution_id: int, year: int, quarter: int, issued: int, reports: str
) -> ReportSample:
    """File the sample of a quarter that is over: one report a line. Once filed it stands.

    Writes the sample, its reports and an audit row.
    """
    on = today(now)
    problems = []
    listed, faults = read_reports(reports, year, quarter)
    ends = quarter_end(year, quarter)
    if ends >= on:
        rule = _("该季度尚未结束")
        problems.append(Problem("sample.early", "quarter", str(quarter), rule, _("请在季度结束后报送")))
    problems += faults
    if not faults and not LEAST_SAMPLE <= len(listed) <= MOST_SAMPLE:
        rule = _("样本应有 %(least)d 至 %(most)d 份报告") % {"least": LEAST_SAMPLE, "most": MOST_SAMPLE}
        problems.append(Problem("sample.size", "reports", str(len(listed)), rule, _("每行写一份报告")))
    if issued < len(listed):
        rule = _("出具总数少于样本数")
        problems.append(Problem("sample.issued", "issued", str(issued), rule, _("请填写该季度出具的报告总数")))
    if problems:
        raise ProblemsFound(*problems)
    with transaction.atomic():
        institution = lock_for_edit(actor=actor, now=now, institution_id=institution_id)
        due = due_day(DutyCode.REPORT_SAMPLE, ends) or ends
        try:
            with transaction.atomic():
                sample = ReportSample.objects.create(
                    institution=institution,
                    year=year,
                    quarter=quarter,
                    due_on=due,
                    issued=issued,
                    filed_on=on,
                    filed_by=actor.user,
                )
        except IntegrityError as error:
            raise Refused("sample.filed", _("该季度的样本已经报送")) from error
        SampledReport.objects.bulk_create([SampledReport(sample=sample, **report._asdict()) for report in listed])
        after = {"year": year, "quarter": quarter, "reports": len(listed), "issued": issued}
        note("sample.file", institution, actor=actor, now=now, after=after)
        return sample
