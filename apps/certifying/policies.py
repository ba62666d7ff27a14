"""Who sees the life of which certificate, and who may begin or write what about it.

The holder and the body that issued the certificate, each their own; the bureau's staff as in the registry. A receiving
body sees the audits of a certificate that is to pass to it, by the holder's consent, as long as the transfer stands.
"""

import datetime as dt

from django.db.models import Q, QuerySet
from django.http import Http404

from apps.accounts.models import User
from apps.accounts.selectors import roles_held
from apps.certifications.models import Certificate
from apps.certifications.policies import visible_certificates
from apps.certifying.models import CertificateCase
from apps.certifying.rules import life_acts, life_facts
from apps.certifying.rules.life_terms import AUDIT
from apps.certifying.rules.life_watching import SPOT_CHECK, SURVEILLANCE
from apps.certifying.selectors.life import open_case, reasons_open
from apps.parties.constants import BodyDuty, MembershipRole
from apps.parties.policies import can_act_for
from apps.parties.selectors.duties import duties_held, running_duties
from apps.parties.selectors.memberships import own_organisation_ids, running_memberships
from apps.workflow.models import File, Named
from apps.workflow.policies import can_open
from apps.workflow.process import APPLICANT

NOTHING = frozenset({"objected", "withdrawn"})


def whole_bodies(user: User, on: dt.date) -> set[int]:
    """The organisations of which the person sees every file: not where they only audit."""
    held: dict[int, set[str]] = {}
    for body_id, duty in running_duties(on).filter(user=user).values_list("organisation_id", "duty"):
        held.setdefault(body_id, set()).add(duty)
    auditing = {body_id for body_id, duties in held.items() if duties == {BodyDuty.AUDIT}}
    own = running_memberships(on).filter(user=user).values_list("organisation_id", "role")
    return {pk for pk, role in own if pk not in auditing or role == MembershipRole.MANAGER}


def life_certificates(user: User, on: dt.date) -> QuerySet[Certificate]:
    """The certificates whose life a person may look at."""
    if user.is_staff_member:
        return visible_certificates(user)
    if not user.is_active:
        return Certificate.objects.none()
    held, issued = own_organisation_ids(user, on), whole_bodies(user, on)
    return Certificate.objects.filter(Q(holder_id__in=held) | Q(body_id__in=issued))


def get_life_certificate(user: User, certificate_id: int, on: dt.date) -> Certificate:
    """The certificate, or 404 for absent and forbidden alike."""
    related = ("project", "body", "holder", "predecessor")
    found = life_certificates(user, on).select_related(*related).filter(pk=certificate_id).first()
    if found is None:
        raise Http404
    return found


def begins(user: User, certificate: Certificate, on: dt.date) -> dict[str, list[str]]:
    """What the person may begin on the certificate today: process -> for which reasons."""
    found = {}
    for code in life_acts.TABLES:
        reasons = [each for each in reasons_open(certificate, code, on) if _theirs(user, certificate, code, each, on)]
        if reasons and open_case(certificate.pk, code) is None:
            found[code] = reasons
    return found


def _theirs(user: User, certificate: Certificate, process: str, reason: str, on: dt.date) -> bool:
    """Whether this person's side begins the process for this reason: a wish is the holder's, and nothing else is."""
    table = life_acts.TABLES[process]
    if user.is_staff_member:
        own = can_act_for(user, certificate.holder_id, on)
        return (
            reason == SPOT_CHECK
            and process == "cert_watch"
            and not own
            and bool(table.opened_by & roles_held(user, on))
        )
    own = can_act_for(user, certificate.holder_id, on)
    if own:
        wished = reason in life_facts.WISHES or process in ("cert_resume", "cert_release")
        return wished and APPLICANT in table.opened_by
    if reason in life_facts.WISHES or process in ("cert_resume", "cert_release"):
        return False
    scheduled = process != "cert_watch" or reason == SURVEILLANCE
    return scheduled and can_open(user, table, certificate.holder_id, on, certificate.body_id)


def can_write_findings(user: User | None, case: CertificateCase, on: dt.date) -> bool:
    """The auditors who were named to an audit that is not reported yet."""
    return (
        user is not None
        and case.file.process == "cert_watch"
        and case.file.status in ("planned", "overdue")
        and BodyDuty.AUDIT in _duties(user, case.file, on)
        and Named.objects.filter(file=case.file, user=user, role=AUDIT, until=None).exists()
    )


def can_close_finding(user: User | None, case: CertificateCase, on: dt.date) -> bool:
    """The body's planners, or the auditors of that audit."""
    if user is None:
        return False
    duties = _duties(user, case.file, on)
    named = Named.objects.filter(file=case.file, user=user, role=AUDIT).exists()
    return BodyDuty.PLANNING in duties or (BodyDuty.AUDIT in duties and named)


def can_name_auditors(user: User | None, case: CertificateCase, on: dt.date) -> bool:
    """The body's planners, until the audit is reported."""
    begun = case.file.process == "cert_watch" and case.file.status in ("found", "ordered", "planned", "overdue")
    return user is not None and begun and BodyDuty.PLANNING in _duties(user, case.file, on)


def can_classify(user: User | None, certificate: Certificate, on: dt.date) -> bool:
    """The planners of the body that issued the certificate."""
    return (
        user is not None
        and not user.is_staff_member
        and BodyDuty.PLANNING in duties_held(user, certificate.body_id, on)
        and not can_act_for(user, certificate.holder_id, on)
    )


def visible_history(user: User, on: dt.date) -> QuerySet[CertificateCase]:
    """The transfers by which a receiving body sees the audits of a certificate, as long as they stand."""
    if user.is_staff_member:
        return CertificateCase.objects.none()
    found = CertificateCase.objects.filter(file__process="cert_release", receiving_id__in=whole_bodies(user, on))
    return found.exclude(file__status__in=NOTHING)


def get_visible_history(user: User, pk: int, on: dt.date) -> CertificateCase:
    """The transfer of a file, or 404."""
    related = ("certificate__project", "certificate__body", "certificate__holder", "file", "receiving")
    found = visible_history(user, on).select_related(*related).filter(file_id=pk).first()
    if found is None:
        raise Http404
    return found


def _duties(user: User, file: File, on: dt.date) -> frozenset[str]:
    if user.is_staff_member or file.handler_id is None or can_act_for(user, file.organisation_id, on):
        return frozenset()
    return duties_held(user, file.handler_id, on)
