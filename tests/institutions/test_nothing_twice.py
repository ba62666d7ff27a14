"""What the portal already knows is not asked again: posts, place, papers in the store, pieces already sent."""

import pytest
from django.urls import reverse

from apps.documents.constants import ORGANISATION
from apps.documents.models import Document, ResumableUpload
from apps.documents.services import store
from apps.institutions.models import Item, Site
from apps.institutions.services.applications import open_application
from apps.institutions.services.people import appoint, end_appointment
from tests import factories
from tests.institutions.casework import Case, prepare
from tests.institutions.house import NOW, TODAY, browse, call, lab, post_facts, url
from tests.parties.papers import PDF, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


def test_a_draft_names_who_holds_the_posts_today() -> None:
    made, user = lab()
    by = call(user)
    for position, name in (("top_manager", "示例甲"), ("technical_head", "示例乙"), ("technical_head", "示例丙")):
        appoint(**by, institution_id=made.pk, facts=post_facts(position=position, name=name, fields=""))
    left = appoint(**by, institution_id=made.pk, facts=post_facts(position="legal_representative", fields=""))
    end_appointment(**by, appointment_id=left.pk, until=left.since, end_reason="离任")
    site = Site.objects.create(institution=made, name="一号", address="示例路9号", since=TODAY, recorded_at=NOW)
    item = Item.objects.get(pk="first")
    draft = open_application(**by, organisation=made.organisation, item=item)
    assert (draft.top_manager, draft.technical_head, draft.address) == ("示例甲", "示例乙、示例丙", site.address)
    assert draft.legal_representative == made.organisation.legal_representative


def stored(case: Case, organisation_id: int) -> Document:
    place = {"organisation_id": organisation_id, "subject_kind": ORGANISATION, "subject_id": organisation_id}
    return store(**case.by("applicant"), kind="licence", upload=upload(PDF, "营业执照.pdf"), **place)


def test_a_paper_of_the_own_store_serves_for_an_application() -> None:
    case = Case()
    own, foreign = stored(case, case.lab.pk), stored(case, factories.organisation().pk)
    client, address = browse(case.person("applicant")), url("materials", case.file.pk)
    assert "从材料库选用" in client.get(address).content.decode()
    assert client.post(address, {"kind": "legal", "stored": str(own.pk)}).status_code == 302
    taken = Document.objects.get(subject_id=case.file.pk, kind="legal")
    assert (taken.sha256, taken.original_name) == (own.sha256, "营业执照.pdf")
    assert client.post(address, {"kind": "legal", "stored": str(foreign.pk)}).status_code == 422
    assert client.post(address, {"kind": "unknown", "stored": str(own.pk)}).status_code == 422
    assert Document.objects.filter(subject_id=case.file.pk, kind="legal").count() == 1


def test_a_material_comes_in_pieces_and_goes_on_where_it_stopped() -> None:
    case = Case()
    client = browse(case.person("applicant"))
    uid = client.post(reverse("documents:upload_begin"), {"name": "手册.pdf", "size": len(PDF)}).json()["id"]
    for start, end in ((0, 40), (40, len(PDF))):
        headers = {"Upload-Offset": str(start)}
        piece = {"content_type": "application/octet-stream", "headers": headers}
        assert client.put(reverse("documents:upload", args=[uid]), PDF[start:end], **piece).status_code == 204
    assert client.post(url("materials", case.file.pk), {"kind": "manual", "resumable": uid}).status_code == 302
    with Document.objects.get(subject_id=case.file.pk).file.open() as kept:
        assert kept.read() == PDF
    assert not ResumableUpload.objects.exists()
