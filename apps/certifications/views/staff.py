"""Staff pages: the list of certificates in scope, the file of one, and what may be recorded in it."""

from typing import Any

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission
from apps.certifications import rules
from apps.certifications.constants import Status
from apps.certifications.forms.staff import CertificateFilter, CorrectForm, RenewForm, StatusForm, SurveillanceForm
from apps.certifications.policies import get_visible_certificate, listed_certificates, may_change
from apps.certifications.rules.obligations import Duty, duties_basis, duties_consequence
from apps.certifications.selectors.schemes import rules_for
from apps.certifications.selectors.staff import COUNTED, file_of, filtered, for_list, tab_counts
from apps.certifications.services.file import add_period, correct_certificate, record_surveillance
from apps.certifications.services.status import change_status
from apps.certifications.views.shared import answer
from apps.core.calendar import today
from apps.core.forms import posted
from apps.core.pages import CappedPaginator
from apps.parties.policies import sees_everywhere

PAGE_SIZE = 50
VIEW, RECORD = Permission.CERTIFICATE_VIEW_INTERNAL, Permission.CERTIFICATE_RECORD_STATUS


@require_GET
@staff_permission(VIEW)
def certificate_list(request):
    now = timezone.now()
    form = CertificateFilter(request.GET)
    wanted, user = form.wanted(), request.user
    found = filtered(listed_certificates(user, where=wanted.where), wanted, now, today(now))
    page = CappedPaginator(for_list(found), PAGE_SIZE, cap=COUNTED).get_page(request.GET.get("page"))
    counts = tab_counts(listed_certificates(user), listed_certificates(user, where="outside"), now, today(now))
    context = {
        "form": form,
        "page": page,
        "wanted": wanted,
        "today": today(now),
        "now": now,
        "counted": COUNTED,
        "may_enter": has_permission(user, RECORD),
        "tabs": [(tab, name, counts[tab]) for tab, name in _tab_names(user).items()],
        "stale_ids": {row.pk for row in page if rules.is_stale(row.confirmed_at, row.source.cadence_days, now)},
    }
    return render(request, "certifications/staff_list.html", context)


def _tab_names(user) -> dict[str, str]:
    outside = {"outside": _("辖区外")} if sees_everywhere(user) else {}
    return {
        "all": _("全部"),
        "expiring": _("90 天内到期"),
        "suspended": _("暂停"),
        "surveillance": _("监督逾期"),
        "stale": _("数据过时"),
        "conflict": _("有冲突"),
        **outside,
    }


@require_GET
@staff_permission(VIEW)
def certificate_file(request, pk):
    now = timezone.now()
    certificate = get_visible_certificate(request.user, pk)
    status = rules.effective_status(certificate.status, certificate.valid_to, today(now))
    file = file_of(certificate)
    reason = file.moves[0].reason_class if file.moves else ""
    context = {
        "certificate": certificate,
        "file": file,
        "status": status,
        "words": rules.status_words(status),
        "next_step": rules.next_legal_step(status, reason, certificate.shape, certificate.project.group),
        "stale": rules.is_stale(certificate.confirmed_at, certificate.source.cadence_days, now),
        "today": today(now),
        "days_to_end": rules.days_left(certificate.valid_to, today(now)),
        "days_to_surveillance": rules.days_left(certificate.surveillance_due, today(now)),
        "must_be_suspended": _must_be_suspended(certificate, status, today(now)),
        "may_change": may_change(request.user, certificate),
        "may_handle": has_permission(request.user, Permission.MISMATCH_HANDLE),
        "may_move": any(move for move in rules.moves_from(status) if move.to_status != "expired"),
        "may_renew": rules.may_renew(status),
    }
    return render(request, "certifications/staff_file.html", context)


def _must_be_suspended(certificate, status, day):
    """What has to follow when the surveillance is overdue and the certificate still counts as valid; else None."""
    due = certificate.surveillance_due
    if status != Status.VALID or due is None or due >= day:
        return None
    shape, group = certificate.shape, certificate.project.group
    return {
        "consequence": duties_consequence(Duty.SURVEILLANCE, shape, group=group, overdue=True),
        "basis": duties_basis(Duty.SURVEILLANCE, shape, group),
    }


@require_http_methods(["GET", "POST"])
@staff_permission(RECORD)
def record_status(request, pk):
    certificate = get_visible_certificate(request.user, pk)
    form = StatusForm(posted(request), certificate=certificate)
    return answer(request, certificate, form, change_status, _("登记状态变化"), _("状态变化已登记，公开页面已更新。"))


@require_http_methods(["GET", "POST"])
@staff_permission(RECORD)
def renew(request, pk):
    certificate = get_visible_certificate(request.user, pk)
    form = RenewForm(posted(request), initial=_next_period(certificate))
    return answer(request, certificate, form, add_period, _("登记再认证"), _("新的有效期已登记。"))


@require_http_methods(["GET", "POST"])
@staff_permission(RECORD)
def surveillance(request, pk):
    certificate = get_visible_certificate(request.user, pk)
    form = SurveillanceForm(posted(request), initial={"version": certificate.version})
    return answer(request, certificate, form, record_surveillance, _("登记监督"), _("监督记录已登记。"))


@require_http_methods(["GET", "POST"])
@staff_permission(RECORD)
def correct(request, pk):
    certificate = get_visible_certificate(request.user, pk)
    form = CorrectForm(posted(request), initial=CorrectForm.initial_of(certificate))

    def service(*, version: int, reason: str, **changes: Any) -> None:
        correct_certificate(changes=form.changes(), version=version, reason=reason, **_of(changes))

    return answer(request, certificate, form, service, _("更正证书信息"), _("更正已登记。"))


def _of(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: arguments[name] for name in ("actor", "now", "certificate_id")}


def _next_period(certificate) -> dict[str, Any]:
    """The period that would follow without a gap, as a proposal."""
    if certificate.valid_to is None:
        return {"version": certificate.version}
    start = rules.day_after(certificate.valid_to)
    months = rules_for(certificate, start).validity_months
    if not months:
        return {"version": certificate.version}
    return {"version": certificate.version, "valid_from": start, "valid_to": rules.next_validity(start, months)}
