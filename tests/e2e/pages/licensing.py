"""The licence process: applications in several states, each seen by those whose turn it is."""

import datetime as dt
from types import SimpleNamespace

from django.utils import timezone

from apps.accounts.constants import Role
from apps.core.calendar import today
from apps.institutions.models import Licence
from tests import factories
from tests.e2e.pages import PUBLIC, row
from tests.institutions.casework import Case
from tests.institutions.lifework import Life, held
from tests.institutions.promising import OnSite, Promise, prepare, record

ROWS = [
    row("/institutions/apply/", "lab"),
    row("/institutions/applications/", "lab"),
    row("/institutions/cases/{draft.file.pk}/", "lab"),
    row("/institutions/cases/{draft.file.pk}/basics/", "lab"),
    row("/institutions/cases/{draft.file.pk}/materials/", "lab"),
    row("/institutions/cases/{draft.file.pk}/route/", "lab"),
    row("/institutions/cases/{promise.file.pk}/", "promising"),
    row("/institutions/cases/{promise.file.pk}/route/", "promising"),
    row("/institutions/cases/{promise.file.pk}/informed/", "promising"),
    row("/institutions/cases/{promised.file.pk}/", "granting"),
    row("/institutions/cases/{promised.file.pk}/steps/grant_informed/", "granting"),
    row("/institutions/checks/{to_plan.file.pk}/", "planning"),
    row("/institutions/checks/{to_plan.file.pk}/plan/", "planning"),
    row("/institutions/checks/{to_visit.file.pk}/", "checking"),
    row("/institutions/checks/{to_visit.file.pk}/findings/", "checking"),
    row("/institutions/checks/{rectifying.file.pk}/", "rectifying", Role.LEADER),
    row("/institutions/checks/{rectifying.file.pk}/evidence/", "rectifying"),
    row("/institutions/checks/{rectifying.file.pk}/findings/{defect.pk}/rectified/", "rectifying"),
    row("/institutions/checks/{rechecking.file.pk}/findings/{mended.pk}/lacking/", "rechecking"),
    row("/institutions/certificate/{rectifying.licence.token}/", PUBLIC),
    row("/institutions/route-records/", Role.SUPERVISOR),
    row("/institutions/route-records/new/", Role.SUPERVISOR),
    row("/institutions/route-records/{record.pk}/", Role.SUPERVISOR),
    row("/institutions/cases/{draft.file.pk}/steps/submit/", "lab"),
    row("/institutions/cases/{submitted.file.pk}/", "clerk"),
    row("/institutions/cases/{submitted.file.pk}/points/", "clerk"),
    row("/institutions/cases/{submitted.file.pk}/steps/not_accept/", "clerk"),
    row("/institutions/cases/{correction.file.pk}/", "correcting"),
    row("/institutions/cases/{correction.file.pk}/points/{told.pk}/answer/", "correcting"),
    row("/institutions/cases/{accepted.file.pk}/plan/", "reviewer"),
    row("/institutions/cases/{review.file.pk}/", "expert"),
    row("/institutions/cases/{review.file.pk}/opinion/", "expert"),
    row("/institutions/cases/{review.file.pk}/points/{rectified.pk}/reopen/", "expert"),
    row("/institutions/cases/{proposed.file.pk}/", "approver", Role.LEADER),
    row("/institutions/cases/{proposed.file.pk}/steps/grant/", "approver"),
    row("/institutions/certificate/{licence.token}/", PUBLIC),
    row("/institutions/licences/", Role.SUPERVISOR),
    row("/institutions/licences/{revoking.licence.pk}/", Role.REVIEWER, "accused"),
    row("/institutions/licences/{revoking.licence.pk}/cma_rectify/new/", Role.OFFICER),
    row("/institutions/licences/{held.pk}/", "renewing"),
    row("/institutions/licences/{held.pk}/cma_cancel/new/", "renewing"),
    row("/institutions/life/{revoking.file.pk}/", Role.REVIEWER, "accused"),
    row("/institutions/life/{ordered.file.pk}/", "ordered", Role.OFFICER),
    row("/institutions/life/{cancelling.file.pk}/steps/propose/", Role.REVIEWER),
]

NOT_PAGES: dict[str, str] = {}


def seed(city: SimpleNamespace) -> None:
    prepare()
    for status in ("draft", "submitted", "accepted", "proposed"):
        setattr(city, status, Case().to(status))
    city.correction = Case().to("submitted")
    city.told = city.correction.point()
    city.correction.take(Role.WINDOW_CLERK, "correct")
    _rectified(city)
    _promised(city)
    _lives(city)
    decided = Case().to("decided")
    Licence.objects.filter(pk=decided.licence.pk).update(sealed_at=timezone.now())
    city.licence = decided.licence
    city.people |= {
        "planning": city.to_plan.person(Role.SUPERVISOR),
        "checking": city.to_visit.person("one"),
        "rectifying": city.rectifying.person("applicant"),
        "rechecking": city.rechecking.person("two"),
        "promising": city.promise.person("applicant"),
        "granting": city.promised.person(Role.APPROVER),
        "lab": city.draft.person("applicant"),
        "correcting": city.correction.person("applicant"),
        "clerk": city.submitted.person(Role.WINDOW_CLERK),
        "reviewer": city.accepted.person(Role.REVIEWER),
        "expert": city.review.person("first"),
        "approver": city.proposed.person(Role.APPROVER),
    }


def _rectified(city: SimpleNamespace) -> None:
    """A review in which a rectification came back, to be confirmed."""
    city.review = Case().to("review")
    city.rectified = city.review.point("first")
    city.review.take("head", "demand_rectification")
    city.review.answer_all()
    city.review.take("applicant", "rectify")


def _lives(city: SimpleNamespace) -> None:
    """Licences after issue: one to renew, one to be revoked, one ordered to rectify, one to be cancelled."""
    city.held = held(factories.organisation("示例·延续"), valid_from=today(timezone.now()) - dt.timedelta(days=2070))
    renewing = factories.person()
    factories.member(renewing, city.held.organisation)
    city.revoking = Life("cma_revoke", "fraud", held(factories.organisation("示例·撤销")))
    city.revoking.take(Role.REVIEWER, "notify")
    city.ordered = Life("cma_rectify", "conditions", held(factories.organisation("示例·改正")))
    city.ordered.take(Role.APPROVER, "order")
    city.cancelling = Life("cma_cancel", "wish", held(factories.organisation("示例·注销")))
    city.people |= {
        "renewing": renewing,
        "accused": city.revoking.person("holder"),
        "ordered": city.ordered.person("holder"),
    }


def _promised(city: SimpleNamespace) -> None:
    """The commitment route: to be signed, on a closed route; waiting for its decision; a record that closes it."""
    city.promise = Promise()
    city.promise.fill()
    city.promise.choose()
    city.record = record(city.promise, kind="commitment_revoked")
    city.promised = Promise().on("promised")
    city.to_plan, city.to_visit = OnSite(), OnSite().plan()
    city.rectifying = OnSite().plan().find(equipment="defect").order()
    city.defect = city.rectifying.check.findings.get(verdict="defect")
    city.rechecking = OnSite().plan().find(equipment="defect").order().rectify()
    city.mended = city.rechecking.check.findings.get(verdict="defect")
