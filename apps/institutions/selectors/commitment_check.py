"""Reads of the checks that follow a licence by commitment: findings, checkers, what the guards and the public ask."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.clock.selectors import running
from apps.core.calendar import today
from apps.documents.models import Document
from apps.documents.selectors import current_documents
from apps.institutions.licence_constants import Cause, Change, Criterion, LicenceStatus, Route, Verdict
from apps.institutions.models import Application, Licence, LicenceChange, LifeCase, PostCheck, PostChecker, PostFinding
from apps.institutions.rules.commitment_check import CHECK
from apps.institutions.rules.commitment_check_facts import CheckFacts
from apps.institutions.rules.life_revoking import REVOCATION
from apps.institutions.rules.terms import INFORMED_CHECK, INFORMED_RECTIFY
from apps.institutions.selectors.commitment_route import digest
from apps.institutions.selectors.life_cases import cases_of
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File, Transition
from apps.workflow.selectors.hands import people_in

EVIDENCE = "commitment_evidence"  # kind of the documents by which the institution shows that it rectified
TOLD_IN = ("rectification", "recheck", "rechecked", "rectified", "untrue", "handed_over")
UNHEARD = ("untrue", "handed_over")  # found against the holder, who is heard before it is decided
LIVE = (LicenceStatus.VALID, LicenceStatus.RECTIFYING)


def checks() -> QuerySet[PostCheck]:
    """Every check with what a page names of it."""
    return PostCheck.objects.select_related(
        "file__organisation", "file__unit", "file__holder", "licence", "application"
    )


def check_of_file(file: File) -> PostCheck:
    return checks().get(file=file)


def checkers_of(check: PostCheck) -> list[PostChecker]:
    return list(check.checkers.select_related("user").order_by("pk"))


def findings_of(check: PostCheck) -> list[PostFinding]:
    """In the order of the criteria."""
    order = {code: n for n, code in enumerate(Criterion.values)}
    return sorted(check.findings.select_related("found_by"), key=lambda finding: order[finding.criterion])


def seal_of_findings(findings: list[PostFinding]) -> str:
    """The hash of findings as a person saw them; empty where nothing is found yet."""
    return digest([[each.criterion, each.verdict, each.text] for each in findings]) if findings else ""


def told_findings(check: PostCheck) -> list[PostFinding]:
    """What the institution reads: the defects, once rectification was ordered or the check was handed over."""
    if check.file.status not in TOLD_IN:
        return []
    return [finding for finding in findings_of(check) if finding.verdict != Verdict.TRUE]


def evidence_of(check: PostCheck) -> list[Document]:
    return list(current_documents(SUBJECT, check.file_id).filter(kind=EVIDENCE))


def possible_checkers(on: dt.date) -> QuerySet[User]:
    """Officers by name; who is excluded from a check is refused when named, with the reason."""
    return people_in([Role.OFFICER], on).order_by("display_name", "pk")


def check_facts(file: File, now: dt.datetime) -> CheckFacts:
    """What the guards of the check ask, read under the file's lock."""
    check = check_of_file(file)
    checkers, findings = checkers_of(check), list(check.findings.all())
    found = {finding.criterion for finding in findings}
    defects = [finding for finding in findings if finding.verdict == Verdict.DEFECT]
    return CheckFacts(
        checkers=len(checkers),
        signed=sum(checker.signed_at is not None for checker in checkers),
        visit_set=check.visit_on is not None,
        missing=tuple(str(each.label) for each in Criterion if each not in found),
        defects=len(defects),
        false=sum(finding.verdict == Verdict.FALSE for finding in findings),
        unanswered=sum(finding.answered_at is None for finding in defects),
        unsettled=sum(finding.settled_at is None for finding in defects),
        lacking=sum(finding.settled_at is None and finding.lacking_at is not None for finding in defects),
        overdue=is_overdue(file, INFORMED_RECTIFY, today(now)),
        licence_live=check.licence.status in LIVE and check.licence.valid_to >= today(now),
        stage=file.status,
    )


