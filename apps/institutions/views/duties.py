"""What an institution owes: commitments, annual reports, samples of reports."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.forms import posted
from apps.core.templatetags.ui import zh
from apps.institutions.constants import CommitmentKind, CommitmentState
from apps.institutions.forms.duties import AnnualReportForm, BreachForm, CommitmentForm, SampleForm, SignForm
from apps.institutions.forms.files import ConfirmForm
from apps.institutions.rules.duties import last_quarter
from apps.institutions.services.commitments import (
    draft_commitment,
    publish_commitment,
    record_breach,
    sign_commitment,
)
from apps.institutions.services.reports import YearFigures, file_annual_report, file_sample
from apps.institutions.views.parts import part_of
from apps.institutions.views.shared import call_of, day, editable, form_page, supervised

EDITS = ["GET", "HEAD", "POST"]


@require_http_methods(EDITS)
def commitment_draft(request, pk):
    """Write this year's text, beginning with the last one."""
    institution = editable(request, pk)
    kind = request.GET.get("kind", CommitmentKind.COMMITMENT)
    last = institution.commitments.filter(kind=kind).order_by("-pk").first()
    return form_page(
        request,
        CommitmentForm(posted(request), initial={"kind": kind, "text": last.text if last else ""}),
        lambda form: draft_commitment(**call_of(request), institution_id=pk, **form.cleaned_data),
        institution=institution,
        title=_("起草公开承诺或自我声明"),
        anchor="commitments",
        done=_("草稿已保存"),
    )


@require_http_methods(EDITS)
def commitment_sign(request, pk, row):
    institution = editable(request, pk)
    commitment = part_of(institution.commitments, row)
    return form_page(
        request,
        SignForm(posted(request), initial={"version": commitment.version}),
        lambda form: sign_commitment(**call_of(request), commitment_id=row, **form.cleaned_data),
        institution=institution,
        title=_("签署"),
        anchor="commitments",
        done=_("已签署"),
        note=zh(commitment.text),
        button=_("签署"),
        row=commitment,
    )


@require_POST
def commitment_publish(request, pk, row):
    institution = editable(request, pk)
    commitment = part_of(institution.commitments, row)
    return form_page(
        request,
        ConfirmForm(request.POST),
        lambda form: publish_commitment(**call_of(request), commitment_id=row, **form.cleaned_data),
        institution=institution,
        title=_("公开"),
        anchor="commitments",
        done=_("已公开，原有的一份随之接续"),
        row=commitment,
    )


@require_http_methods(EDITS)
def commitment_breach(request, pk, row):
    """A supervisor's finding."""
    institution = supervised(request, pk)
    commitment = part_of(institution.commitments.filter(state=CommitmentState.PUBLISHED), row)
    return form_page(
        request,
        BreachForm(posted(request), initial={"version": commitment.version}),
        lambda form: record_breach(**call_of(request), commitment_id=row, **form.cleaned_data),
        institution=institution,
        title=_("认定违反承诺"),
        anchor="commitments",
        done=_("已登记并公布"),
        note=_("认定文号和日期将在公开页面显示，不能撤回。"),
        button=_("确认认定"),
        row=commitment,
    )


@require_http_methods(EDITS)
def annual_report(request, pk):
    """File the report on a year, last year's if nothing else is asked for."""
    institution = editable(request, pk)
    year = day().year - 1
    known = institution.annual_reports.filter(year=year).first()
    initial = {name: getattr(known, name) for name in YearFigures.__slots__} if known else {}
    return form_page(
        request,
        AnnualReportForm(posted(request), initial={**initial, "year": year}),
        lambda form: file_annual_report(
            **call_of(request), institution_id=pk, year=form.cleaned_data["year"], figures=form.figures()
        ),
        institution=institution,
        title=_("报送年度报告"),
        anchor="annual",
        done=_("已报送"),
        note=_("同一年度再次报送即为更正，原内容留痕。"),
        button=_("报送"),
    )


@require_http_methods(EDITS)
def sample(request, pk):
    """File the sample of a quarter, the last one if nothing else is asked for."""
    institution = editable(request, pk)
    year, quarter = last_quarter(day())
    return form_page(
        request,
        SampleForm(posted(request), initial={"year": year, "quarter": quarter}),
        lambda form: file_sample(**call_of(request), institution_id=pk, **form.cleaned_data),
        institution=institution,
        title=_("报送季度报告样本"),
        anchor="samples",
        done=_("已报送"),
        note=_("报告编号公开；请勿填写委托单位。报送后不能更改。"),
        button=_("报送"),
    )
