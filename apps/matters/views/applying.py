"""The applicant's pages: begin, fill in, hand in, answer point by point, show that duties were done."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.drafts import Drafting
from apps.core.forms import on_top_of, posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.documents.forms import UploadForm
from apps.documents.selectors import current_documents, store_choices
from apps.matters.constants import PROCESS
from apps.matters.forms.cases import AnswerForm, CaseForm, DutyForm, line_forms, lines_of
from apps.matters.selectors import cases as selectors
from apps.matters.selectors.matters import matter_on, rows_of
from apps.matters.services import cases as services
from apps.matters.services.duties import write_duty
from apps.matters.services.points import answer_point
from apps.matters.views.shared import call_of, case_or_404, day, or_404, own_or_404
from apps.workflow.bindings import process_of
from apps.workflow.constants import SUBJECT
from apps.workflow.policies import visible_files


@require_POST
def begin(request, code):
    """One press begins the draft for the organisation acted for."""
    or_404(matter_on(code, day()))
    organisation = getattr(request, "acting_for", None)
    if organisation is None or request.user.is_staff_member:
        messages.error(request, _("请先在账号菜单中选择代表的单位，再开始办理。"))
        return redirect("matters:matter", code=code)
    organisation.refresh_from_db()  # the middleware reads a few columns only
    try:
        made = services.open_case(**call_of(request), organisation=organisation, code=code)
    except Refused as refusal:
        if not refusal.reason:
            raise
        messages.error(request, refusal.reason)
        return redirect("matters:mine")
    return redirect("matters:case", pk=made.file_id)


@require_GET
def mine(request):
    """The organisation's cases: where each is, and which day is next."""
    if request.user.is_staff_member:
        raise Http404
    files = visible_files(request.user).filter(process=PROCESS).select_related("organisation", "unit")
    rows = [(file, process_of(file.process).state(file.status)) for file in files.order_by("-pk")[:200]]
    return render(request, "matters/mine.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def form(request, pk):
    """What the matter asks; it keeps itself while it is typed."""
    case, on = own_or_404(request, pk), day()
    if case.file.status not in services.WRITTEN_IN:
        raise Http404
    drafting = Drafting(
        request,
        **call_of(request),
        key=f"matters.case.{case.pk}",
        title=case.file.title,
        base=str(case.version),
    )
    form = CaseForm(drafting.data, initial=_initial(case), case=case, on=on)
    lines = line_forms(case, on, drafting.data)
    if answered := drafting.step(form, *([lines] if lines is not None else [])):
        return answered
    if request.method == "POST" and form.is_valid() and (lines is None or lines.is_valid()):
        given = {**form.basics(), "version": form.cleaned_data["version"]}
        try:
            services.write_case(
                **call_of(request), case_id=case.pk, values={**form.values(), **lines_of(lines)}, **given
            )
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
            on_top_of(form, case_or_404(request, pk).version)
        else:
            drafting.done()
            messages.success(request, _("申请内容已保存。"))
            return redirect("matters:case", pk=pk)
    faulty = lines is not None and lines.is_bound and not drafting.resumed and not lines.is_valid()
    context = {"case": case, "form": form, "lines": lines, "drafting": drafting, "rows": rows_of(case.matter)}
    return render(request, "matters/form.html", context, status=422 if faulty else status_of(form))


def _initial(case):
    written = {name: getattr(case, name) for name in ("ground", "contact_name", "contact_phone", "version")}
    return {**case.values, **written}


@require_http_methods(["GET", "HEAD", "POST"])
def documents(request, pk):
    """Hand in what the matter asks for, or the proof of a duty."""
    case = own_or_404(request, pk)
    open_kinds = set(services.kinds_open(case))
    form = UploadForm(
        posted(request),
        request.FILES or None,
        kinds=[(kind, label) for kind, label in _kinds(case) if kind in open_kinds],
        stored=store_choices(case.file.organisation_id),
        initial={"kind": request.GET.get("kind", "")},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        sent = {
            "upload": given["upload"],
            "resumable_id": given["resumable"],
            "stored_id": int(given.get("stored") or 0) or None,
        }
        try:
            services.add_document(**call_of(request), case_id=case.pk, kind=given["kind"], **sent)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("材料已收到。"))
            return redirect("matters:documents", pk=pk)
    context = {
        "case": case,
        "asked": selectors.documents_of(case),
        "owed": selectors.owed_of(case),
        "form": form,
        "open": bool(open_kinds),
        "draft": case.file.status == "draft",
    }
    return render(request, "matters/documents.html", context, status=status_of(form))


def _kinds(case):
    rows = rows_of(case.matter)
    asked = [(each.code, each.shown) for each in rows.documents]
    return asked + [(selectors.paper_kind(each.code), each.shown) for each in rows.duties]


@require_POST
def document_remove(request, pk, document):
    case = own_or_404(request, pk)
    if not current_documents(SUBJECT, case.file_id).filter(pk=document).exists():
        raise Http404
    services.remove_document(**call_of(request), case_id=case.pk, document_id=document)
    messages.info(request, _("材料已移除。"))
    return redirect("matters:documents", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, pk, point):
    """The answer to one point; the points are sent together."""
    case = own_or_404(request, pk)
    found = or_404(case.points.filter(pk=point, told_at__isnull=False).first())
    form = AnswerForm(posted(request), initial={"answer": found.answer, "version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            answer_point(**call_of(request), case_id=case.pk, point_id=found.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as refusal:
            put_problems(form, refusal)
            on_top_of(form, case.points.get(pk=point).version)
        else:
            messages.success(request, _("答复已保存，请逐项答复后一并提交。"))
            return redirect("matters:case", pk=pk)
    context = {"case": case, "point": found, "form": form}
    return render(request, "matters/answer.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def duty(request, pk, duty):
    """When and how a duty was done."""
    case = own_or_404(request, pk)
    owed = or_404(next((each for each in selectors.owed_of(case) if each.row.pk == duty), None))
    row = owed.row
    initial = {"done_on": row.done_on, "statement": row.statement, "version": row.version}
    form = DutyForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            write_duty(**call_of(request), case_id=case.pk, duty_id=row.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as refusal:
            put_problems(form, refusal)
            on_top_of(form, case.duties.get(pk=duty).version)
        else:
            messages.success(request, _("履行情况已保存，请备齐证明后一并提交。"))
            return redirect("matters:case", pk=pk)
    return render(request, "matters/duty.html", {"case": case, "owed": owed, "form": form}, status=status_of(form))
