"""Cases about an issued certificate: begun by its body, its holder or the daily round; what their decisions write.

Everything of the registry goes through apps.certifications.services, as the decision of the body that issued it.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Unit
from apps.audit import services as audit
from apps.certifications.constants import ReasonClass, SurveillanceResult
from apps.certifications.models import Certificate
from apps.certifications.services.file import record_surveillance
from apps.certifications.services.locking import Deciding
from apps.certifications.services.status import change_status
from apps.certifying.models import CertificateCase
from apps.certifying.rules import life_acts, life_facts
from apps.certifying.rules.life_releasing import RELEASING
from apps.certifying.rules.life_suspending import SUSPENSION
from apps.certifying.rules.life_watching import SPOT_CHECK, WATCHING
from apps.certifying.selectors import life as selectors
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.documents.models import Document
from apps.documents.services import store
from apps.parties.policies import can_act_for
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File, Transition
from apps.workflow.services import advance, open_file

LONGEST = 2_000
HANDED_IN_WHILE = ("found", "lacking", "noticed")


def open_case(
    *,
    actor: Actor,
    now: dt.datetime,
    unit: Unit,
    process: str,
    certificate_id: int,
    reason: str,
    facts: str,
    receiving_id: int | None = None,
    consent: bool = False,
    source: CertificateCase | None = None,
) -> CertificateCase:
    """Begin a case and take its first step in one act, so that whoever began it has a hand in it. One of a kind at a
    time on a certificate. The body that issued the certificate works it; the system only begins it.
    """
    with transaction.atomic():
        certificate = _locked(certificate_id)
        _check(certificate, process, reason, facts, receiving_id, consent, today(now))
        file = open_file(
            actor=actor,
            now=now,
            process=process,
            matter=reason,
            organisation=certificate.holder,
            title=f"{life_acts.TABLES[process].label}（{certificate.number}）",
            division_code=certificate.division_code or certificate.holder.division_code or settings.HOME_DIVISION,
            unit=unit,
            handler=certificate.body,
        )
        case = CertificateCase.objects.create(
            file=file,
            certificate=certificate,
            reason=reason,
            facts=facts.strip(),
            receiving_id=receiving_id,
            source=source,
        )
        _record(actor, now, case, "open", {"certificate": certificate.number, "reason": reason})
        first = first_step(process, reason)
        if actor.user is not None and first:
            advance(actor=actor, now=now, file_id=file.pk, version=file.version, step=first)
    return case


def first_step(process: str, reason: str) -> str:
    """The step by which a case begins; none where its form asks for more than the reason and the facts."""
    if process == SUSPENSION.code:
        heard = "notify" if reason in life_facts.HEARD_FIRST else "begin"
        return "ask" if reason in life_facts.WISHES else heard
    if process == WATCHING.code:
        return "order" if reason == SPOT_CHECK else ""
    firsts = {"cert_revoke": "notify", "cert_release": "ask", "cert_resume": ""}
    return firsts.get(process, "ask" if reason in life_facts.WISHES else "begin")


def add_evidence(*, actor: Actor, now: dt.datetime, case_id: int, upload: Any) -> Document:
    """The holder hands in what shows the correction, or supports its statement."""
    with transaction.atomic():
        case = CertificateCase.objects.select_related("file").get(pk=case_id)
        file = File.objects.select_for_update().get(pk=case.file_id)
        if actor.user is None or not can_act_for(actor.user, file.organisation_id, today(now)):
            raise Refused("absent", str(case_id))
        if file.status not in HANDED_IN_WHILE:
            raise Refused("life.no_evidence", _("现在不能提交材料。"))
        return store(
            actor=actor,
            now=now,
            organisation_id=file.organisation_id,
            subject_kind=SUBJECT,
            subject_id=file.pk,
            kind=selectors.EVIDENCE,
            upload=upload,
        )


def suspension_proposed(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Effect of "propose": until when, for the decision to take up."""
    case = selectors.case_of(file)
    given = transition.inputs
    proposed = given.get("proposal") == life_facts.DO
    case.until = dt.date.fromisoformat(given["until"]) if proposed else None
    case.seasonal = proposed and given.get("seasonal") == life_facts.YES
    case.save(update_fields=["until", "seasonal"])
    until = case.until.isoformat() if case.until else None
    _record(actor, now, case, "propose", {"until": until, "seasonal": case.seasonal})


