"""Documents that people hand in: the page of a subject, downloads, previews, taking back."""

import uuid

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.requests import actor_of
from apps.core.calendar import today
from apps.core.forms import posted, put_problems, status_of, way_back
from apps.core.problems import ProblemsFound, Refused
from apps.documents import services
from apps.documents.access import subject_of
from apps.documents.constants import IMAGES, ORGANISATION, ScanState
from apps.documents.forms import UploadForm
from apps.documents.policies import get_visible_document, may_add, may_remove, sees_subject
from apps.documents.selectors import is_openable, store_choices
from apps.documents.views.serving import send
from apps.parties.selectors import organisations_of


@require_safe
def mine(request):
    """The stores of the organisations that the person acts for; one alone opens at once."""
    if request.user.is_staff_member:
        raise Http404
    organisations = list(organisations_of(request.user, today(timezone.now())))
    if len(organisations) == 1:
        return redirect("documents:subject", subject_kind=ORGANISATION, subject_id=organisations[0].pk)
    return render(request, "documents/mine.html", {"organisations": organisations, "kind": ORGANISATION})


@require_http_methods(["GET", "HEAD", "POST"])
def subject(request, subject_kind, subject_id):
    """The documents of a subject, and the form for one more. Works as a plain form; with JavaScript in pieces."""
    actor = actor_of(request)
    organisation_id = subject_id if subject_kind == ORGANISATION else actor.organisation_id
    if not sees_subject(request.user, subject_kind, organisation_id, subject_id):
        raise Http404
    adds = may_add(request.user, subject_kind, organisation_id, subject_id)
    if request.method == "POST" and not adds:
        raise Refused("permission")
    before = _replaced(request, subject_kind, subject_id)
    form = UploadForm(
        posted(request),
        request.FILES or None,
        kinds=subject_of(subject_kind).kinds,  # type: ignore[union-attr]  # asked above
        stored=[] if subject_kind == ORGANISATION else store_choices(organisation_id),
        initial={"replaces": before.uid, "kind": before.kind} if before else None,
    )
    if form.is_valid() and _stored(request, form, actor, organisation_id, subject_kind, subject_id):
        messages.success(request, _("文件已上传"))
        return redirect(_next(request, subject_kind, subject_id))
    context = {
        "form": form,
        "adds": adds,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "own_store": subject_kind == ORGANISATION,
        "back": _back(subject_kind, subject_id),
        "next": request.POST.get("next", "") or request.path,
        "before": before,
    }
    return render(request, "documents/subject.html", context, status=status_of(form))


def _replaced(request, subject_kind, subject_id):
    """The document whose next version the page asks for (?replaces=), if it is one of this subject."""
    asked = request.GET.get("replaces", "")
    known = _uuid(asked)
    if known is None:
        return None
    found = get_visible_document(request.user, known)
    return found if (found.subject_kind, found.subject_id) == (subject_kind, subject_id) else None


def _uuid(text):
    """The UUID of a text, or None."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _stored(request, form, actor, organisation_id, subject_kind, subject_id):
    """Whether the document was kept; if not, the form says why."""
    cleaned = form.cleaned_data
    place = {"organisation_id": organisation_id, "subject_kind": subject_kind, "subject_id": subject_id}
    common = {"actor": actor, "now": timezone.now(), "kind": cleaned["kind"], **place}
    try:
        if cleaned.get("stored"):
            services.reuse(document_id=int(cleaned["stored"]), **common)
            return True
        replaces = get_visible_document(request.user, cleaned["replaces"]).pk if cleaned["replaces"] else None
        services.store(upload=cleaned["upload"], resumable_id=cleaned["resumable"], replaces=replaces, **common)
    except (ProblemsFound, Refused) as found:
        put_problems(form, found)
        return False
    return True


def _back(subject_kind, subject_id):
    page = subject_of(subject_kind).page  # type: ignore[union-attr]  # asked by its callers
    return page(subject_id) if page else ""


def _next(request, subject_kind, subject_id):
    """Back to the page that held the form, if it is ours."""
    return way_back(request) or _back(subject_kind, subject_id) or request.path


@require_safe
def download(request, uid):
    """The file as an attachment."""
    document = _openable(request, uid)
    return send(
        request,
        document.file,
        name=document.original_name,
        content_type=document.content_type,
        size=document.size,
    )


@require_safe
def preview(request, uid):
    """A picture inside a page: its pixels were written anew when it came in. Everything else is a download."""
    document = _openable(request, uid)
    if document.content_type not in IMAGES:
        raise Http404
    return send(
        request,
        document.file,
        name=document.original_name,
        content_type=document.content_type,
        size=document.size,
        inline=True,
    )


def _openable(request, uid):
    document = get_visible_document(request.user, uid)
    if not is_openable(document):
        if document.scan_state == ScanState.QUARANTINED:
            raise Refused("document.quarantined", _("文件正在等待查毒，查毒通过后即可打开。"))
        raise Refused("document.rejected", _("文件未通过查毒，已拒收，不能打开。"))
    return document


@require_POST
def remove(request, uid):
    """Take a document back, with its versions."""
    document = get_visible_document(request.user, uid)
    if not may_remove(request.user, document):
        raise Refused("document.kept", _("材料已随事项提交，在保存期内不能移除。"))
    services.remove(actor=actor_of(request), now=timezone.now(), document_id=document.pk)
    messages.success(request, _("材料已移除"))
    return redirect(_after_removal(request, document))


def _after_removal(request, document):
    wanted = _next(request, document.subject_kind, document.subject_id)
    if wanted != request.path:
        return wanted
    return reverse("documents:subject", args=[document.subject_kind, document.subject_id])