def is_overdue(file: File, code: str, on: dt.date) -> bool:
    """Whether a limit of the file is over: its last day lies in the past and it is still owed."""
    views = running(SUBJECT, [file.pk], on=on).get(file.pk, [])
    return any(view.code == code and view.due_on is not None and view.due_on < on for view in views)


def overdue_checks(on: dt.date) -> list[tuple[PostCheck, dt.date]]:
    """Checks on site whose three months are over and that were not made, the oldest first."""
    late = checks().filter(file__process=CHECK.code, file__closed_at=None, file__due_on__lt=on).order_by("file__due_on")
    found = running(SUBJECT, [check.file_id for check in late], on=on)
    rows = [(check, view) for check in late for view in found.get(check.file_id, []) if view.code == INFORMED_CHECK]
    return [(check, view.due_on) for check, view in rows if view.due_on is not None and view.due_on < on]


def revocation_of(check: PostCheck) -> LifeCase | None:
    """The case into which an untrue commitment was handed; None before that."""
    if check.file.status != "handed_over":
        return None
    found = cases_of(check.licence).filter(cause=Cause.UNTRUE_COMMITMENT, file__process=REVOCATION.code)
    return found.filter(file__opened_at__gte=check.file.status_since).last()


def check_behind(case: LifeCase) -> PostCheck | None:
    """The check that handed an untrue commitment to a case; None for a case that began otherwise."""
    if case.cause != Cause.UNTRUE_COMMITMENT:
        return None
    handed = checks().filter(licence=case.licence_id, file__status="handed_over").order_by("-pk")
    return handed.filter(file__status_since__lte=case.file.opened_at).first()


def had_a_hand(check: PostCheck, user: User) -> bool:
    """Whether somebody took a step of the bureau's on the application that the check is about."""
    return Transition.objects.filter(file_id=check.application.file_id, person=user).exists()


@dataclass(frozen=True, slots=True)
class PublicCommitment:
    """What the public page says of a licence by commitment: when it was granted so, and what the check found."""

    granted_on: dt.date
    item: str
    stage: str
    outcome_on: dt.date | None
    due_on: dt.date | None


def public_commitments(licence: Licence, on: dt.date) -> list[PublicCommitment]:
    """Each grant or change of the licence that rests on a commitment, the latest first."""
    kinds = (Change.GRANTED, Change.RENEWED, Change.EXTENDED, Change.CHANGED)
    changes = licence.changes.filter(application__route=Route.COMMITMENT, kind__in=kinds).order_by("-n")
    return [_public(change, on) for change in changes.select_related("application__item", "application__file")]


def _public(change: LicenceChange, on: dt.date) -> PublicCommitment:
    application: Application = change.application  # type: ignore[assignment]  # the filter asks for one
    check = checks().filter(application=application).first()
    if check is None:
        return PublicCommitment(change.on, application.item.name, "", None, None)
    views = running(SUBJECT, [check.file_id], on=on).get(check.file_id, [])
    due = next((view.due_on for view in views if view.code == INFORMED_CHECK), None)
    return PublicCommitment(change.on, application.item.name, *_public_stage(check), due)


def _public_stage(check: PostCheck) -> tuple[str, dt.date | None]:
    """Before the outcome is told the public reads only that the check is to come; the day is that of the outcome."""
    if check.file.status in UNHEARD:
        return _after_hearing(check)
    if check.file.status in TOLD_IN or check.file.closed_at is not None:
        return str(CHECK.state(check.file.status).label), check.outcome_on
    return _("待现场核查"), check.outcome_on


def _after_hearing(check: PostCheck) -> tuple[str, dt.date | None]:
    """Nothing against the holder until the case is decided (ALL 7: they are told and heard first); then its outcome."""
    case = revocation_of(check)
    if case is None or case.file.closed_at is None:
        return _("核查已完成，处理中"), check.outcome_on
    words = _("核查已完成，许可已撤销") if case.file.status == "revoked" else _("核查已完成，不予撤销")
    return words, today(case.file.closed_at)
