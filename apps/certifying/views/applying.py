"""The applicant's pages: begin, fill in the draft, choose a body, hand in documents, answer point by point."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.certifications.models import Certificate
from apps.certifications.selectors.reference import projects
from apps.certifying.constants import Kind
from apps.certifying.forms.applying import ROW_FORMS, AnswerForm, BasicsForm, BodyForm
from apps.certifying.rules.applying import APPLYING
from apps.certifying.selectors.applications import materials_of
from apps.certifying.selectors.bodies import directory
from apps.certifying.services import applications as services
from apps.certifying.services.points import answer_point
from apps.certifying.views.shared import application_or_404, call_of, day, draft_or_404, own_or_404
from apps.core.drafts import Drafting
from apps.core.forms import on_top_of, posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.core.text import whole_number
from apps.documents.forms import UploadForm
from apps.documents.selectors import current_documents, store_choices
from apps.workflow.bindings import process_of
from apps.workflow.constants import SUBJECT
from apps.workflow.policies import visible_files

HELD = 100


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request):
    """Which project, and what for; one press begins the draft."""
    if request.user.is_staff_member:
        raise Http404
    organisation = getattr(request, "acting_for", None)
    if request.method == "POST":
        if organisation is None:
            raise Http404
        return _begin(request, organisation)
    held = Certificate.objects.none()
    if organisation is not None:
        held = Certificate.objects.filter(holder=organisation.pk, status__in=["valid", "suspended", "expired"])
    context = {
        "organisation": organisation,
        "projects": projects(),
        "wanted": request.GET.get("project", ""),
        "held": held.select_related("project", "body").order_by("-listed_on", "-pk")[:HELD],
        "kinds": [kind for kind in Kind if kind != Kind.INITIAL],
    }
    return render(request, "certifying/apply.html", context)


def _begin(request, organisation):
    given = request.POST
    before = given.get("predecessor", "")
    try:
        made = services.open_draft(
            **call_of(request),
            organisation_id=organisation.pk,
            project_code=given.get("project", ""),
            kind=given.get("kind", ""),
            predecessor_id=whole_number(before),
        )
    except (Refused, ProblemsFound) as found:
        if isinstance(found, Refused) and found.code in ("permission", "project"):
            raise Http404 from None
        messages.error(request, found.reason if isinstance(found, Refused) else " ".join(map(str, found.problems)))
        return redirect("certifying:applications")
    return redirect("certifying:case", pk=made.file_id)


@require_safe
def mine(request):
    """The organisation's applications: where each is, which clock runs."""
    if request.user.is_staff_member:
        raise Http404
    organisation = getattr(request, "acting_for", None)
    files = visible_files(request.user).filter(process=APPLYING.code).select_related("organisation", "handler")
    own = files.filter(organisation=organisation.pk) if organisation else files.none()
    rows = [(file, process_of(file.process).state(file.status)) for file in own.order_by("-pk")[:200]]
    return render(request, "certifying/applications.html", {"rows": rows, "organisation": organisation})


@require_http_methods(["GET", "HEAD", "POST"])
def basics(request, pk):
    application = draft_or_404(request, pk)
    names = (*services.WRITTEN, "manufacturer", "factory", "version")
    drafting = Drafting(
        request,
        **call_of(request),
        key=f"certifying.application.{application.pk}",
        title=application.file.title,
        base=str(application.version),
    )
    initial = {name: getattr(application, name) for name in names}
    form = BasicsForm(drafting.data, initial=initial, shape=application.project.shape)
    if answered := drafting.step(form):
        return answered
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version")
        try:
            services.write_application(
                **call_of(request), application_id=application.pk, version=version, values=values
            )
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
            on_top_of(form, application_or_404(request, pk).version)
        else:
            drafting.done()
            messages.success(request, _("申请信息已保存。"))
            return redirect("certifying:case", pk=pk)
    context = {"application": application, "form": form, "drafting": drafting}
    return render(request, "certifying/basics.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def rows(request, pk, what):
    """The sites, or the product lines, with a form for one more."""
    application = draft_or_404(request, pk)
    if what not in ROW_FORMS:
        raise Http404
    form = ROW_FORMS[what](posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_row(**call_of(request), application_id=application.pk, what=what, values=form.cleaned_data)
        except Refused as refused:
            put_problems(form, refused)
        else:
            messages.success(request, _("已添加。"))
            return redirect("certifying:rows", pk=pk, what=what)
    listed = getattr(application, what).order_by("pk")
    context = {"application": application, "form": form, "what": what, "rows": listed}
    return render(request, "certifying/rows.html", context, status=status_of(form))


@require_POST
def row_remove(request, pk, what, row):
    application = draft_or_404(request, pk)
    if what not in ROW_FORMS or not getattr(application, what).filter(pk=row).exists():
        raise Http404
    services.remove_row(**call_of(request), application_id=application.pk, what=what, row_id=row)
    messages.info(request, _("已移除。"))
    return redirect("certifying:rows", pk=pk, what=what)


@require_http_methods(["GET", "HEAD", "POST"])
def body(request, pk):
    """The directory of bodies for the project, and the choice."""
    application = draft_or_404(request, pk)
    form = BodyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.choose_body(**call_of(request), application_id=application.pk, body_id=form.cleaned_data["body"])
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("已选择认证机构。"))
            return redirect("certifying:case", pk=pk)
    context = {"application": application, "form": form, "bodies": directory(application.project_id, day())}
    return render(request, "certifying/body.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def materials(request, pk):
    application = own_or_404(request, pk)
    asked = materials_of(application)
    form = UploadForm(
        posted(request),
        request.FILES or None,
        kinds=[(material.kind, material.label) for material, _handed in asked],
        stored=store_choices(application.file.organisation_id),
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
            services.add_material(**call_of(request), application_id=application.pk, kind=given["kind"], **sent)
        except (ProblemsFound, Refused) as found:
            put_problems(form, found)
        else:
            messages.success(request, _("材料已收到。"))
            return redirect("certifying:materials", pk=pk)
    context = {
        "application": application,
        "asked": asked,
        "form": form,
        "open": application.file.status in services.HANDED_IN_WHILE,
        "draft": application.file.status == APPLYING.start,
    }
    return render(request, "certifying/materials.html", context, status=status_of(form))


@require_POST
def material_remove(request, pk, document):
    application = draft_or_404(request, pk)
    if not current_documents(SUBJECT, application.file_id).filter(pk=document).exists():
        raise Http404
    services.remove_material(**call_of(request), application_id=application.pk, document_id=document)
    messages.info(request, _("材料已移除。"))
    return redirect("certifying:materials", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, pk, point):
    """The answer to one point; the points are sent together."""
    application = own_or_404(request, pk)
    found = application.points.filter(pk=point, told_at__isnull=False).first()
    if found is None:
        raise Http404
    form = AnswerForm(posted(request), initial={"answer": found.answer, "version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            answer_point(**call_of(request), application_id=application.pk, point_id=found.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as refusal:
            put_problems(form, refusal)
            on_top_of(form, application.points.get(pk=point).version)
        else:
            messages.success(request, _("答复已保存，请逐项答复后一并提交。"))
            return redirect("certifying:case", pk=pk)
    context = {"application": application, "point": found, "form": form}
    return render(request, "certifying/answer.html", context, status=status_of(form))
