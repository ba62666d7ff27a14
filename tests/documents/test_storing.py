"""Handing in, replacing, taking back: success, each refusal, the trail."""

import datetime as dt
import uuid

import pytest
from django.db import DataError

from apps.audit.models import AuditEntry
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.documents import services
from apps.documents.constants import ScanState
from apps.documents.models import Document
from apps.documents.selectors import current_documents, versions_of
from apps.documents.services import storing
from tests.core import packages
from tests.documents.conftest import NOW
from tests.parties.papers import PDF, image, upload


def store(case, content: bytes = PDF, name: str = "手册.pdf", **more) -> Document:
    fields = {
        "organisation_id": case.organisation.pk,
        "subject_kind": case.kind,
        "subject_id": case.id,
        "kind": "manual",
        "upload": upload(content, name),
    }
    return services.store(actor=case.actor, now=NOW, **{**fields, **more})


def files_below(folder) -> list:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_stored_with_hash_and_trail(case, media) -> None:
    document = store(case)
    assert document.content_type == "application/pdf"
    assert document.scan_state == ScanState.UNSCANNED
    assert document.original_name == "手册.pdf"
    [path] = files_below(media)
    assert "手册" not in str(path)
    assert path.read_bytes() == PDF
    entry = AuditEntry.objects.get(action="documents.document.store")
    assert entry.after["sha256"] == document.sha256
    assert entry.subject_id == str(case.id)


@pytest.mark.parametrize("content", [image(), image("JPEG"), packages.xlsx(), packages.docx()])
def test_every_type_of_the_list(case, content) -> None:
    assert store(case, content).size > 0


def test_what_is_refused_leaves_nothing(case, media) -> None:
    with pytest.raises(ProblemsFound) as found:
        store(case, b"MZ" + bytes(100))
    assert found.value.problems[0].place == "upload"
    assert not Document.objects.exists()
    assert files_below(media) == []


def test_a_failed_row_takes_its_file_along(case, media) -> None:
    with pytest.raises(DataError):
        store(case, kind="x" * 41)
    assert files_below(media) == []


def test_versions_form_a_chain(case) -> None:
    first = store(case)
    second = store(case, image(), "手册.png", replaces=first.pk)
    assert (second.chain, second.number, second.replaces_id) == (first.chain, 2, first.pk)
    assert list(current_documents(case.kind, case.id)) == [second]
    assert list(versions_of(first)) == [second, first]


def test_an_old_version_is_not_replaced_again(case) -> None:
    first = store(case)
    store(case, replaces=first.pk)
    with pytest.raises(StaleVersion):
        store(case, replaces=first.pk)


def test_a_document_of_another_case_is_not_replaced(case) -> None:
    other = store(case, subject_id=8)
    with pytest.raises(Refused) as refused:
        store(case, replaces=other.pk)
    assert refused.value.code == "document.absent"


@pytest.mark.parametrize(("name", "value"), [("SUBJECT_FILES", 1), ("SUBJECT_BYTES", len(PDF) + 10)])
def test_a_case_has_a_quota(case, monkeypatch, media, name, value) -> None:
    monkeypatch.setattr(storing, name, value)
    store(case)
    with pytest.raises(ProblemsFound) as found:
        store(case)
    assert [problem.code for problem in found.value.problems] == ["document.quota"]
    store(case, subject_id=8)
    assert len(files_below(media)) == 2


@pytest.mark.parametrize(("name", "value"), [("ORGANISATION_FILES", 1), ("ORGANISATION_BYTES", len(PDF) + 10)])
def test_an_organisation_has_a_quota_over_all_cases(case, monkeypatch, name, value) -> None:
    monkeypatch.setattr(storing, name, value)
    store(case)
    with pytest.raises(ProblemsFound):
        store(case, subject_id=8)


def test_removed_with_all_versions_and_purged_after_thirty_days(case, media) -> None:
    first = store(case)
    second = store(case, replaces=first.pk)
    services.remove(actor=case.actor, now=NOW, document_id=second.pk)
    assert not current_documents(case.kind, case.id).exists()
    assert services.purge_removed(actor=case.system, now=NOW + dt.timedelta(days=29)) == 0
    assert len(files_below(media)) == 2


@pytest.mark.django_db(transaction=True)
def test_the_content_goes_and_the_hash_stays(case, media) -> None:
    document = store(case)
    services.remove(actor=case.actor, now=NOW, document_id=document.pk)
    assert services.purge_removed(actor=case.system, now=NOW + dt.timedelta(days=31)) == 1
    assert files_below(media) == []
    document.refresh_from_db()
    assert document.sha256
    assert services.purge_removed(actor=case.system, now=NOW + dt.timedelta(days=31)) == 0


def test_twice_removed_is_stale(case) -> None:
    document = store(case)
    services.remove(actor=case.actor, now=NOW, document_id=document.pk)
    with pytest.raises(StaleVersion):
        services.remove(actor=case.actor, now=NOW, document_id=document.pk)


def test_what_was_submitted_is_kept(case) -> None:
    document = store(case)
    until = dt.date(2032, 7, 1)
    assert services.retain(actor=case.actor, now=NOW, subject_kind=case.kind, subject_id=case.id, until=until) == 1
    with pytest.raises(Refused) as refused:
        services.remove(actor=case.actor, now=NOW, document_id=document.pk)
    assert refused.value.code == "document.kept"
    services.retain(actor=case.actor, now=NOW, subject_kind=case.kind, subject_id=case.id, until=dt.date(2027, 1, 1))
    document.refresh_from_db()
    assert document.keep_until == until


def test_only_ones_own_store_is_used_again(case) -> None:
    place = {"organisation_id": case.organisation.pk, "subject_kind": case.kind, "subject_id": 9, "kind": "manual"}
    rejected = store(case, subject_kind="organisation", subject_id=case.organisation.pk)
    Document.objects.update(scan_state=ScanState.REJECTED)
    for source in (store(case), rejected):
        with pytest.raises(Refused) as refused:
            services.reuse(actor=case.actor, now=NOW, document_id=source.pk, **place)
        assert refused.value.code == "document.absent"
    assert not Document.objects.filter(subject_id=9).exists()


@pytest.mark.parametrize("uid", [None, "", "x", uuid.uuid4()])
def test_no_file_at_all(case, uid) -> None:
    with pytest.raises(ProblemsFound) as found:
        store(case, upload=None, resumable_id=uid)
    assert found.value.problems[0].code == "document.missing"
