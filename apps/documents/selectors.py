"""Reads of documents, without asking who reads: policies do that."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum

from apps.documents.access import subject_of
from apps.documents.constants import OPENABLE, ORGANISATION, GeneratedState, ScanState
from apps.documents.models import Document, GeneratedDocument, ResumableUpload
from apps.documents.papers import PAPERS


@dataclass(frozen=True, slots=True)
class Used:
    """How much of a quota is used."""

    files: int
    size: int


def current_documents(subject_kind: str, subject_id: int) -> QuerySet[Document]:
    """The newest version of each document of a subject, removed ones left out, oldest document first."""
    rows = Document.objects.filter(subject_kind=subject_kind, subject_id=subject_id, removed_at=None)
    return rows.filter(replaced_by=None).select_related("uploaded_by").order_by("pk")


def store_choices(organisation_id: int | None) -> list[tuple[str, str]]:
    """What an organisation's own store offers to a case, as choices of a form."""
    if organisation_id is None:
        return []
    rows = current_documents(ORGANISATION, organisation_id).filter(purged_at=None)
    usable = rows.exclude(scan_state=ScanState.REJECTED).values_list("pk", "original_name", "uploaded_at")
    return [(str(pk), f"{name}（{uploaded:%Y-%m-%d}）") for pk, name, uploaded in usable]


def versions_of(document: Document) -> QuerySet[Document]:
    """Every version of a document, newest first."""
    return Document.objects.filter(chain=document.chain).select_related("uploaded_by").order_by("-number")


def generated_of(subject_kind: str, subject_id: int) -> QuerySet[GeneratedDocument]:
    """What the portal made for a subject, newest first."""
    rows = GeneratedDocument.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    return rows.order_by("-pk")


def kind_label(document: Document) -> Any:
    """What people call the kind of a document."""
    subject = subject_of(document.subject_kind)
    return subject.label_of(document.kind) if subject else document.kind


def is_openable(document: Document) -> bool:
    """Whether there is something that may be opened."""
    return document.scan_state in OPENABLE and document.purged_at is None


def used_by(rows: QuerySet[Document]) -> Used:
    """Files and bytes of the rows whose content is still kept."""
    found = rows.filter(purged_at=None).aggregate(files=Count("pk"), size=Sum("size"))
    return Used(found["files"], found["size"] or 0)


def used_by_subject(subject_kind: str, subject_id: int) -> Used:
    return used_by(Document.objects.filter(subject_kind=subject_kind, subject_id=subject_id))


def used_by_organisation(organisation_id: int) -> Used:
    return used_by(Document.objects.filter(organisation_id=organisation_id))


def upload_of(user: Any, uid: uuid.UUID) -> ResumableUpload | None:
    """A resumable upload, for the person who began it only."""
    return ResumableUpload.objects.filter(user=user, pk=uid).first()


def number_of(subject_kind: str, subject_id: int) -> str:
    """What people call a subject; its kind and id where its app gives it no number."""
    subject = subject_of(subject_kind)
    return subject.number(subject_id) if subject and subject.number else f"{subject_kind}-{subject_id}"


def paper_label(document: GeneratedDocument) -> Any:
    """What people call a generated document."""
    paper = PAPERS.get(document.template)
    return paper.label if paper else document.template


def state_counts(rows: QuerySet[GeneratedDocument]) -> dict[str, int]:
    """How many of the generated documents stand in each state."""
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return {state: counts.get(state, 0) for state in GeneratedState.values}
