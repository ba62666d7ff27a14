"""What the papers about an issued certificate say: parameters of documents.papers. Chinese, because papers are acts."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import override

from apps.certifications.constants import ReasonClass, SurveillanceResult
from apps.certifications.rules import legal_basis
from apps.certifying.models import CertificateCase
from apps.certifying.rules import life_acts
from apps.certifying.rules.life_effects import duties_of
from apps.certifying.rules.life_terms import CAR_26, GB_27021
from apps.certifying.selectors.life import case_of, open_findings
from apps.certifying.services.life_cases import number_of
from apps.clock.selectors import deadlines_of
from apps.core.calendar import today
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File, Transition

Params = dict[str, Any]
ACTS = {"cert_suspend": "暂停", "cert_revoke": "撤销"}


def paper(file: File, transition: Transition, template: str) -> Params:
    """The parameters of one paper of one step, whatever language its taker reads."""
    with override("zh-hans"):
        case = case_of(file)
        head = {
            "authority": case.certificate.body.name,
            "number": number_of(file, transition),
            "addressee": file.organisation.name,
            "case_number": file.number,
            "matter": file.title,
            "date": today(transition.at).isoformat(),
            "certificate_number": case.certificate.number,
        }
        return {**head, **_PAPERS[template](case, transition)}


def _basis(case: CertificateCase) -> list[str]:
    """The rule of the act, as the registry cites it."""
    target = life_acts.TARGETS[case.file.process]
    cited = legal_basis(case.certificate.status, target, group=case.certificate.project.group)
    return [part for part in cited.split("；") if part] or [life_acts.TABLES[case.file.process].steps[0].basis]


def _cause(case: CertificateCase) -> str:
    return str(ReasonClass(case.reason).label)


def _intent(case: CertificateCase, _transition: Transition) -> Params:
    views = deadlines_of(SUBJECT, case.file_id)
    due = next(view.due_on for view in views if view.code == "CERT.STATE" and view.ended_on is None)
    assert due is not None, "the step started this clock"
    act = ACTS[case.file.process]
    return {"act": act, "facts": case.facts, "basis": _basis(case), "state_by": due.isoformat()}


def _decision(case: CertificateCase, transition: Transition) -> Params:
    """Cause, facts with the reasons of the decision, and what follows for goods and words."""
    duties = duties_of(life_acts.TARGETS[case.file.process], case.certificate.shape)
    return {
        "cause": _cause(case),
        "facts": f"{case.facts[:900]}\n{transition.reason[:900]}",
        "duties": [f"{duty.question}{duty.label}：{duty.words}" for duty in duties],
    }


def _suspension(case: CertificateCase, transition: Transition) -> Params:
    assert case.until is not None, "the guard of the step asked for it"
    basis = [CAR_26]
    return {**_decision(case, transition), "basis": basis, "until": case.until.isoformat()}


def _resumption(case: CertificateCase, transition: Transition) -> Params:
    verified = case.file.transitions.filter(step="verify").order_by("-version").first()
    found = [verified.reason if verified is not None else "", transition.reason]
    return {
        "findings": "\n".join(text[:900] for text in found if text),
        "basis": [CAR_26],
    }


def _revocation(case: CertificateCase, transition: Transition) -> Params:
    lines = {"state": "你单位陈述：{reason}", "silent": "你单位在规定期限内没有陈述意见。"}
    taken = case.file.transitions.filter(step__in=lines).order_by("version")
    heard = "\n".join(lines[each.step].format(reason=each.reason[:1800]) for each in taken)
    basis = [CAR_26]
    return {**_decision(case, transition), "basis": basis, "statement": heard}


def _cancellation(case: CertificateCase, transition: Transition) -> Params:
    return {**_decision(case, transition), "basis": [CAR_26]}


def _release(case: CertificateCase, _transition: Transition) -> Params:
    certificate = case.certificate
    assert case.receiving is not None, "the guard of the step asked for it"
    assert certificate.valid_to is not None, "the guard of the step asked for it"
    held = certificate.surveillance.order_by("on", "pk")
    if certificate.valid_from is not None:
        held = held.filter(on__gte=certificate.valid_from)
    open_ones = open_findings(certificate.pk)
    return {
        "receiving": case.receiving.name,
        "valid_to": certificate.valid_to.isoformat(),
        "audits": [f"{each.on} {each.activity}：{SurveillanceResult(each.result).label}" for each in held[:30]],
        "findings": [
            f"{each.clause}（{each.get_grade_display()}）：{each.text[:300]}，整改期限{each.correct_by}。"
            for each in open_ones[:100]
        ],
        "basis": [GB_27021],
    }


_PAPERS: dict[str, Callable[[CertificateCase, Transition], Params]] = {
    "cert_notice_intent": _intent,
    "cert_notice_suspension": _suspension,
    "cert_notice_resumption": _resumption,
    "cert_notice_revocation": _revocation,
    "cert_notice_cancellation": _cancellation,
    "cert_release_letter": _release,
}
