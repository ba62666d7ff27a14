"""What institutions are reminded of by the calendar: annual report, commitments to refresh, changes to file, samples.

The limits are rows (DutyRule); what is filed or refreshed is no longer among the matters, and that closes a reminder.
Plain SQL over our own tables; the recount counts the same days in Python, with `rules.duties.due_on`.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.calendar import today
from apps.institutions.constants import ChangeState, CommitmentState, DutyCode, ReportState
from apps.institutions.models import AnnualReport, ChangeFiling, Commitment, Institution, ReportSample
from apps.institutions.rules.duties import quarter_end
from apps.institutions.selectors.duties import due_day
from apps.notifications.sources import EventSource, Matter, Subject, register

ANNUAL, COMMITMENT, CHANGE, SAMPLE = (
    "institution.annual_report",
    "institution.commitment",
    "institution.change",
    "institution.sample",
)
VARIANTS = {"default": _("检验检测机构")}

# ruff: noqa: S608  constants of this module
_FROM = """, i.organisation_id, o.division_code, 0::bigint AS body_id, 'default' AS variant
FROM institutions_institution i JOIN parties_organisation o ON o.id = i.organisation_id"""
# A period's last day, from which the duty runs, and the day on which it falls due by the rule of that day. Months are
# added as rules.duties.due_on does: the last day of a month leads to the last day of another.
_PERIODS = """
CROSS JOIN LATERAL (
    SELECT p.ends, (date_trunc('month', p.ends) + make_interval(months => r.months + 1) - interval '1 day')::date
        + r.days AS due_on
    FROM (SELECT (g + {length} - interval '1 day')::date AS ends
          FROM generate_series(date_trunc('{unit}', %(first)s::timestamp) - interval '2 years', %(last)s::timestamp,
                               {length}) g) p
    JOIN institutions_dutyrule r ON r.code = '{code}' AND r.effective_from <= p.ends
        AND (r.effective_to IS NULL OR r.effective_to >= p.ends)
) t
WHERE t.due_on BETWEEN %(first)s AND %(last)s AND (i.created_at AT TIME ZONE 'Asia/Shanghai')::date < t.due_on"""
_ANNUAL = f"""
SELECT i.id AS subject_id, t.due_on {_FROM}
{_PERIODS.format(length="interval '1 year'", unit="year", code=DutyCode.ANNUAL_REPORT)}
  AND NOT EXISTS (SELECT 1 FROM institutions_annualreport a WHERE a.institution_id = i.id AND a.state = 'filed'
                  AND a.year = extract(year FROM t.ends))"""
_SAMPLE = f"""
SELECT i.id AS subject_id, t.due_on {_FROM}
{_PERIODS.format(length="interval '3 months'", unit="quarter", code=DutyCode.REPORT_SAMPLE)}
  AND NOT EXISTS (SELECT 1 FROM institutions_reportsample a WHERE a.institution_id = i.id
                  AND a.year = extract(year FROM t.ends) AND a.quarter = extract(quarter FROM t.ends))"""
_COMMITMENT = f"""
SELECT c.id AS subject_id, c.refresh_due AS due_on {_FROM} JOIN institutions_commitment c ON c.institution_id = i.id
WHERE c.state = 'published' AND c.refresh_due BETWEEN %(first)s AND %(last)s"""
_CHANGE = f"""
SELECT c.id AS subject_id, c.due_on {_FROM} JOIN institutions_changefiling c ON c.institution_id = i.id
WHERE c.state = 'open' AND c.due_on BETWEEN %(first)s AND %(last)s"""


def register_events() -> None:
    """Called once by AppConfig.ready."""
    for event, label, sql, describe, recount in (
        (ANNUAL, _("机构年度报告"), _ANNUAL, _describe_institution, _unreported),
        (SAMPLE, _("季度报告样本"), _SAMPLE, _describe_institution, _unsampled),
        (COMMITMENT, _("公开承诺更新"), _COMMITMENT, _describe_commitment, _stale),
        (CHANGE, _("变更报备"), _CHANGE, _describe_change, _unfiled),
    ):
        register(EventSource(event, label, VARIANTS, sql, describe, recount))


def _subject(institution: Institution, about: Any = "") -> Subject:
    path = reverse("institutions:file", args=[institution.pk])
    number = institution.cma_number or institution.organisation.uscc or institution.token
    return Subject(number, institution.organisation.name, path, about=str(about))


def _describe_institution(ids: Sequence[int]) -> dict[int, Subject]:
    found = Institution.objects.select_related("organisation").filter(pk__in=ids)
    return {institution.pk: _subject(institution) for institution in found}


def _describe_commitment(ids: Sequence[int]) -> dict[int, Subject]:
    rows = Commitment.objects.select_related("institution__organisation").filter(pk__in=ids)
    return {row.pk: _subject(row.institution, row.get_kind_display()) for row in rows}


def _describe_change(ids: Sequence[int]) -> dict[int, Subject]:
    rows = ChangeFiling.objects.select_related("institution__organisation").filter(pk__in=ids)
    return {row.pk: _subject(row.institution, row.get_kind_display()) for row in rows}


def _matter(pk: int, due: dt.date, institution: Institution) -> Matter:
    organisation = institution.organisation
    return Matter(pk, due, organisation.pk, organisation.division_code, 0, "default")


def _unreported(first: dt.date, last: dt.date) -> Iterator[Matter]:
    for year in range(first.year - 3, last.year + 1):
        due = due_day(DutyCode.ANNUAL_REPORT, dt.date(year, 12, 31))
        if due is not None and first <= due <= last:
            yield from _without(due, AnnualReport.objects.filter(year=year, state=ReportState.FILED))


def _unsampled(first: dt.date, last: dt.date) -> Iterator[Matter]:
    for year, quarter in ((year, n) for year in range(first.year - 3, last.year + 1) for n in (1, 2, 3, 4)):
        due = due_day(DutyCode.REPORT_SAMPLE, quarter_end(year, quarter))
        if due is not None and first <= due <= last:
            yield from _without(due, ReportSample.objects.filter(year=year, quarter=quarter))


def _without(due: dt.date, done: QuerySet[Any]) -> Iterator[Matter]:
    """The institutions that owe something by a day and have not done it; those that came later owe nothing."""
    settled = set(done.values_list("institution_id", flat=True))
    for institution in Institution.objects.select_related("organisation"):
        if institution.pk not in settled and today(institution.created_at) < due:
            yield _matter(institution.pk, due, institution)


def _stale(first: dt.date, last: dt.date) -> Iterator[Matter]:
    rows = Commitment.objects.filter(state=CommitmentState.PUBLISHED, refresh_due__range=(first, last))
    for row in rows.select_related("institution__organisation"):
        assert row.refresh_due is not None, "asked for by its day"
        yield _matter(row.pk, row.refresh_due, row.institution)


def _unfiled(first: dt.date, last: dt.date) -> Iterator[Matter]:
    rows = ChangeFiling.objects.filter(state=ChangeState.OPEN, due_on__range=(first, last))
    for row in rows.select_related("institution__organisation"):
        yield _matter(row.pk, row.due_on, row.institution)
