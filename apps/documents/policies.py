"""Who sees which document. The subject's own app decides (access.register); absent and forbidden look alike."""

import uuid
from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from apps.accounts.constants import Permission
from apps.accounts.models import User
from apps.accounts.policies import has_permission
from apps.core.calendar import today
from apps.documents.access import subject_of
from apps.documents.models import Document, GeneratedDocument, ResumableUpload
from apps.documents.selectors import generated_of, upload_of
from apps.parties.policies import can_act_for, sees_everywhere, visible_organisations


def sees_subject(user: User, subject_kind: str, organisation_id: int | None, subject_id: int) -> bool:
    """Whether the user may see the documents of a subject."""
    subject = subject_of(subject_kind)
    return subject is not None and user.is_active and bool(subject.sees(user, organisation_id, subject_id))


def may_add(user: User, subject_kind: str, organisation_id: int | None, subject_id: int) -> bool:
    """Whether the user may hand in documents for a subject through the portal's own form."""
    subject = subject_of(subject_kind)
    if subject is None or subject.add is None or not user.is_active:
        return False
    return bool(subject.add(user, organisation_id, subject_id))


def get_visible_document(user: User, uid: uuid.UUID) -> Document:
    """A document that was not removed, or 404."""
    found = Document.objects.select_related("organisation", "uploaded_by").filter(uid=uid, removed_at=None).first()
    if found is None or not sees_subject(user, found.subject_kind, found.organisation_id, found.subject_id):
        raise Http404
    return found


def may_remove(user: User, document: Document) -> bool:
    """Whoever may hand in for the subject may take a document back, while nothing keeps it."""
    allowed = may_add(user, document.subject_kind, document.organisation_id, document.subject_id)
    return allowed and not is_kept(document)


def is_kept(document: Document) -> bool:
    """Whether the document was submitted with a matter and its retention still runs."""
    return document.keep_until is not None and document.keep_until >= today(timezone.now())


def get_visible_upload(user: User, uid: uuid.UUID) -> ResumableUpload:
    """One's own resumable upload, or 404."""
    found = upload_of(user, uid)
    if found is None:
        raise Http404
    return found


def get_visible_generated(user: User, uid: uuid.UUID) -> GeneratedDocument:
    """A generated document, by its subject or by permission; or 404."""
    found = GeneratedDocument.objects.filter(uid=uid).first()
    if found is None or not (
        visible_generated(user).filter(pk=found.pk).exists()
        or (
            sees_subject(user, found.subject_kind, None, found.subject_id)
            and not {found.template, found.request_key} & {*_withheld(user, found.subject_kind, found.subject_id)}
        )
    ):
        raise Http404
    return found


def visible_papers(user: User, subject_kind: str, subject_id: int) -> QuerySet[GeneratedDocument]:
    """What the portal made for a subject, for somebody who sees the subject, newest first."""
    withheld = _withheld(user, subject_kind, subject_id)
    return generated_of(subject_kind, subject_id).exclude(Q(template__in=withheld) | Q(request_key__in=withheld))


def _withheld(user: User, subject_kind: str, subject_id: int) -> Collection[str]:
    """The papers of a subject that its app keeps back from the person, by template; or single ones, by request key."""
    subject = subject_of(subject_kind)
    return subject.withheld(user, subject_id) if subject is not None and subject.withheld is not None else ()


def visible_generated(user: User) -> QuerySet[GeneratedDocument]:
    """The list of generated documents, for the bureau: a branch opens those of its own files, by their subject."""
    if not (has_permission(user, Permission.DOCUMENT_VIEW) and sees_everywhere(user)):
        return GeneratedDocument.objects.none()
    return GeneratedDocument.objects.order_by("-pk")


def sees_store(user: User, organisation_id: int | None, subject_id: int) -> bool:
    """An organisation's own store: its people, and staff who see the organisation."""
    return visible_organisations(user, today(timezone.now())).filter(pk=subject_id).exists()


def may_fill_store(user: User, organisation_id: int | None, subject_id: int) -> bool:
    """Only the organisation's own people put something into its store."""
    return not user.is_staff_member and can_act_for(user, subject_id, today(timezone.now()))
