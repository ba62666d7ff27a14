"""What the officers find on site and sign, what the institution answers, and what they settle."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import Role
from apps.accounts.selectors import roles_held
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.documents.models import Document
from apps.documents.services import store
from apps.institutions.licence_constants import Criterion, Verdict
from apps.institutions.models import PostCheck, PostChecker, PostFinding
from apps.institutions.selectors.commitment_check import EVIDENCE, check_of_file, findings_of, seal_of_findings
from apps.institutions.services.commitment_check import lock_check, record, require_sight
from apps.parties.policies import can_act_for
from apps.parties.selectors import ban_on_person, ban_problem
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File, Transition

FOUND_IN, SETTLED_IN, ANSWERED_IN = "to_visit", "recheck", "rectification"


def write_finding(
    *, actor: Actor, now: dt.datetime, check_id: int, criterion: str, verdict: str, text: str, seen: str = ""
) -> PostFinding:
    """Write, or write again, what was found of one chapter. Whoever signed before signs again.

    `seen`: the hash of the finding that is written over (seal_of_findings); empty where there was none.
    """
    problems = []
    if criterion not in Criterion.values:
        problems.append(Problem("choice", "criterion", criterion, _("没有这一项评审准则"), _("请从列表中选择")))
    if verdict not in Verdict.values:
        problems.append(Problem("choice", "verdict", verdict, _("请选择核查结果"), _("请从列表中选择")))
    if not text.strip():
        problems.append(Problem("required", "text", "", _("请写明核查的事实"), _("请填写后再保存")))
    if problems:
        raise ProblemsFound(*problems)
    with transaction.atomic():
        check, checker = _checker(actor, now, check_id, FOUND_IN)
        if seal_of_findings(list(check.findings.filter(criterion=criterion))) != seen:
            raise StaleVersion
        facts = {"verdict": verdict, "text": text.strip(), "found_by_id": checker.user_id, "found_at": now}
        made, _created = PostFinding.objects.update_or_create(check_of=check, criterion=criterion, defaults=facts)
        check.checkers.exclude(signed_at=None).update(signed_at=None)
        record(actor=actor, now=now, check=check, verb="find", after={"criterion": criterion, "verdict": verdict})
    return made


def sign_findings(*, actor: Actor, now: dt.datetime, check_id: int, seen: str) -> PostChecker:
    """Sign the findings as they stand, once every chapter has one.

    `seen`: the hash of the findings that the officer read. If one moved since, nothing is signed.
    """
    with transaction.atomic():
        check, checker = _checker(actor, now, check_id, FOUND_IN)
        if check.findings.count() < len(Criterion):
            raise Refused("findings.missing", _("还有评审准则没有核查结果，不能签署。"))
        if seal_of_findings(findings_of(check)) != seen:
            raise StaleVersion
        checker.signed_at = now
        checker.save(update_fields=["signed_at"])
        found = {finding.criterion: str(finding.verdict) for finding in check.findings.all()}
        record(actor=actor, now=now, check=check, verb="sign", after={"findings": found, "sha256": seen})
    return checker


def answer_finding(
    *, actor: Actor, now: dt.datetime, check_id: int, finding_id: int, answer: str, version: int
) -> PostFinding:
    """How one defect was rectified; may be changed until all answers are sent."""
    with transaction.atomic():
        check = _own(actor, now, check_id)
        finding = _defect(check, finding_id)
        if finding.settled_at is not None:
            raise Refused("finding.settled", _("该项已确认整改合格。"))
        if finding.version != version:
            raise StaleVersion
        if not answer.strip():
            raise ProblemsFound(Problem("required", "answer", "", _("请说明整改情况"), _("请填写后再保存")))
        finding.answer, finding.answered_at = answer.strip(), now
        _save(finding, "answer", "answered_at")
        record(actor=actor, now=now, check=check, verb="answer", after={"criterion": finding.criterion})
    return finding


def add_evidence(*, actor: Actor, now: dt.datetime, check_id: int, upload: Any = None) -> Document:
    """A document that shows what was rectified."""
    with transaction.atomic():
        check = _own(actor, now, check_id)
        document = store(
            actor=actor,
            now=now,
            organisation_id=check.file.organisation_id,
            subject_kind=SUBJECT,
            subject_id=check.file_id,
            kind=EVIDENCE,
            upload=upload,
        )
        record(actor=actor, now=now, check=check, verb="evidence", after={"sha256": document.sha256})
    return document


def settle_finding(*, actor: Actor, now: dt.datetime, check_id: int, finding_id: int, version: int) -> PostFinding:
    """A checker confirms that a defect was rectified. `version`: of the answer that the page showed."""
    with transaction.atomic():
        check, _checker_row = _checker(actor, now, check_id, SETTLED_IN)
        finding = _defect(check, finding_id)
        if finding.version != version:
            raise StaleVersion
        if finding.settled_at is None:
            finding.settled_at, finding.lacking_at = now, None
            _save(finding, "settled_at", "lacking_at")
            record(actor=actor, now=now, check=check, verb="settle", after={"criterion": finding.criterion})
    return finding


def find_lacking(
    *, actor: Actor, now: dt.datetime, check_id: int, finding_id: int, lacking: str, version: int
) -> PostFinding:
    """A checker says what a rectification lacks. Only on such a record is it held to be in vain (facts.untrue)."""
    with transaction.atomic():
        check, _checker_row = _checker(actor, now, check_id, SETTLED_IN)
        finding = _defect(check, finding_id)
        if finding.settled_at is not None:
            raise Refused("finding.settled", _("该项已确认整改合格。"))
        if finding.version != version:
            raise StaleVersion
        if not lacking.strip():
            raise ProblemsFound(Problem("required", "lacking", "", _("请写明不合格之处"), _("请填写后再保存")))
        finding.lacking, finding.lacking_at = lacking.strip(), now
        _save(finding, "lacking", "lacking_at")
        record(actor=actor, now=now, check=check, verb="lacking", after={"criterion": finding.criterion})
    return finding


def sent_back(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """What was not settled is to be answered, and then rechecked, again. Effect of the step "send_back"."""
    check = check_of_file(file)
    for finding in check.findings.select_for_update().filter(verdict=Verdict.DEFECT, settled_at=None):
        finding.answered_at = finding.lacking_at = None
        _save(finding, "answered_at", "lacking_at")
        record(actor=actor, now=now, check=check, verb="reopen", after={"criterion": finding.criterion})


def _save(finding: PostFinding, *columns: str) -> None:
    finding.version += 1
    finding.save(update_fields=[*columns, "version"])


def _own(actor: Actor, now: dt.datetime, check_id: int) -> PostCheck:
    """The check, for who acts for the institution, while it rectifies."""
    check = lock_check(check_id)
    if actor.user is None or not can_act_for(actor.user, check.file.organisation_id, today(now)):
        raise Refused("absent", str(check_id))
    if check.file.status != ANSWERED_IN:
        raise Refused("check.state", _("现在不能提交整改情况。"))
    return check


def _checker(actor: Actor, now: dt.datetime, check_id: int, status: str) -> tuple[PostCheck, PostChecker]:
    """The check and the actor's place in it; others are told that it is absent."""
    check = lock_check(check_id)
    user = require_sight(actor=actor, now=now, check=check)
    checker = check.checkers.select_for_update().filter(user=user).first()
    if checker is None or Role.OFFICER not in roles_held(user, today(now)):
        raise Refused("absent", str(check_id))
    if check.file.status != status:
        raise Refused("check.state", _("现在不能填写或者确认核查结果。"))
    if (ban := ban_on_person(user.display_name, "", today(now))) is not None:  # an account shows no document
        raise Refused("barred", str(ban_problem(ban, "user").rule))
    return check, checker


def _defect(check: PostCheck, finding_id: int) -> PostFinding:
    found = check.findings.select_for_update().filter(pk=finding_id, verdict=Verdict.DEFECT).first()
    if found is None:
        raise Refused("absent", str(finding_id))
    return found
