"""Documents of a subject on any page: {% document_list kind id %} and {% document_upload kind id %}."""

from django import template

from apps.accounts.requests import ACTING_FOR
from apps.documents.access import subject_of
from apps.documents.constants import IMAGES, ORGANISATION
from apps.documents.forms import UploadForm
from apps.documents.policies import is_kept, may_add, sees_subject, visible_papers
from apps.documents.selectors import (
    current_documents,
    is_openable,
    kind_label,
    paper_label,
    store_choices,
    versions_of,
)

register = template.Library()


@register.inclusion_tag("documents/rows.html", takes_context=True)
def document_list(context, subject_kind, subject_id):
    """What was handed in (newest versions, older ones folded away) and what the portal made, for who may see it."""
    request = context["request"]
    user = request.user
    organisation_id = _organisation(subject_kind, subject_id, request)
    if not sees_subject(user, subject_kind, organisation_id, subject_id):
        return {"rows": [], "papers": []}
    found = list(current_documents(subject_kind, subject_id))
    adds = may_add(user, subject_kind, organisation_id, subject_id)
    return {
        "rows": [_row(document, adds) for document in found],
        "papers": [(paper, paper_label(paper)) for paper in visible_papers(user, subject_kind, subject_id)],
        "here": request.get_full_path(),
        "staff": user.is_staff_member,
        "csrf_token": context.get("csrf_token"),
    }


def _row(document, adds):
    return {
        "document": document,
        "kind": kind_label(document),
        "open": is_openable(document),
        "image": document.content_type in IMAGES,
        "earlier": list(versions_of(document).exclude(pk=document.pk)) if document.number > 1 else [],
        "removable": adds and not is_kept(document),
        "adds": adds,
    }


@register.inclusion_tag("documents/upload_form.html", takes_context=True)
def document_upload(context, subject_kind, subject_id, form=None):
    """The form for one more document, for who may hand in; nothing for everybody else."""
    request = context["request"]
    organisation_id = _organisation(subject_kind, subject_id, request)
    if not may_add(request.user, subject_kind, organisation_id, subject_id):
        return {}
    kinds = subject_of(subject_kind).kinds  # type: ignore[union-attr]  # may_add knows it
    stored = _offered(subject_kind, organisation_id)
    return {
        "form": form or UploadForm(kinds=kinds, stored=stored),
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "here": context.get("next") or request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
    }


def _offered(subject_kind, organisation_id):
    return [] if subject_kind == ORGANISATION else store_choices(organisation_id)


def _organisation(subject_kind, subject_id, request):
    return subject_id if subject_kind == ORGANISATION else request.session.get(ACTING_FOR)
