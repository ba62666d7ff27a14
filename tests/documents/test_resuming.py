"""Uploads in pieces: cut and resumed, foreign, abandoned."""

import datetime as dt
import uuid

import pytest

from apps.accounts.selectors import actor_for
from apps.core.problems import ProblemsFound, Refused
from apps.documents import services
from apps.documents.constants import OPEN_UPLOADS
from apps.documents.models import ResumableUpload
from tests import factories
from tests.documents.conftest import NOW
from tests.documents.test_storing import files_below, store
from tests.parties.papers import PDF


def begun(case, content: bytes = PDF) -> ResumableUpload:
    return services.begin(actor=case.actor, now=NOW, name="../手册.pdf", size=len(content))


def add(case, upload, offset: int, data: bytes) -> int:
    return services.append(actor=case.actor, now=NOW, upload_id=upload.pk, offset=offset, data=data)


@pytest.mark.django_db(transaction=True)
def test_pieces_become_the_document(case, media) -> None:
    upload = begun(case)
    assert add(case, upload, 0, PDF[:50]) == 50
    assert add(case, upload, 50, PDF[50:]) == len(PDF)
    services.complete(actor=case.actor, now=NOW, upload_id=upload.pk)
    document = store(case, upload=None, resumable_id=str(upload.pk))
    assert document.original_name == "手册.pdf"
    assert [path.read_bytes() for path in files_below(media)] == [PDF]
    assert not ResumableUpload.objects.exists()


def test_a_piece_for_another_place_changes_nothing(case, media) -> None:
    upload = begun(case)
    add(case, upload, 0, PDF[:50])
    for offset in (0, 49, 51, -1):
        with pytest.raises(Refused) as refused:
            add(case, upload, offset, PDF[50:60])
        assert (refused.value.code, refused.value.reason) == ("upload.offset", "50")
    assert len(files_below(media)) == 1


@pytest.mark.parametrize("data", [b"", PDF + b"x", b"0" * (3 * 1024 * 1024)])
def test_a_piece_of_a_wrong_size_is_refused(case, data) -> None:
    upload = services.begin(actor=case.actor, now=NOW, name="a.pdf", size=len(PDF))
    with pytest.raises(Refused) as refused:
        add(case, upload, 0, data)
    assert refused.value.code == "upload.piece"


@pytest.mark.parametrize("size", [0, -1, 30 * 1024 * 1024 + 1])
def test_a_wrong_size_is_refused_before_a_byte_is_sent(case, size) -> None:
    with pytest.raises(ProblemsFound):
        services.begin(actor=case.actor, now=NOW, name="a.pdf", size=size)


def test_an_unfinished_upload_is_no_document(case) -> None:
    upload = begun(case)
    add(case, upload, 0, PDF[:50])
    with pytest.raises(Refused):
        services.complete(actor=case.actor, now=NOW, upload_id=upload.pk)
    with pytest.raises(ProblemsFound):
        store(case, upload=None, resumable_id=upload.pk)


def test_somebody_else_cannot_touch_it(case) -> None:
    upload = begun(case)
    stranger = actor_for(factories.person())
    with pytest.raises(Refused) as refused:
        services.append(actor=stranger, now=NOW, upload_id=upload.pk, offset=0, data=PDF)
    assert refused.value.code == "upload.absent"
    add(case, upload, 0, PDF)
    case.actor = stranger
    with pytest.raises(ProblemsFound):
        store(case, upload=None, resumable_id=upload.pk)


def test_what_is_refused_can_be_cancelled(case) -> None:
    upload = begun(case)
    services.cancel(actor=case.actor, now=NOW, upload_id=upload.pk)
    with pytest.raises(Refused):
        add(case, upload, 0, PDF)
    with pytest.raises(Refused):
        services.cancel(actor=case.actor, now=NOW, upload_id=uuid.uuid4())


@pytest.mark.django_db(transaction=True)
def test_the_oldest_gives_way(case, media) -> None:
    first = begun(case)
    add(case, first, 0, PDF[:10])
    for _n in range(OPEN_UPLOADS):
        services.begin(actor=case.actor, now=NOW + dt.timedelta(minutes=1), name="a.pdf", size=10)
    assert ResumableUpload.objects.count() == OPEN_UPLOADS
    assert not ResumableUpload.objects.filter(pk=first.pk).exists()
    assert files_below(media) == []


@pytest.mark.django_db(transaction=True)
def test_abandoned_uploads_are_swept(case, media) -> None:
    upload = begun(case)
    add(case, upload, 0, PDF[:10])
    assert services.sweep_uploads(now=NOW + dt.timedelta(hours=23)) == 0
    assert services.sweep_uploads(now=NOW + dt.timedelta(hours=25)) == 1
    assert files_below(media) == []
