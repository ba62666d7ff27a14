"""Imports over HTTP: a newcomer's story, a bad sheet that comes back marked, who may, and hostile files."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry
from apps.certifications.constants import ConflictState, ImportState
from apps.certifications.models import Certificate, ImportBatch, ImportConflict, ImportProblem, Source
from apps.certifications.services.imports import running
from apps.parties.models import Organisation
from tests import factories
from tests.certifications.importing import HEADINGS, NATIONAL, csv_bytes, nonzero, row, take, xlsx_bytes
from tests.reference import load_register

pytestmark = pytest.mark.django_db
RECORDS = Path("apps/certifications/data/cnca_records.json")


@pytest.fixture(autouse=True)
def reference(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    load_register()
    monkeypatch.setattr("apps.certifications.views.imports.wake", lambda batch_id: None)


@pytest.fixture
def clerk():
    client = Client()
    client.force_login(factories.staff(Role.WINDOW_CLERK))
    return client


def send(client: Client, content: bytes, name: str, source: str = "national"):
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("certifications:import_new"), {"file": file, "source": source})


def work() -> ImportBatch:
    """What the worker does when it is woken."""
    batch = ImportBatch.objects.order_by("pk").last()
    assert running.work(batch.pk, clock=timezone.now)
    batch.refresh_from_db()
    return batch


def url(name: str, batch: ImportBatch) -> str:
    return reverse(f"certifications:{name}", args=[batch.pk])


def confirm(client: Client, batch: ImportBatch) -> ImportBatch:
    assert client.post(url("import_confirm", batch), {"version": batch.version}).status_code == 302
    return work()


def test_a_newcomer_imports_the_three_real_records_and_finds_one_firm_with_two_expired_certificates(clerk):
    page = clerk.get(reverse("certifications:imports"))
    assert "还没有导入过数据" in page.text
    sent = send(clerk, RECORDS.read_bytes(), "cnca_records.json")
    assert sent.status_code == 302
    waiting = clerk.get(sent.url)
    assert "排队等待读取" in waiting.text
    assert "<progress" in waiting.text
    batch = work()
    preview = clerk.get(sent.url)
    assert "将新增 3 张证书" in preview.text
    assert "00216Q10097R1S" in preview.text
    assert confirm(clerk, batch).state == ImportState.DONE
    found = Client().get(reverse("portal:lookup"), {"q": "泓达"})
    assert found.status_code == 200
    assert found.text.count("00216Q10097R1S") >= 1
    assert found.text.count("10416Q20770R1S") >= 1
    firm = Organisation.objects.get(org_code="760038087")
    assert firm.certificates_held.count() == 2
    for certificate in firm.certificates_held.all():
        shown = Client().get(reverse("portal:certificate", args=[certificate.token]))
        assert "过期失效" in shown.text


BAD = {
    "number.missing": ("certNumber", "", "required"),
    "number.scientific": ("certNumber", "2.00901E+15", "number.digits_lost"),
    "number.formula": ("certNumber", "=1+1", "formula"),
    "number.long": ("certNumber", "A" * 65, "too_long"),
    "number.characters": ("certNumber", "A<script>", "number.characters"),
    "name.missing": ("orgName", "  ", "required"),
    "name.formula": ("orgName", "@SUM(A1)", "formula"),
    "name.long": ("orgName", "名" * 201, "too_long"),
    "name.nul": ("orgName", "示例\0公司", "control"),
    "name.error": ("orgName", "#N/A", "sheet_error"),
    "code.missing": ("orgCode", "", "required"),
    "code.shape": ("orgCode", "12345", "code.shape"),
    "code.check": ("orgCode", "91371323760038087N", "code.check"),
    "code.old_check": ("orgCode", "760038088", "code.check"),
    "body.shape": ("rzjgId", "CQC", "body.shape"),
    "project.unknown": ("authProjCode", "Z999", "project.unknown"),
    "status.unknown": ("certiStatus", "09", "status.unknown"),
    "date.impossible": ("certiEDate", "2025.13.45", "date.impossible"),
    "date.february": ("certiEDate", "2027-02-29", "date.impossible"),
    "date.shape": ("certiEDate", "明年三月", "date.shape"),
    "date.early": ("zersda", "1889-01-01", "date.range"),
    "date.missing": ("certiEDate", "", "required"),
    "dates.reversed": ("certiEDate", "2020-01-01", "dates.reversed"),
}


def test_a_bad_sheet_of_over_twenty_kinds_of_errors_comes_back_annotated_and_nothing_is_lost(clerk):
    rows = [row(**{column: value}) for column, value, _code in BAD.values()]
    content = csv_bytes([row(certNumber="GOOD1"), *rows, row(certNumber="GOOD2"), ["zu", "wenig"]])
    send(clerk, content, "坏表.csv")
    batch = work()
    assert nonzero(batch) == {"new": 2, "bad": len(BAD) + 1}
    assert batch.rows_total == len(BAD) + 3
    for line, (name, (column, _value, code)) in enumerate(BAD.items(), start=3):
        found = set(ImportProblem.objects.filter(batch=batch, row=line).values_list("column", "code"))
        assert (column if code != "dates.reversed" else "certiEDate", code) in found, name
    page = clerk.get(url("import_batch", batch), {"tab": "bad"})
    assert "日历上没有这一天" in page.text
    assert "<script>A" not in page.text
    assert "A<script>" not in page.text
    answer = clerk.get(url("import_annotated", batch))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    lines = {cells[0].value: cells for cells in sheet.iter_rows(min_row=2)}
    assert len(lines) == len(BAD) + 3, "the whole file comes back"
    for line, (column, _value, _code) in enumerate(BAD.values(), start=3):
        cell = lines[line][NATIONAL.index(column) + 1]
        assert cell.fill.fgColor.rgb == "FFFDE7E7", (line, column)
        assert cell.comment is not None
        assert lines[line][len(NATIONAL) + 1].value
        assert all(c.data_type != "f" for c in lines[line]), "no cell became a formula"
    confirm(clerk, batch)
    assert set(Certificate.objects.values_list("number", flat=True)) == {"GOOD1", "GOOD2"}


def test_a_long_file_comes_back_as_its_bad_rows_with_context(clerk, monkeypatch):
    monkeypatch.setattr("apps.certifications.services.imports.annotating.WHOLE_FILE", 3)
    rows = [row(certNumber=f"N{i}") for i in range(9)]
    rows[4] = row(certNumber="")
    send(clerk, csv_bytes(rows), "长.csv")
    batch = work()
    answer = clerk.get(url("import_annotated", batch))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert [cells[0].value for cells in sheet.iter_rows(min_row=2)] == [5, 6, 7]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_four_encodings(clerk, encoding):
    send(clerk, csv_bytes([row()], encoding), "a.csv")
    assert nonzero(work()) == {"new": 1}


def test_the_template_goes_out_is_filled_and_comes_back(clerk):
    answer = clerk.get(reverse("certifications:import_template", args=["xlsx"]))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["证书", "填写说明"]
    assert [cell.value for cell in book.worksheets[0][1]] == HEADINGS
    sheet = book.worksheets[0]
    told = dict.fromkeys(HEADINGS, "")
    told |= {"证书编号": "T1", "持证单位": "示例·模板", "统一社会信用代码": "91371323760038087M"}
    told |= {"认证机构批准号": "CNCA-R-2002-001", "认证项目代码": "A010101", "证书状态": "暂停", "有效期至": 47000}
    sheet.append(list(told.values()))
    buffer = io.BytesIO()
    book.save(buffer)
    send(clerk, buffer.getvalue(), "模板.xlsx")
    batch = confirm(clerk, work())
    assert nonzero(batch) == {"new": 1}
    assert batch.unknown_columns == []
    certificate = Certificate.objects.get()
    assert (str(certificate.valid_to), certificate.status) == ("2028-09-04", "suspended")
    head = clerk.get(reverse("certifications:import_template", args=["csv"])).content
    assert head.startswith(b"\xef\xbb\xbf")
    assert clerk.get(reverse("certifications:import_template", args=["exe"])).status_code == 404


def test_a_sheet_with_a_title_two_header_rows_and_trailing_blanks(clerk):
    rows = [
        ["铜仁市获证组织一览表（示例）"],
        [],
        ["证书编号", "持证单位", "信用代码", "认证机构批准号", "项目代码", "状态", "有效期", "", "备注"],
        ["", "", "", "", "", "", "自", "至", ""],
        [
            "H1",
            "示例·甲",
            "91371323760038087M",
            "CNCA-R-2002-001",
            "A010101",
            "有效",
            "2026年3月18日",
            "２０２９／３／１７",
            "x",
        ],
        ["", "", "", "", "", "", "", "", ""],
    ]
    send(clerk, xlsx_bytes(rows), "汇总.xlsx")
    batch = confirm(clerk, work())
    assert nonzero(batch) == {"new": 1}
    assert (batch.header_row, batch.unknown_columns) == (4, ["备注"])
    certificate = Certificate.objects.get()
    assert (str(certificate.valid_from), str(certificate.valid_to)) == ("2026-03-18", "2029-03-17")


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    return buffer.getvalue()


def with_part(part: str) -> bytes:
    buffer = io.BytesIO(xlsx_bytes([HEADINGS]))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(part, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bomb(), "超过安全上限"),
        (with_part("xl/vbaProject.bin"), "宏"),
        (with_part("xl/embeddings/oleObject1.bin"), "宏"),
        (with_part("xl/externalLinks/externalLink1.xml"), "宏"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "旧版"),
        (b"PK\x03\x04" + b"x" * 100, "损坏"),
    ],
    ids=["bomb", "macro", "embedded", "link", "old", "broken"],
)
def test_dangerous_workbooks_are_refused_with_the_reason_and_not_kept(clerk, content, words, settings):
    answer = send(clerk, content, "a.xlsx")
    assert answer.status_code == 422
    assert words in answer.text
    assert not ImportBatch.objects.exists()
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


def test_a_days_quota(clerk, monkeypatch):
    monkeypatch.setattr("apps.certifications.services.imports.batches.DAILY_FILES", 1)
    assert send(clerk, csv_bytes([row()]), "a.csv").status_code == 302
    assert send(clerk, csv_bytes([row()]), "b.csv").status_code == 422


def test_others_are_refused_and_leave_a_trail():
    for user in (factories.person(), factories.staff(Role.OFFICER), factories.staff(Role.SYSTEM_ADMIN)):
        client = Client()
        client.force_login(user)
        assert send(client, csv_bytes([row()]), "a.csv").status_code == 403
        assert client.get(reverse("certifications:conflicts")).status_code == 403
    assert not ImportBatch.objects.exists()
    assert AuditEntry.objects.filter(action="accounts.access.refuse").count() == 6


def test_the_page_of_an_import_names_its_source(clerk):
    send(clerk, csv_bytes([row()]), "a.csv")
    batch = work()
    name = Source.objects.get(pk=batch.source_code).name
    assert f"<dd>{name}</dd>" in clerk.get(url("import_batch", batch)).content.decode()


def test_an_old_page_cannot_confirm_what_changed_meanwhile(clerk):
    send(clerk, csv_bytes([row()]), "a.csv")
    batch = work()
    answer = clerk.post(url("import_confirm", batch), {"version": batch.version - 1})
    assert answer.status_code == 409
    batch.refresh_from_db()
    assert batch.state == ImportState.PREVIEW
    assert clerk.post(url("import_confirm", batch), {"version": "x"}).status_code == 422


def test_progress_panel_polls_and_then_asks_for_the_page(clerk):
    send(clerk, csv_bytes([row()]), "a.csv")
    batch = ImportBatch.objects.get()
    panel = clerk.get(url("import_progress", batch), headers={"HX-Request": "true"})
    assert 'hx-trigger="every 2s"' in panel.text
    assert "HX-Refresh" not in panel.headers
    work()
    done = clerk.get(url("import_progress", batch), headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true"


def test_undo_over_http_needs_a_reason(clerk):
    send(clerk, csv_bytes([row()]), "a.csv")
    batch = confirm(clerk, work())
    assert clerk.post(url("import_undo", batch), {"version": batch.version, "reason": ""}).status_code == 422
    assert clerk.post(url("import_undo", batch), {"version": batch.version, "reason": "传错"}).status_code == 302
    assert work().state == ImportState.UNDONE
    assert not Certificate.objects.exists()


def conflicts() -> list[ImportConflict]:
    take(csv_bytes([row(), row(certNumber="B1")]))
    take(csv_bytes([row(certiEDate="2031-01-01"), row(certNumber="B1", certiEDate="2031-02-02")]), source="body")
    return list(ImportConflict.objects.order_by("row"))


def test_a_clerk_sees_both_sides_and_takes_one_and_keeps_the_other(clerk):
    first, second = conflicts()
    listed = clerk.get(reverse("certifications:conflicts"))
    assert "与其他来源不一致" in listed.text
    page = reverse("certifications:conflict", args=[first.pk])
    shown = clerk.get(page)
    assert "2029-03-17" in shown.text
    assert "2031-01-01" in shown.text
    nothing = clerk.post(page, {"version": first.version, "decision": "take", "reason": ""})
    assert nothing.status_code == 422
    told = {"version": first.version, "decision": "take", "reason": "已向机构核实"}
    assert clerk.post(page, told).status_code == 302
    assert clerk.post(page, told).status_code == 409, "decided once"
    certificate = Certificate.objects.get(number="00126Q10001R0S")
    assert (str(certificate.valid_to), certificate.source_id) == ("2031-01-01", "body")
    assert certificate.periods.count() == 2
    keep = {"version": second.version, "decision": "keep", "reason": "以国家平台为准"}
    assert clerk.post(reverse("certifications:conflict", args=[second.pk]), keep).status_code == 302
    assert str(Certificate.objects.get(number="B1").valid_to) == "2029-03-17"
    assert AuditEntry.objects.filter(action__startswith="certifications.conflict.").count() == 2
    again = take(csv_bytes([row(certNumber="B1", certiEDate="2031-02-02")]), source="body")
    assert nonzero(again) == {"conflict": 1}
    assert not ImportConflict.objects.filter(state=ConflictState.OPEN).exists(), "decided against: not asked again"


def test_bulk_is_all_or_nothing(clerk):
    first, second = conflicts()
    page = reverse("certifications:conflicts")
    told = {"decision": "take", "reason": "核实", "chosen": [f"{first.pk}:{first.version}", f"{second.pk}:99"]}
    assert clerk.post(page, told).status_code == 409
    assert not ImportConflict.objects.exclude(state=ConflictState.OPEN).exists()
    told["chosen"] = [f"{first.pk}:1", "999999:1"]
    assert clerk.post(page, told).status_code == 409
    told["chosen"] = ["x", ":", "1:2:3"]
    assert clerk.post(page, told).status_code == 422
    told["chosen"] = [f"{first.pk}:{first.version}", f"{second.pk}:{second.version}"]
    assert clerk.post(page, told).status_code == 302
    assert ImportConflict.objects.filter(state=ConflictState.TAKEN).count() == 2


def test_an_unknown_body_is_recorded_when_the_clerk_takes_the_row(clerk):
    header = [*NATIONAL, "rzjgIdName"]
    take(csv_bytes([[*row(rzjgId="CNCA-R-2025-9999"), "示例认证有限公司"]], header=header))
    conflict = ImportConflict.objects.get()
    page = reverse("certifications:conflict", args=[conflict.pk])
    assert clerk.post(page, {"version": 1, "decision": "take", "reason": "批准书已核"}).status_code == 302
    assert Certificate.objects.get().body.name == "示例认证有限公司"


def test_taking_another_holder_moves_the_certificate(clerk):
    take(csv_bytes([row()]))
    take(csv_bytes([row(orgCode="000000000", orgName="示例·受让人")]))
    conflict = ImportConflict.objects.get()
    page = reverse("certifications:conflict", args=[conflict.pk])
    assert clerk.post(page, {"version": 1, "decision": "take", "reason": "证书已转让"}).status_code == 302
    assert Certificate.objects.get().holder.name == "示例·受让人"
