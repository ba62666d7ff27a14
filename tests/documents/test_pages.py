"""Over HTTP: the store of an organisation, downloads with their headers, who sees what."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role
from apps.accounts.models import UnitKind
from apps.audit.models import AuditEntry
from apps.documents import access, policies, services
from apps.documents.constants import ORGANISATION, ScanState
from apps.documents.models import Document, GeneratedDocument, ResumableUpload
from apps.documents.samples import sample
from apps.parties.models import Membership
from tests import factories
from tests.core.packages import xlsx
from tests.documents.conftest import NOW
from tests.documents.test_storing import store
from tests.parties.browsing import browse
from tests.parties.papers import PDF, image, upload

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"documents:{name}", args=args)


def store_page(case) -> str:
    return url("subject", ORGANISATION, case.organisation.pk)


def handed_in(case, content: bytes = PDF, name: str = "营业执照.pdf", **more) -> Document:
    fields = {"subject_kind": ORGANISATION, "subject_id": case.organisation.pk, "kind": "licence"}
    return store(case, content, name, **{**fields, **more})


def got(client: Client, address: str) -> int:
    """The status of a download, read to its end."""
    answer = client.get(address)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer.status_code


def test_a_plain_form_is_enough(case) -> None:
    client = browse(case.person)
    page = client.get(store_page(case))
    assert 'enctype="multipart/form-data"' in page.content.decode()
    answer = client.post(store_page(case), {"kind": "licence", "upload": upload()})
    assert answer.status_code == 302
    page = client.get(store_page(case)).content.decode()
    assert "营业执照.pdf" in page
    assert "未扫描" in page
    assert Document.objects.get().sha256 in page


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"kind": "licence"}, "请选择要上传的文件"),
        ({"kind": "licence", "upload": upload(b"MZ" + bytes(50), "a.pdf")}, "内容不是 PDF"),
        ({"kind": "nonsense", "upload": upload()}, "选择一个有效的选项"),
        ({"kind": "licence", "resumable": "x"}, "UUID"),
        ({"kind": "licence", "resumable": str(uuid.uuid4())}, "没有收到文件"),
        ({"kind": "licence", "upload": upload(b"", "leer.pdf")}, "文件是空的"),
        ({}, "请选择要上传的文件"),
    ],
)
def test_bad_input_says_what_is_wrong(case, sent, said) -> None:
    answer = browse(case.person).post(store_page(case), sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Document.objects.exists()


def test_back_to_the_page_that_held_the_form_and_nowhere_else(case) -> None:
    client = browse(case.person)
    here = store_page(case)
    for wanted, target in (("/my/", "/my/"), ("https://evil.example.org/", here), ("x", here), ("²", here)):
        answer = client.post(store_page(case), {"kind": "licence", "upload": upload(), "next": wanted})
        assert answer.headers["Location"] == target


def test_a_new_version_replaces_the_old_one(case) -> None:
    first = handed_in(case)
    client = browse(case.person)
    answer = client.post(
        store_page(case), {"kind": "licence", "upload": upload(image(), "新.png"), "replaces": str(first.uid)}
    )
    assert answer.status_code == 302
    page = client.get(store_page(case)).content.decode()
    assert "第 2 版" in page
    second = Document.objects.get(number=2)
    form = client.get(store_page(case), {"replaces": str(second.uid)}).content.decode()
    assert "上传新版本" in form
    assert f'name="replaces" value="{second.uid}"' in form
    assert client.get(store_page(case), {"replaces": "x"}).status_code == 200
    again = {"kind": "licence", "upload": upload(), "replaces": str(first.uid)}
    assert client.post(store_page(case), again).status_code == 409
    assert client.post(store_page(case), {**again, "replaces": str(uuid.uuid4())}).status_code == 404


def test_a_download_is_an_attachment_that_nothing_runs(case) -> None:
    document = handed_in(case, name='执照"; x=<script>.pdf')
    answer = browse(case.person).get(url("download", document.uid))
    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert "\n" not in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Length"] == str(len(PDF))


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-9", 206, PDF[:10]),
        ("bytes=10-", 206, PDF[10:]),
        ("bytes=-5", 206, PDF[-5:]),
        ("bytes=0-99999999", 200, PDF),
        ("bytes=99999999-", 416, b""),
        ("bytes=9-5", 416, b""),
        ("bytes=0-1,5-6", 200, PDF),
        ("bytes=-", 200, PDF),
        ("lines=1", 200, PDF),
    ],
)
def test_ranges(case, asked, status, content) -> None:
    document = handed_in(case)
    answer = browse(case.person).get(url("download", document.uid), headers={"Range": asked})
    assert answer.status_code == status
    assert (b"".join(answer.streaming_content) if status != 416 else answer.content) == content
    if status == 206:
        assert answer.headers["Content-Range"].endswith(f"/{len(PDF)}")
        assert answer.headers["Content-Length"] == str(len(content))


def test_only_pictures_have_a_preview(case) -> None:
    client = browse(case.person)
    shown = client.get(url("preview", handed_in(case, image(), "a.png").uid))
    assert b"".join(shown.streaming_content).startswith(b"\x89PNG")
    assert shown.headers["Content-Type"] == "image/png"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    for content in (PDF, xlsx()):
        assert client.get(url("preview", handed_in(case, content).uid)).status_code == 404


def others() -> list:
    """Everybody who has nothing to do with the organisation."""
    stranger = factories.person()
    factories.member(stranger, factories.organisation())
    county = factories.unit("x521", "520621", UnitKind.BRANCH)
    return [stranger, factories.staff(Role.WINDOW_CLERK, at=county), factories.staff(Role.SYSTEM_ADMIN)]


def test_a_foreign_document_is_absent(case) -> None:
    document = handed_in(case, image(), "a.png")
    for person in others():
        client = browse(person)
        assert client.get(store_page(case)).status_code == 404
        assert got(client, url("download", document.uid)) == 404
        assert client.get(url("preview", document.uid)).status_code == 404
        assert client.post(url("remove", document.uid)).status_code == 404
        assert client.post(store_page(case), {"kind": "licence", "upload": upload()}).status_code == 404
    assert Client().get(url("download", document.uid)).status_code == 302
    assert Document.objects.count() == 1


def test_staff_look_and_do_not_touch(case) -> None:
    document = handed_in(case)
    client = browse(factories.staff(Role.WINDOW_CLERK))
    page = client.get(store_page(case)).content.decode()
    assert "营业执照.pdf" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    assert got(client, url("download", document.uid)) == 200
    assert client.post(store_page(case), {"kind": "licence", "upload": upload()}).status_code == 403
    assert client.post(url("remove", document.uid)).status_code == 409
    assert AuditEntry.objects.filter(action__contains="refus").count() >= 1


def test_a_person_whose_membership_ended_sees_nothing(case) -> None:
    document = handed_in(case)
    client = browse(case.person)
    assert got(client, url("download", document.uid)) == 200
    Membership.objects.filter(user=case.person).update(ends_on=dt.date(2026, 1, 1))
    assert got(client, url("download", document.uid)) == 404


def test_a_subject_that_nobody_registered_is_absent(case) -> None:
    document = handed_in(case, subject_kind="nobody.knows")
    client = browse(case.person)
    assert client.get(url("subject", "nobody.knows", case.organisation.pk)).status_code == 404
    assert got(client, url("download", document.uid)) == 404


@pytest.mark.parametrize(("state", "said"), [(ScanState.QUARANTINED, "等待查毒"), (ScanState.REJECTED, "已拒收")])
def test_nothing_is_opened_before_it_is_clean(case, state, said) -> None:
    document = handed_in(case, image(), "a.png")
    Document.objects.update(scan_state=state)
    client = browse(case.person)
    for name in ("download", "preview"):
        answer = client.get(url(name, document.uid))
        assert answer.status_code == 409
        assert said in answer.content.decode()
    page = client.get(store_page(case)).content.decode()
    assert f'href="{url("download", document.uid)}"' not in page
    assert said in page


def test_taken_back(case) -> None:
    document = handed_in(case)
    client = browse(case.person)
    assert client.post(url("remove", document.uid), {"next": "//evil.example.org"}).headers["Location"] == store_page(
        case
    )
    assert got(client, url("download", document.uid)) == 404
    assert "营业执照.pdf" not in client.get(store_page(case)).content.decode()


def test_hostile_names_are_text(case) -> None:
    handed_in(case, name="<img src=x onerror=alert(1)>{{7*7}}.pdf")
    page = browse(case.person).get(store_page(case)).content.decode()
    assert "<img src=x" not in page
    assert "{{77}}.pdf" in page


def test_the_way_to_the_store(case) -> None:
    client = browse(case.person)
    assert client.get(url("mine")).headers["Location"] == store_page(case)
    factories.member(case.person, factories.organisation())
    assert client.get(url("mine")).status_code == 200
    assert browse(factories.person()).get(url("mine")).status_code == 200
    assert browse(factories.staff(Role.WINDOW_CLERK)).get(url("mine")).status_code == 404


def test_from_the_store_into_a_case(case) -> None:
    stored = handed_in(case)
    client = browse(case.person)
    client.post(reverse("parties:acting_for"), {"organisation": case.organisation.pk})
    page = url("subject", case.kind, case.id)
    assert "从材料库选用" in client.get(page).content.decode()
    assert "从材料库选用" not in client.get(store_page(case)).content.decode()
    assert client.post(page, {"kind": "manual", "stored": str(stored.pk)}).status_code == 302
    copy = Document.objects.get(subject_kind=case.kind)
    assert (copy.sha256, copy.original_name) == (stored.sha256, stored.original_name)
    assert copy.file.name != stored.file.name
    foreign = handed_in(case, organisation_id=factories.organisation().pk)
    Document.objects.filter(pk=foreign.pk).update(subject_id=0)
    assert client.post(page, {"kind": "manual", "stored": str(foreign.pk)}).status_code == 422


def begin(client, size: int = len(PDF), name: str = "手册.pdf"):
    return client.post(url("upload_begin"), {"name": name, "size": size})


def put(client, uid, offset, data: bytes):
    headers = {"Upload-Offset": str(offset)}
    return client.put(url("upload", uid), data, content_type="application/octet-stream", headers=headers)


def test_in_pieces_cut_and_resumed(case) -> None:
    client = browse(case.person)
    uid = begin(client).json()["id"]
    assert put(client, uid, 0, PDF[:40]).headers["Upload-Offset"] == "40"
    # The connection breaks and the browser comes back, perhaps to another worker process.
    client = browse(case.person)
    assert client.head(url("upload", uid)).headers["Upload-Offset"] == "40"
    twice = put(client, uid, 0, PDF[:40])
    assert (twice.status_code, twice.headers["Upload-Offset"]) == (409, "40")
    assert put(client, uid, 40, PDF[40:]).status_code == 204
    answer = client.post(store_page(case), {"kind": "manual", "resumable": uid})
    assert answer.status_code == 302
    document = Document.objects.get()
    with document.file.open() as stored:
        assert stored.read() == PDF
    assert not ResumableUpload.objects.exists()


@pytest.mark.parametrize("offset", ["", "x", "-1", "１", "9" * 13])
def test_a_piece_says_where_it_belongs(case, offset) -> None:
    client = browse(case.person)
    uid = begin(client).json()["id"]
    assert put(client, uid, offset, PDF).status_code == 400


def test_a_piece_that_is_too_large(case) -> None:
    client = browse(case.person)
    uid = begin(client, 5_000_000).json()["id"]
    assert put(client, uid, 0, bytes(2_200_000)).status_code == 413


@pytest.mark.parametrize("size", [0, -5, "x", "", 31_457_281, 10**15])
def test_a_size_that_cannot_be(case, size) -> None:
    answer = begin(browse(case.person), size)
    assert answer.status_code == 422
    assert "30 MB" in answer.json()["problems"][0]


def test_a_foreign_upload_is_absent(case) -> None:
    uid = begin(browse(case.person)).json()["id"]
    stranger = browse(factories.person())
    assert stranger.head(url("upload", uid)).status_code == 404
    assert put(stranger, uid, 0, PDF).status_code == 404
    assert stranger.delete(url("upload", uid)).status_code == 404
    assert browse(case.person).delete(url("upload", uid)).status_code == 204


def test_pieces_need_the_token(case) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(case.person)
    assert begin(client).status_code == 403
    upload = services.begin(actor=case.actor, now=NOW, name="a.pdf", size=len(PDF))
    assert put(client, upload.pk, 0, PDF).status_code == 403
    assert client.delete(url("upload", upload.pk)).status_code == 403


def paper(case, key: str = "k", **change) -> GeneratedDocument:
    made = services.request(
        actor=case.system,
        now=timezone.now(),
        request_key=key,
        template="notice_acceptance",
        subject_kind=case.kind,
        subject_id=case.id,
        params={**sample("notice_acceptance"), **change},
    )
    services.render_due()
    made.refresh_from_db()
    return made


def test_a_paper_for_whom_it_concerns(case) -> None:
    made = paper(case)
    answer = browse(case.person).get(url("paper_file", made.uid))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert browse(case.person).get(url("paper", made.uid)).status_code == 404
    county = factories.unit("x521", "520621", UnitKind.BRANCH)
    for person in (factories.person(), factories.staff(Role.WINDOW_CLERK, at=county)):
        assert browse(person).get(url("paper_file", made.uid)).status_code == 404


def test_staff_see_what_failed_and_try_again(case) -> None:
    bad = paper(case, "bad", addressee="示例·\U00020021", number="示市监许受〔2026〕99号")
    paper(case, "good")
    client = browse(factories.staff(Role.WINDOW_CLERK))
    page = client.get(url("papers"), {"state": "failed"}).content.decode()
    assert "99号" in page
    assert "U+20021" in client.get(url("paper", bad.uid)).content.decode()
    assert client.post(url("paper_retry", bad.uid)).status_code == 302
    bad.refresh_from_db()
    assert bad.state == "requested"
    assert client.post(url("paper_retry", bad.uid)).status_code == 409
    assert client.get(url("paper_file", bad.uid)).status_code == 404
    assert browse(factories.staff(Role.LEADER)).post(url("paper_retry", bad.uid)).status_code == 403


@pytest.mark.parametrize("query", ["?state=x", "?template=x", "?q=" + "x" * 101, "?page=x", "?page=99999", "?q=%00"])
def test_a_crooked_filter_is_answered(case, query) -> None:
    answer = browse(factories.staff(Role.WINDOW_CLERK)).get(url("papers") + query)
    assert answer.status_code in (200, 400)


def test_the_list_asks_a_constant_number_of_questions(case, django_assert_max_num_queries) -> None:
    for n in range(12):
        handed_in(case, image() if n % 2 else PDF)
    client = browse(case.person)
    client.get(store_page(case))
    with django_assert_max_num_queries(30):
        client.get(store_page(case))


def test_a_paper_that_its_subject_withholds(case) -> None:
    made = paper(case)
    subject = access.subject_of(case.kind)
    access.register(case.kind, subject.sees, withheld=lambda user, _id: ["notice_acceptance"] * (user == case.person))
    colleague = factories.person()
    case.seen_by.add(colleague.pk)
    assert got(browse(case.person), url("paper_file", made.uid)) == 404
    assert got(browse(colleague), url("paper_file", made.uid)) == 200
    assert [list(policies.visible_papers(who, case.kind, case.id)) for who in (case.person, colleague)] == [[], [made]]