def decided(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Effect of "suspend", "resume", "revoke" and "cancel": the registry follows the body's decision.

    The free text of the decision is for the holder; the public history says the class of the reason and the number.
    """
    case = selectors.case_of(file)
    change_status(
        actor=actor,
        now=now,
        certificate_id=case.certificate_id,
        to=life_acts.TARGETS[file.process],
        on=today(now),
        reason_class=case.reason,
        reason=f"决定文号 {number_of(file, transition)}",  # kept, so Chinese whoever decides
        until=case.until,
        seasonal=case.seasonal,
        version=None,
        deciding=_deciding(case, now),
    )


def audit_planned(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Effect of "plan"."""
    case = selectors.case_of(file)
    case.planned_on = dt.date.fromisoformat(transition.inputs["planned_on"])
    case.save(update_fields=["planned_on"])
    _record(actor, now, case, "plan", {"planned_on": case.planned_on.isoformat()})


def audit_settled(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Effect of "maintain": the audit stands in the registry, and the next is counted from it."""
    _enter_audit(actor, now, selectors.case_of(file))


def audit_failed(*, actor: Actor, now: dt.datetime, file: File, transition: Transition) -> None:
    """Effect of "fail": the audit stands in the registry, and the suspension is begun of office."""
    case = selectors.case_of(file)
    _enter_audit(actor, now, case)
    reason = ReasonClass.SPOT_CHECK_FAILED if case.reason == SPOT_CHECK else ReasonClass.NONCONFORMITY
    if selectors.open_case(case.certificate_id, SUSPENSION.code) is None and not life_acts.why_not(
        SUSPENSION.code, reason, selectors.standing_of(case.certificate, today(now))
    ):
        open_case(
            actor=Actor.system("certifying"),
            now=now,
            unit=file.unit,
            process=SUSPENSION.code,
            certificate_id=case.certificate_id,
            reason=reason,
            facts=f"监督审核 {file.number} 没有通过，不符合项见该件。",
            source=case,
        )


def _enter_audit(actor: Actor, now: dt.datetime, case: CertificateCase) -> None:
    held = case.file.transitions.filter(step="report").order_by("-version").first()
    assert held is not None, "only a reported audit is settled"
    record_surveillance(
        actor=actor,
        now=now,
        certificate_id=case.certificate_id,
        activity="特殊审核" if case.reason == SPOT_CHECK else "监督审核",
        on=dt.date.fromisoformat(held.inputs["held_on"]),
        result=SurveillanceResult(held.inputs["result"]),
        description=case.file.number,
        audit_team=held.person.display_name if held.person is not None else "",
        version=None,
        deciding=_deciding(case, now),
    )


def number_of(file: File, transition: Transition) -> str:
    """The number of the paper of a step."""
    return f"{file.number}-{transition.version:02d}"


def _deciding(case: CertificateCase, now: dt.datetime) -> Deciding:
    return Deciding(body_id=case.certificate.body_id, on=today(now))


def _locked(certificate_id: int) -> Certificate:
    found = Certificate.objects.select_for_update(of=("self",)).select_related("holder", "body", "project")
    certificate = found.filter(pk=certificate_id).first()
    if certificate is None:
        raise Refused("absent", str(certificate_id))
    return certificate


def _check(
    certificate: Certificate,
    process: str,
    reason: str,
    facts: str,
    receiving_id: int | None,
    consent: bool,
    on: dt.date,
) -> None:
    """Everything wrong with what was given, at once."""
    table = life_acts.TABLES[process]
    if reason not in table.matters:
        raise Refused("matter", reason)
    problems: list[Problem] = []
    if why := life_acts.why_not(process, reason, selectors.standing_of(certificate, on)):
        problems.append(Problem("life.act", "reason", reason, why, _("请核对证书现在的状态和原因")))
    if process == RELEASING.code:
        problems += selectors.transfer_obstacles(certificate, receiving_id, on)
        if not consent:
            rule = _("接收机构须查看本认证周期的审核记录和未关闭的不符合项")
            problems.append(Problem("consent", "consent", "", rule, _("请勾选同意")))
    problems += _text_problems(facts)
    if selectors.open_case(certificate.pk, process) is not None:
        rule = _("这张认证证书已有一件“%(what)s”正在办理") % {"what": table.label}
        problems.append(Problem("life.twice", "reason", reason, rule, _("请在该件中继续办理")))
    if problems:
        raise ProblemsFound(*problems)


def _text_problems(facts: str) -> list[Problem]:
    if not facts.strip():
        return [Problem("required", "facts", "", _("此项必须填写"), _("请填写后再办理"))]
    if len(facts) > LONGEST:
        rule = _("不能超过 %(most)s 字") % {"most": LONGEST}
        return [Problem("too_long", "facts", facts[:20], rule, _("请精简，详情可作为材料上传"))]
    return []


def _record(actor: Actor, now: dt.datetime, case: CertificateCase, verb: str, after: dict[str, Any]) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"certifying.certificate_case.{verb}",
        subject_kind=SUBJECT,
        subject_id=case.file_id,
        after=after,
    )
