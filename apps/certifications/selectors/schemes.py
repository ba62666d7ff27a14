"""The rules of the schemes: the table, or before anybody loaded it the rows that this release brings along."""

import csv
import datetime as dt
from pathlib import Path

from django.db.models import QuerySet
from django.http import Http404

from apps.certifications.constants import RuleCode
from apps.certifications.models import Certificate, Project, SchemeRule
from apps.certifications.rules import schemes as rules
from apps.certifications.rules.schemes import RuleRow, RuleSet
from apps.certifications.selectors.reference import KEEP_SECONDS, projects
from apps.core.keeping import Kept

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "scheme_rules.csv"


def shipped_rows() -> list[RuleRow]:
    """The rows of data/scheme_rules.csv."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return [_of_line(line) for line in csv.DictReader(file)]


def _of_line(line: dict[str, str]) -> RuleRow:
    ends = line["effective_to"]
    return RuleRow(
        scheme=line["scheme"],
        code=line["code"],
        value=int(line["value"]) if line["value"] else None,
        unit=line["unit"],
        effective_from=dt.date.fromisoformat(line["effective_from"]),
        effective_to=dt.date.fromisoformat(ends) if ends else None,
        basis=line["basis"],
        verified=line["verified"] == "1",
        applies_to_running=line["applies_to_running"] == "1",
        note=line["note"],
    )


def as_row(rule: SchemeRule) -> RuleRow:
    """A row of the table as the rules read it."""
    return RuleRow(
        rule.scheme,
        rule.code,
        rule.value,
        rule.unit,
        rule.effective_from,
        rule.effective_to,
        rule.basis,
        rule.verified,
        rule.applies_to_running,
        rule.note,
    )


def _read() -> list[RuleRow]:
    return [as_row(rule) for rule in SchemeRule.objects.order_by("scheme", "code", "effective_from")] or shipped_rows()


rule_rows = Kept(_read, lambda _found: KEEP_SECONDS)  # every row, past and future ones too


def scheme_rules() -> QuerySet[SchemeRule]:
    """Every row, the newest of each rule first."""
    return SchemeRule.objects.order_by("scheme", "code", "-effective_from")


def get_scheme_rule(pk: int) -> SchemeRule:
    """A row, or 404."""
    found = SchemeRule.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def open_rule(scheme: str, code: str) -> SchemeRule | None:
    """The row that nothing ends yet, in force or to come."""
    return SchemeRule.objects.filter(scheme=scheme, code=code, effective_to=None).first()


def rule_set(project_code: str, on: dt.date) -> RuleSet:
    """The rules for a project on a day. A code that nobody knows has only the rules of every scheme."""
    known = (found for found in projects() if found.code == project_code)
    project = next(known, None) or Project.objects.filter(pk=project_code).first()
    group, shape = (project.group, project.shape) if project else ("", 0)
    return rules.rule_set(rule_rows(), project_code=project_code, group=group, shape=shape, on=on)


def rules_for(certificate: Certificate, on: dt.date) -> RuleSet:
    """The rules for a certificate on a day; its own shape, which its project may not say."""
    project = certificate.project
    return rules.rule_set(rule_rows(), project_code=project.code, group=project.group, shape=certificate.shape, on=on)


def surveillance_history(certificate: Certificate, *, first: bool) -> list[RuleRow]:
    """The rows that set the day of the next surveillance: after the issue (`first`), or after another one."""
    code = RuleCode.FIRST_SURVEILLANCE_MONTHS if first else RuleCode.SURVEILLANCE_GAP_MONTHS
    return rules.history(rule_rows(), code, group=certificate.project.group, shape=certificate.shape)


def first_surveillance_spans(today: dt.date) -> list[dict[str, object]]:
    """For the import, which counts in SQL: per project, for which days of issue the first surveillance is due when."""
    spans: list[dict[str, object]] = []
    for code, group, shape in Project.objects.values_list("code", "group", "shape"):
        rows = rules.history(rule_rows(), RuleCode.FIRST_SURVEILLANCE_MONTHS, group=group, shape=shape)
        spans += [
            {
                "project": code,
                "since": span.since.isoformat(),
                "until": span.until.isoformat(),
                "months": span.months,
                "fixed": span.fixed.isoformat() if span.fixed else None,
            }
            for span in rules.day_spans(tuple(rows), today)
        ]
    return spans
