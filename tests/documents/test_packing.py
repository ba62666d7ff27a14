"""A whole case in one archive: what is in it, the same bytes each time, and what stops it."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry
from apps.core.problems import Refused
from apps.documents import services
from apps.documents.constants import GeneratedState, ScanState
from apps.documents.models import Document, GeneratedDocument
from tests import factories
from tests.documents.conftest import NOW
from tests.documents.test_storing import store
from tests.parties.browsing import browse
from tests.parties.papers import PDF, image


def pack(case) -> bytes:
    with services.pack(actor=case.actor, now=NOW, subject_kind=case.kind, subject_id=case.id) as archive:
        return archive.read()


def paper(case) -> GeneratedDocument:
    return GeneratedDocument.objects.create(
        request_key="k",
        template="notice_acceptance",
        template_version="1",
        subject_kind=case.kind,
        subject_id=case.id,
        number="示〔2026〕1号/甲",
        params={},
        params_sha256="",
        state=GeneratedState.DONE,
        next_at=NOW,
        requested_at=NOW,
        done_at=NOW,
        sha256=hashlib.sha256(PDF).hexdigest(),
        file=ContentFile(PDF, "paper.pdf"),
    )


def test_what_the_archive_holds(case, media) -> None:
    kept, refused = store(case), store(case, image(), "照片.png")
    Document.objects.filter(pk=refused.pk).update(scan_state=ScanState.REJECTED)
    paper(case)
    archive = zipfile.ZipFile(io.BytesIO(pack(case)))
    assert archive.testzip() is None
    own, made = "材料/001 手册.pdf", "文书/001 受理通知书 示〔2026〕1号／甲.pdf"
    assert archive.namelist() == [own, made, "manifest.json", "SHA256SUMS"]
    assert archive.read(own) == archive.read(made) == PDF
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["case"] == f"{case.kind}-{case.id}"
    assert [row["sha256"] for row in manifest["documents"]] == [kept.sha256, hashlib.sha256(PDF).hexdigest()]
    assert [(row["name"], row["why"]) for row in manifest["left_out"]] == [("照片.png", "已拒收")]
    for line in archive.read("SHA256SUMS").decode().splitlines():
        digest, path = line.split("  ", 1)
        assert hashlib.sha256(archive.read(path)).hexdigest() == digest
    assert AuditEntry.objects.get(action="documents.pack").after == {"documents": 2, "left_out": 1}


def test_the_same_documents_give_the_same_bytes(case, media) -> None:
    store(case)
    paper(case)
    once = pack(case)
    assert pack(case) == once
    store(case, image(), "照片.png")
    assert pack(case) != once


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"other"), Path.unlink])
def test_a_stored_file_that_is_not_what_its_row_says_stops_it(case, media, damage) -> None:
    damage(Path(store(case).file.path))
    with pytest.raises(Refused, match="校验值不符"):
        pack(case)
    assert not AuditEntry.objects.filter(action="documents.pack").exists()


def test_only_staff_who_see_the_case_take_it_out(case, media) -> None:
    store(case)
    clerk = factories.staff(Role.WINDOW_CLERK)
    address = reverse("documents:package", args=[case.kind, case.id])
    assert browse(clerk).post(address).status_code == 404
    case.seen_by.add(clerk.pk)
    assert browse(clerk).get(address).status_code == 405
    response = browse(clerk).post(address)
    assert response["Content-Type"] == "application/zip"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))).namelist()[0] == "材料/001 手册.pdf"
    assert browse(case.person).post(address).status_code == 403
    assert AuditEntry.objects.filter(action="documents.pack").count() == 1


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_tests_own_transaction_too(case, media) -> None:
    """The trail entry was written in none: every archive of the running portal was an error page."""
    store(case)
    assert zipfile.ZipFile(io.BytesIO(pack(case))).testzip() is None
    assert AuditEntry.objects.filter(action="documents.pack").count() == 1
