"""The pages of a check on site: the case, its plan, the officers' findings, the institution's answers."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.constants import Role
from apps.accounts.selectors import roles_held
from apps.core.calendar import today
from apps.core.forms import on_top_of, posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.institutions.forms.commitment_check import (
    CheckerForm,
    EvidenceForm,
    FindingForm,
    LackingForm,
    RectifiedForm,
    VisitForm,
)
from apps.institutions.rules.commitment_check import CHECK
from apps.institutions.rules.life_revoking import REVOCATION
from apps.institutions.selectors import commitment_check as selectors
from apps.institutions.services import commitment_check as checks
from apps.institutions.services import commitment_findings as findings
from apps.institutions.views.shared import call_of, version_seen
from apps.parties.policies import can_act_for
from apps.workflow.casepage import case_context
from apps.workflow.policies import get_visible_file, visible_files

EDITS = ["GET", "HEAD", "POST"]


@require_safe
def check(request, pk):
    """One page for everybody who may see the check, with what each may do."""
    found = _check_or_404(request, pk)
    file, staff = found.file, request.user.is_staff_member
    mine = found.checkers.filter(user=request.user).first()
    told = selectors.findings_of(found) if staff else selectors.told_findings(found)
    revocation = _seen(request, selectors.revocation_of(found))
    context = {
        "check": found,
        "staff": staff,
        "revocation": revocation,
        "revocation_stage": REVOCATION.state(revocation.file.status).label if revocation else "",
        "case": case_context(file, request.user, timezone.now()),
        "findings": told,
        "seen": selectors.seal_of_findings(told),
        "checkers": selectors.checkers_of(found) if staff else [],
        "evidence": selectors.evidence_of(found),
        "plans": _plans(request, found),
        "finds": mine is not None and file.status == findings.FOUND_IN,
        "settles": mine is not None and file.status == findings.SETTLED_IN,
        "answers": not staff and file.status == findings.ANSWERED_IN,
        "signed": mine is not None and mine.signed_at is not None,
        "recheck_told": staff or file.status != findings.SETTLED_IN,
    }
    return render(request, "institutions/check.html", context)


@require_http_methods(EDITS)
def plan(request, pk):
    """The day, and who checks."""
    found = _planned_or_404(request, pk)
    form = VisitForm(posted(request), initial={"visit_on": found.visit_on})
    if request.method == "POST" and form.is_valid():
        try:
            checks.set_visit(**call_of(request), check_id=found.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as refusal:
            put_problems(form, refusal)
        else:
            messages.success(request, _("核查日期已保存。"))
            return redirect("institutions:check_plan", pk=pk)
    return _plan_page(request, found, form, CheckerForm(people=_officers()))


@require_POST
def checker_add(request, pk):
    found = _planned_or_404(request, pk)
    form = CheckerForm(request.POST, people=_officers())
    if form.is_valid():
        try:
            checks.name_checker(**call_of(request), check_id=found.pk, user_id=form.cleaned_data["user"].pk)
        except (ProblemsFound, Refused) as refusal:
            put_problems(form, refusal)
        else:
            messages.success(request, _("已加入核查人员。"))
            return redirect("institutions:check_plan", pk=pk)
    return _plan_page(request, found, VisitForm(initial={"visit_on": found.visit_on}), form)


@require_POST
def checker_drop(request, pk, checker):
    found = _planned_or_404(request, pk)
    checks.drop_checker(**call_of(request), check_id=found.pk, checker_id=checker)
    messages.info(request, _("已移出核查人员。"))
    return redirect("institutions:check_plan", pk=pk)


@require_http_methods(EDITS)
def finding(request, pk):
    """What was found of one chapter; ?criterion= begins with what stands there."""
    found = _checking_or_404(request, pk, findings.FOUND_IN)
    form = FindingForm(posted(request), initial=_known(found, request.GET.get("criterion", "")))
    context = _form_context(found, form, _("填写核查结果"))
    if request.method == "POST" and form.is_valid():
        try:
            findings.write_finding(**call_of(request), check_id=found.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as refusal:
            put_problems(form, refusal)
            criterion = form.cleaned_data.get("criterion", "")
            on_top_of(form, _known(found, criterion)["seen"], field="seen")
            context["latest"] = found.findings.filter(criterion=criterion).first()
        else:
            messages.success(request, _("核查结果已保存；已签署的须重新签署。"))
            return redirect("institutions:check", pk=pk)
    return render(request, "institutions/check_form.html", context, status=status_of(form))


@require_POST
def sign(request, pk):
    """Sign the findings as the page showed them."""
    found = _checking_or_404(request, pk, findings.FOUND_IN)
    try:
        findings.sign_findings(**call_of(request), check_id=found.pk, seen=request.POST.get("seen", ""))
    except StaleVersion:
        messages.error(request, _("核查结果在您打开页面后有变动，尚未签署。请核对最新内容后再签署。"))
    except Refused as refusal:
        if not refusal.reason:
            raise
        messages.error(request, refusal.reason)
    else:
        messages.success(request, _("已签署核查结果。"))
    return redirect("institutions:check", pk=pk)


@require_POST
def settle(request, pk, row):
    """A checker confirms that a defect was rectified."""
    found = _checking_or_404(request, pk, findings.SETTLED_IN)
    pressed = {"finding_id": _defect_or_404(found, row).pk, "version": version_seen(request)}
    try:
        findings.settle_finding(**call_of(request), check_id=found.pk, **pressed)
    except StaleVersion:
        messages.error(request, _("该项在您打开页面后有变动，请核对最新内容后再办理。"))
    else:
        messages.success(request, _("已确认该项整改合格。"))
    return redirect("institutions:check", pk=pk)


@require_http_methods(EDITS)
def lacking(request, pk, row):
    """A checker writes what the rectification of one defect lacks."""
    found = _checking_or_404(request, pk, findings.SETTLED_IN)
    defect = _defect_or_404(found, row)
    form = LackingForm(posted(request), initial={"lacking": defect.lacking, "version": defect.version})
    if request.method == "POST" and form.is_valid():
        try:
            findings.find_lacking(**call_of(request), check_id=found.pk, finding_id=defect.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as refusal:
            put_problems(form, refusal)
            on_top_of(form, _defect_or_404(found, row).version)
        else:
            messages.success(request, _("已记录该项复查不合格。"))
            return redirect("institutions:check", pk=pk)
    context = {**_form_context(found, form, _("记录复查不合格")), "defect": defect}
    return render(request, "institutions/check_form.html", context, status=status_of(form))


@require_http_methods(EDITS)
def rectified(request, pk, row):
    """The institution says how one defect was rectified."""
    found = _own_or_404(request, pk)
    defect = _defect_or_404(found, row)
    form = RectifiedForm(posted(request), initial={"answer": defect.answer, "version": defect.version})
    if request.method == "POST" and form.is_valid():
        try:
            findings.answer_finding(**call_of(request), check_id=found.pk, finding_id=defect.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as refusal:
            put_problems(form, refusal)
            on_top_of(form, _defect_or_404(found, row).version)
        else:
            messages.success(request, _("整改情况已保存，请逐项填写后一并提交。"))
            return redirect("institutions:check", pk=pk)
    context = {**_form_context(found, form, _("填写整改情况")), "defect": defect}
    return render(request, "institutions/check_form.html", context, status=status_of(form))


@require_http_methods(EDITS)
def evidence(request, pk):
    """A document that shows what was rectified."""
    found = _own_or_404(request, pk)
    form = EvidenceForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            findings.add_evidence(**call_of(request), check_id=found.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as refusal:
            put_problems(form, refusal)
        else:
            messages.success(request, _("证据已收到。"))
            return redirect("institutions:check", pk=pk)
    return render(
        request, "institutions/check_form.html", _form_context(found, form, _("上传整改证据")), status=status_of(form)
    )


def _check_or_404(request, pk):
    """The check of a file that the person sees."""
    file = get_visible_file(request.user, pk)
    if file.process != CHECK.code:
        raise Http404
    return selectors.check_of_file(file)


def _seen(request, case):
    """The case, if the person may know of it: the holder, once it was told."""
    return case if case is not None and visible_files(request.user).filter(pk=case.file_id).exists() else None


def _plans(request, found):
    roles = roles_held(request.user, today(timezone.now())) if request.user.is_staff_member else frozenset()
    return found.file.status == checks.PLANNED_IN and Role.SUPERVISOR in roles


def _planned_or_404(request, pk):
    found = _check_or_404(request, pk)
    if not _plans(request, found):
        raise Http404
    return found


def _checking_or_404(request, pk, status):
    """The check, for one of its officers, in the status in which they work on it."""
    found = _check_or_404(request, pk)
    if found.file.status != status or not found.checkers.filter(user=request.user).exists():
        raise Http404
    return found


def _own_or_404(request, pk):
    """The check, for who acts for the institution, while it rectifies."""
    found = _check_or_404(request, pk)
    own = can_act_for(request.user, found.file.organisation_id, today(timezone.now()))
    if not own or found.file.status != findings.ANSWERED_IN:
        raise Http404
    return found


def _defect_or_404(found, row):
    defect = next((each for each in selectors.told_findings(found) if each.pk == row), None)
    if defect is None:
        raise Http404
    return defect


def _known(found, criterion):
    """What stands of one chapter, and its hash: what the form begins with."""
    known = found.findings.filter(criterion=criterion).first()
    if known is None:
        return {"criterion": criterion, "seen": ""}
    seen = selectors.seal_of_findings([known])
    return {"criterion": criterion, "verdict": known.verdict, "text": known.text, "seen": seen}


def _officers():
    return selectors.possible_checkers(today(timezone.now()))


def _form_context(found, form, title):
    return {"check": found, "form": form, "title": title}


def _plan_page(request, found, form, checker_form):
    context = {
        **_form_context(found, form, _("安排现场核查")),
        "checker_form": checker_form,
        "checkers": selectors.checkers_of(found),
    }
    faulty = form if form.errors else checker_form
    return render(request, "institutions/check_plan.html", context, status=status_of(faulty))
