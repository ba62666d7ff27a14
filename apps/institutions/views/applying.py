"""The applicant's pages: choose an item, fill the draft, hand in materials, answer point by point."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.selectors import actor_for
from apps.core.calendar import today
from apps.core.drafts import Drafting
from apps.core.forms import on_top_of, posted, put_problems, status_of
from apps.core.problems import ProblemsFound, Refused
from apps.documents.forms import UploadForm
from apps.documents.selectors import current_documents, store_choices
from apps.institutions.forms.licensing import AnswerForm, BasicsForm
from apps.institutions.policies import visible_licences
from apps.institutions.rules.commitment_check import CHECK
from apps.institutions.rules.licensing import LICENSING
from apps.institutions.selectors import applications as selectors
from apps.institutions.selectors.life import standing_of
from apps.institutions.services import applications as services
from apps.institutions.services.demands import answer_demand
from apps.institutions.views.licence_shared import application_or_404, own_or_404, told_demand_or_404
from apps.institutions.views.shared import call_of
from apps.workflow.bindings import path_of, process_of
from apps.workflow.constants import SUBJECT
from apps.workflow.policies import visible_files

SHOWN = (LICENSING.code, CHECK.code)  # what an institution follows on its own list


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request):
    """Which item; one press begins the draft."""
    organisation = getattr(request, "acting_for", None)
    if request.method == "POST":
        item = selectors.item_by_code(request.POST.get("item", ""))
        if item is None or organisation is None:
            raise Http404
        try:
            made = services.open_application(**call_of(request), organisation=_whole(organisation), item=item)
        except Refused as refusal:
            if not refusal.reason:
                raise
            messages.error(request, refusal.reason)
            return redirect("institutions:applications")
        return redirect("institutions:case", pk=made.file_id)
    on = today(timezone.now())
    licence = selectors.usable_licence(organisation.pk, on) if organisation else None
    context = {
        "items": selectors.items(),
        "organisation": organisation,
        "licence": licence,
        "renewal": selectors.renewal_of(licence, on) if licence else None,
    }
    return render(request, "institutions/apply.html", context)


@require_GET
def mine(request):
    """The organisation's applications: where each is, who holds it, which clock runs."""
    if request.user.is_staff_member:
        raise Http404
    files = visible_files(request.user).filter(process__in=SHOWN).select_related("organisation", "unit")
    rows = [(file, process_of(file.process).state(file.status), path_of(file)) for file in files.order_by("-pk")[:200]]
    on = today(timezone.now())
    held = [standing_of(each, on) for each in visible_licences(request.user, on).order_by("-valid_to", "-pk")[:50]]
    return render(request, "institutions/applications.html", {"rows": rows, "held": held})


@require_http_methods(["GET", "HEAD", "POST"])
def basics(request, pk):
    application = own_or_404(request, pk)
    initial = {name: getattr(application, name) for name in (*services.WRITTEN, "version")}
    drafting = Drafting(
        request,
        actor=actor_for(request.user, organisation_id=application.file.organisation_id),
        now=timezone.now(),
        key=f"institutions.application.{application.pk}",
        title=application.file.title,
        base=str(application.version),
    )
    form = BasicsForm(drafting.data, initial=initial, item=application.item)
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
            messages.success(request, _("基本信息已保存。"))
            return redirect("institutions:case", pk=pk)
    context = {"application": application, "form": form, "drafting": drafting}
    return render(request, "institutions/basics.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def materials(request, pk):
    application = own_or_404(request, pk)
    asked = selectors.materials_of(application)
    kinds = [(material.kind, selectors.name_of(material)) for material, _handed in asked]
    form = UploadForm(
        posted(request),
        request.FILES or None,
        kinds=kinds,
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
            return redirect("institutions:materials", pk=pk)
    context = {
        "application": application,
        "asked": asked,
        "form": form,
        "open": application.file.status in services.HANDED_IN_WHILE,
        "draft": application.file.status == LICENSING.start,
    }
    return render(request, "institutions/materials.html", context, status=status_of(form))


@require_POST
def material_remove(request, pk, document):
    application = own_or_404(request, pk)
    if not current_documents(SUBJECT, application.file_id).filter(pk=document).exists():
        raise Http404
    services.remove_material(**call_of(request), application_id=application.pk, document_id=document)
    messages.info(request, _("材料已移除。"))
    return redirect("institutions:materials", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, pk, demand):
    """The answer to one point; the points are sent together."""
    application = own_or_404(request, pk)
    found = told_demand_or_404(application, demand)
    form = AnswerForm(posted(request), initial={"answer": found.answer, "version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            answer_demand(**call_of(request), application_id=application.pk, demand_id=found.pk, **form.cleaned_data)
        except (ProblemsFound, Refused) as refusal:
            put_problems(form, refusal)
            on_top_of(form, told_demand_or_404(application, demand).version)
        else:
            messages.success(request, _("答复已保存，请逐项答复后一并提交。"))
            return redirect("institutions:case", pk=pk)
    context = {"application": application, "demand": found, "form": form}
    return render(request, "institutions/answer.html", context, status=status_of(form))


def _whole(organisation):
    """The middleware reads a few columns only."""
    organisation.refresh_from_db()
    return organisation
