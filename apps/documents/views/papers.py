"""Documents that the portal made: the staff's list with states, a failed one tried again, the file itself."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import staff_permission
from apps.accounts.constants import Permission
from apps.accounts.policies import has_permission
from apps.accounts.requests import actor_of
from apps.documents import services
from apps.documents.constants import GeneratedState
from apps.documents.forms import PaperFilter
from apps.documents.policies import get_visible_generated, sees_subject, visible_generated
from apps.documents.selectors import number_of, paper_label, state_counts
from apps.documents.views.serving import send, send_made

PER_PAGE = 50
sees_papers = staff_permission(Permission.DOCUMENT_VIEW)


@require_safe
@sees_papers
def listing(request):
    """Newest first; failed ones stand out and can be tried again."""
    form = PaperFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = visible_generated(request.user)
    for field in ("state", "template"):
        if wanted.get(field):
            rows = rows.filter(**{field: wanted[field]})
    if wanted.get("q"):
        rows = rows.filter(number__contains=wanted["q"].strip())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    counts = state_counts(visible_generated(request.user))
    context = {
        "form": form,
        "state": wanted.get("state", ""),
        "tabs": [(value, label, counts[value]) for value, label in GeneratedState.choices],
        "page": page,
        "rows": [(document, paper_label(document)) for document in page.object_list],
        "may_retry": has_permission(request.user, Permission.DOCUMENT_RETRY),
    }
    return render(request, "documents/papers.html", context, status=200 if form.is_valid() else 400)


@require_safe
def detail(request, uid):
    """One paper: state, hashes, versions, why it failed."""
    document = get_visible_generated(request.user, uid)
    if not request.user.is_staff_member:
        raise Http404
    context = {
        "document": document,
        "label": paper_label(document),
        "may_retry": document.state == GeneratedState.FAILED
        and has_permission(request.user, Permission.DOCUMENT_RETRY),
    }
    return render(request, "documents/paper.html", context)


@require_safe
def download(request, uid):
    """The PDF as an attachment."""
    document = get_visible_generated(request.user, uid)
    if document.state != GeneratedState.DONE:
        raise Http404
    name = " ".join(filter(None, (str(paper_label(document)), document.number)))
    return send(request, document.file, name=f"{name}.pdf", content_type="application/pdf", size=document.size)


@require_POST
@staff_permission(Permission.FILE_WORK)
def package(request, subject_kind, subject_id):
    """Everything of a subject in one archive. A POST, because the trail notes who took it out."""
    if not sees_subject(request.user, subject_kind, None, subject_id):
        raise Http404
    subject = {"subject_kind": subject_kind, "subject_id": subject_id}
    archive = services.pack(actor=actor_of(request), now=timezone.now(), **subject)
    return send_made(archive, name=f"{number_of(**subject)}.zip", content_type="application/zip")


@require_POST
@staff_permission(Permission.DOCUMENT_RETRY)
def retry(request, uid):
    """Try a failed paper again."""
    document = get_visible_generated(request.user, uid)
    services.retry(actor=actor_of(request), now=timezone.now(), document_id=document.pk)
    messages.success(request, _("已重新排队生成"))
    return redirect("documents:paper", uid=document.uid)
