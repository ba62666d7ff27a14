"""An audit's people and findings; the class of a CCC factory."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.certifications.constants import Shape
from apps.certifications.rules.schemes import FACTORY_CLASSES
from apps.certifications.selectors.schemes import rules_for
from apps.certifying.forms.life import AuditorForm, ClosingForm, FactoryClassForm, FindingForm
from apps.certifying.models import FactoryClass
from apps.certifying.models.life import FactoryGrade
from apps.certifying.policies import (
    can_classify,
    can_close_finding,
    can_name_auditors,
    can_write_findings,
    get_life_certificate,
)
from apps.certifying.rules.life_terms import AUDIT
from apps.certifying.selectors.life import case_of
from apps.certifying.services import life_findings as services
from apps.certifying.views.life_shared import call_of, case_file
from apps.core.calendar import today
from apps.core.forms import posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.parties.constants import BodyDuty
from apps.parties.selectors.duties import duty_holders
from apps.workflow.services import name_person, unname_person


def _form_page(request, form, act, *, file, title, done):
    """Show a form of a case, or do what it asks: `act()` is the one service call."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, done)
            return redirect("certifying:life_case", pk=file.pk)
    context = {"file": file, "form": form, "title": title}
    return render(request, "certifying/life_form.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def finding_add(request, pk):
    """One nonconformity of an audit."""
    file = case_file(request, pk)
    shown = case_of(file)
    if not can_write_findings(request.user, shown, today(timezone.now())):
        raise Http404
    form = FindingForm(posted(request))

    def act():
        services.add_finding(**call_of(request), case_id=shown.pk, **form.cleaned_data)

    return _form_page(request, form, act, file=file, title=_("登记不符合项"), done=_("不符合项已登记。"))


@require_http_methods(["GET", "HEAD", "POST"])
def finding_close(request, pk, row):
    """The correction was verified."""
    file = case_file(request, pk)
    shown = case_of(file)
    if not can_close_finding(request.user, shown, today(timezone.now())):
        raise Http404
    finding = get_object_or_404(shown.findings, pk=row, closed_at=None)
    form = ClosingForm(posted(request))

    def act():
        services.close_finding(**call_of(request), finding_id=finding.pk, **form.cleaned_data)

    title = _("关闭不符合项：%(clause)s") % {"clause": finding.clause}
    return _form_page(request, form, act, file=file, title=title, done=_("不符合项已关闭。"))


@require_http_methods(["GET", "HEAD", "POST"])
def auditor_add(request, pk):
    """Name an auditor: from then on they see the audit, and cannot decide on it."""
    file = case_file(request, pk)
    on = today(timezone.now())
    if not can_name_auditors(request.user, case_of(file), on):
        raise Http404
    people = duty_holders(file.handler_id, [BodyDuty.AUDIT], on).order_by("display_name", "pk")
    form = AuditorForm(posted(request), people=[(each.pk, each.display_name) for each in people])

    def act():
        name_person(**call_of(request), file_id=file.pk, user_id=int(form.cleaned_data["user"]), role=AUDIT)

    return _form_page(request, form, act, file=file, title=_("指定审核人员"), done=_("审核人员已指定。"))


@require_POST
def auditor_drop(request, pk, row):
    """End a naming."""
    file = case_file(request, pk)
    if not can_name_auditors(request.user, case_of(file), today(timezone.now())):
        raise Http404
    unname_person(**call_of(request), file_id=file.pk, user_id=row, role=AUDIT)
    return redirect("certifying:life_case", pk=file.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def classify(request, pk):
    """Put the factory of a CCC certificate into a class."""
    on = today(timezone.now())
    found = get_life_certificate(request.user, pk, on)
    if found.shape != Shape.CCC or not can_classify(request.user, found, on):
        raise Http404
    known = FactoryClass.objects.filter(certificate=found).first()
    initial = {"version": known.version, "grade": known.grade} if known else {"version": 0}
    form = FactoryClassForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_factory_class(**call_of(request), certificate_id=found.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as problem:
            put_problems(form, problem)
        else:
            messages.success(request, _("工厂类别已登记。"))
            return redirect("certifying:certificate", pk=pk)
    rules = rules_for(found, on)
    intervals = [(grade, rules.follow_up_months(grade)) for grade in FactoryGrade.values]
    context = {"certificate": found, "form": form, "intervals": intervals, "basis": rules.basis(FACTORY_CLASSES["B"])}
    return render(request, "certifying/factory_class.html", context, status=status_of(form))
