"""Loading the rules of the schemes, and putting a new value in the place of an old one."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.audit.services import Change, record, record_many
from apps.certifications.constants import EVERY_SCHEME, FACT_SUBJECT, RuleCode
from apps.certifications.models import Certificate, SchemeRule
from apps.certifications.rules import RUNNING
from apps.certifications.selectors.schemes import rule_rows, shipped_rows
from apps.certifications.services.facts import iso
from apps.certifications.services.status import next_surveillance
from apps.core.actors import Actor
from apps.core.problems import Problem, ProblemsFound

SURVEILLANCE = (RuleCode.FIRST_SURVEILLANCE_MONTHS, RuleCode.SURVEILLANCE_GAP_MONTHS)
SUBJECT = "scheme_rule"
BATCH = 2_000


@dataclass(frozen=True, slots=True)
class NewValue:
    """What shall hold from a day on. `value` None: the scheme has no such rule."""

    scheme: str
    code: str
    unit: str
    value: int | None
    effective_from: dt.date
    basis: str
    note: str = ""
    verified: bool = False
    applies_to_running: bool = False


def load_scheme_rules() -> int:
    """Insert the rules that the release brings and the table has not; what is there, people may have changed.

    Part of `load_reference`, which records it. Returns how many rows the release has.
    """
    rows = shipped_rows()
    known = set(SchemeRule.objects.values_list("scheme", "code"))
    SchemeRule.objects.bulk_create(SchemeRule(**asdict(row)) for row in rows if (row.scheme, row.code) not in known)
    rule_rows.forget()
    return len(rows)


def replace_rule(*, actor: Actor, now: dt.datetime, new: NewValue, reason: str) -> SchemeRule:
    """End the rule that is open, if the scheme has one, the day before, and begin the new one.

    Called by the approval of a change (apps.schemes), which asks the policy and holds its own lock. A new limit of
    surveillance that takes over what is running is counted at once for every certificate it reaches.
    """
    with transaction.atomic():
        found = (
            SchemeRule.objects.select_for_update().filter(scheme=new.scheme, code=new.code, effective_to=None).first()
        )
        if problems := rule_problems(found, new):
            raise ProblemsFound(*problems)
        before = None
        if found is not None:
            before = _facts(found)
            found.effective_to = new.effective_from - dt.timedelta(days=1)
            found.version += 1
            found.save()
        made = SchemeRule.objects.create(**asdict(new))
        record(
            actor=actor,
            now=now,
            action="certifications.scheme_rule.replace",
            subject_kind=SUBJECT,
            subject_id=made.pk,
            before=before,
            after=_facts(made),
            reason=reason,
        )
        rule_rows.forget()
        if new.code in SURVEILLANCE and (new.applies_to_running or found is None):
            _recount(actor, now, new.scheme, reason)
    transaction.on_commit(rule_rows.forget)
    return made


def rule_problems(found: SchemeRule | None, new: NewValue) -> list[Problem]:
    """What forbids that the value follows the open row."""
    problems = []
    if found is not None and new.effective_from <= found.effective_from:
        rule = _("须晚于现行规定的生效日期 %(day)s") % {"day": found.effective_from}
        problems.append(Problem("past", "effective_from", iso(new.effective_from) or "", rule, _("请填写更晚的日期")))
    if new.value is not None and new.value < 0:
        problems.append(Problem("range", "value", str(new.value), _("数值不能为负"), _("请填写零或正整数")))
    if not new.basis.strip():
        problems.append(Problem("required", "basis", "", _("规则须有依据"), _("请填写公告文号和条款")))
    return problems


def _reached(scheme: str) -> QuerySet[Certificate]:
    running = Certificate.objects.filter(status__in=RUNNING).select_related("project")
    if scheme == EVERY_SCHEME:
        return running
    if scheme.startswith("shape:"):
        return running.filter(shape=int(scheme.removeprefix("shape:")))
    return running.filter(project__group=scheme)


def _recount(actor: Actor, now: dt.datetime, scheme: str, reason: str) -> None:
    """Count again when the next surveillance is due; only what moves is written."""
    for changed in _moved(_reached(scheme).order_by("pk").select_for_update(of=("self",))):
        Certificate.objects.bulk_update([row for row, _before in changed], ["surveillance_due", "version"])
        record_many(
            actor=actor,
            now=now,
            action="certifications.certificate.recount_surveillance",
            subject_kind=FACT_SUBJECT,
            changes=(
                Change(
                    row.pk, {"surveillance_due": iso(before)}, {"surveillance_due": iso(row.surveillance_due)}, reason
                )
                for row, before in changed
            ),
        )


def _moved(certificates: QuerySet[Certificate]) -> Iterator[list[tuple[Certificate, dt.date | None]]]:
    changed: list[tuple[Certificate, dt.date | None]] = []
    for certificate in certificates.iterator(BATCH):
        before, due = certificate.surveillance_due, next_surveillance(certificate)
        if due != before:
            certificate.surveillance_due = due
            certificate.version += 1
            changed.append((certificate, before))
        if len(changed) == BATCH:
            yield changed
            changed = []
    if changed:
        yield changed


def _facts(rule: SchemeRule) -> dict[str, Any]:
    return {
        "scheme": rule.scheme,
        "code": rule.code,
        "value": rule.value,
        "unit": rule.unit,
        "effective_from": iso(rule.effective_from),
        "basis": rule.basis,
        "verified": rule.verified,
        "applies_to_running": rule.applies_to_running,
    }
