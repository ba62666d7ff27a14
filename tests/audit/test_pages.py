"""The audit administrator's pages: found by index, compared, exported, and every look at sensitive entries recorded."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test import Client

from apps.accounts.constants import Role
from apps.accounts.models import Export, User
from apps.audit.models import AuditEntry
from apps.audit.rules import Difference, differences
from apps.audit.selectors import TrailFilter, page, walk
from tests import factories

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 1, 4, 0, tzinfo=dt.UTC)  # noon in Shanghai


def entry(**fields) -> AuditEntry:
    given = {"at": NOW, "actor_label": "示例", "action": "parties.organisation.edit", "subject_kind": "organisation"}
    return AuditEntry.objects.create(**{**given, "subject_id": "1", **fields})


@pytest.fixture
def auditor(client: Client) -> User:
    user = factories.staff(Role.AUDIT_ADMIN)
    client.force_login(user)
    return user


def test_pages_follow_one_another_without_gap_or_repeat() -> None:
    made = [entry(at=NOW - dt.timedelta(seconds=n // 3)).pk for n in range(23)]
    seen, cursor, pages = [], "", 0
    while True:
        found = page(TrailFilter(), cursor, size=5)
        seen += [row.pk for row in found.entries]
        pages += 1
        cursor = found.older
        if not cursor:
            break
    assert sorted(seen) == sorted(made)
    assert pages == 5
    assert [row.pk for row in walk(TrailFilter(), batch=4)] == seen
    assert seen == [row.pk for row in AuditEntry.objects.order_by("-at", "-pk")]


@pytest.mark.parametrize("cursor", ["x", "1-", "-1", "9" * 30 + "-1", "1-2-3", "١-١", "1-1' OR 1=1", "9" * 20 + "-1"])
def test_a_cursor_that_cannot_be_read_begins_at_the_newest(auditor: User, client: Client, cursor: str) -> None:
    entry()
    assert client.get("/audit/", {"cursor": cursor}).context["found"].entries


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"action": "a.b.c"}, {"1"}),
        ({"action": "a."}, {"1"}),
        ({"subject": "certificate:2"}, {"2"}),
        ({"subject": "certificate"}, {"2"}),
        ({"actor": "system:import"}, {"3"}),
        ({"actor": "zebra"}, {"4"}),
        ({"actor": "nobody"}, set()),
        ({"since": "2026-03-02"}, {"5"}),
        ({"until": "2026-02-27"}, {"6"}),
        ({"since": "2026-03-01", "until": "2026-03-01", "action": "a.b.c"}, {"1"}),
        ({"request_id": "r-7"}, {"7"}),
    ],
)
def test_filters(auditor: User, client: Client, asked: dict[str, str], shown: set[str]) -> None:
    zebra = factories.person()
    User.objects.filter(pk=zebra.pk).update(username="zebra")
    entry(subject_id="1", action="a.b.c")
    entry(subject_id="2", subject_kind="certificate")
    entry(subject_id="3", actor_label="system:import")
    entry(subject_id="4", actor_id=zebra.pk)
    entry(subject_id="5", at=NOW + dt.timedelta(hours=12))  # midnight in Shanghai: the next day
    entry(subject_id="6", at=NOW - dt.timedelta(days=2))
    entry(subject_id="7", request_id="r-7")
    found = client.get("/audit/", {"until": "2026-10-01", **asked}).context["found"]
    assert {row.subject_id for row in found.entries} == shown


@pytest.mark.parametrize(
    "asked",
    [
        {"action": "x' OR 1=1"},
        {"since": "2025.13.45"},
        {"since": "2026-03-02", "until": "2026-03-01"},
        {"until": "9999-12-31"},
    ],
)
def test_bad_filters_are_named_and_nothing_is_shown(auditor: User, client: Client, asked: dict[str, str]) -> None:
    entry()
    answer = client.get("/audit/", asked)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert client.post("/audit/export/", asked).status_code == 422


@pytest.mark.parametrize(
    ("where", "index"),
    [
        (TrailFilter(), "audit_at"),
        (TrailFilter(actor_ids=(1,)), "audit_actor"),
        (TrailFilter(action="a.b.c"), "audit_action"),
        (TrailFilter(subject_kind="k", subject_id="1"), "audit_subject"),
        (TrailFilter(actor_label="system:x"), "audit_system"),
        (TrailFilter(request_id="r"), "audit_request"),
    ],
)
def test_every_filter_has_its_index(where: TrailFilter, index: str) -> None:
    from apps.audit.selectors import entries

    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO audit_auditentry
                 (at, actor_id, actor_label, action, subject_kind, subject_id, reason, request_id)
               SELECT now() - n * interval '1 second', CASE WHEN n % 2 = 1 THEN n END,
                      CASE WHEN n % 2 = 1 THEN 'p' ELSE 'system:' || n END, 'a.b.' || n, 'k', n, '', 'r' || n
               FROM generate_series(1, 5000) AS n"""
        )
        cursor.execute("ANALYZE audit_auditentry")
        assert index in entries(where)[:51].explain()


def test_before_and_after_are_compared_field_by_field() -> None:
    assert differences({"a": 1, "b": "x"}, {"b": "y", "c": None}) == [
        Difference("a", "1", None),
        Difference("b", "x", "y"),
        Difference("c", None, "null"),
    ]
    assert differences(None, None) == []


def test_an_entry_shows_what_changed(auditor: User, client: Client) -> None:
    one = entry(before={"name": "旧<b>"}, after={"name": "新"}, reason="<script>x</script>")
    text = client.get(f"/audit/{one.pk}/").content.decode()
    assert "<del>旧&lt;b&gt;</del>" in text
    assert "<ins>新</ins>" in text
    assert "<script>x" not in text
    assert not AuditEntry.objects.filter(action="audit.entry.read").exists()


def test_opening_a_sensitive_entry_is_recorded(auditor: User, client: Client) -> None:
    one = entry(action="accounts.role.grant")
    client.get(f"/audit/{one.pk}/")
    read = AuditEntry.objects.get(action="audit.entry.read")
    assert (read.actor_id, read.subject_id) == (auditor.pk, str(one.pk))


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"]


def test_the_csv_is_the_current_filter_and_harmless(auditor: User, client: Client) -> None:
    for text in FORMULAS:
        entry(actor_label=text, action="a.b.c", reason="=HYPERLINK(1)")
    entry(action="other.thing.do")
    answer = client.post("/audit/export/", {"action": "a.b.c", "form": "csv"})
    assert "attachment" in answer["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == 1 + len(FORMULAS)
    assert all(cell[:1] not in "=+-@\t\r" for row in rows for cell in row if cell)
    noted = AuditEntry.objects.get(action="audit.trail.export")
    assert noted.after == {"rows": 7, "filter": {"action": "a.b.c"}}


def test_the_sheet_holds_text_only(auditor: User, client: Client) -> None:
    entry(actor_label="=1+1", action="a.b.c", after={"uscc": "91520602MA6DL0011J"})
    answer = client.post("/audit/export/", {"action": "a.b.c", "form": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))["审计记录"]
    assert sheet is not None
    assert [cell.data_type for cell in sheet[2] if cell.value is not None] == ["s"] * len(
        [cell for cell in sheet[2] if cell.value is not None]
    )
    assert sheet["D2"].value == "'=1+1"


def test_a_long_trail_becomes_a_file_in_the_background(auditor: User, client: Client, monkeypatch) -> None:
    monkeypatch.setattr("apps.accounts.exports.DIRECT_ROWS", 2)
    for _ in range(3):
        entry(action="a.b.c")
    answer = client.post("/audit/export/", {"action": "a.b.c", "form": "xlsx"})
    assert answer.url == "/people/exports/"
    export = Export.objects.get(user=auditor)
    assert (export.source, export.query) == ("audit.trail", "action=a.b.c")
    noted = AuditEntry.objects.get(action="audit.trail.export")
    assert noted.after == {"rows": 3, "export": export.pk, "filter": {"action": "a.b.c"}}


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.SUPERVISOR])
def test_nobody_else_reads_the_trail(client: Client, role: Role) -> None:
    client.force_login(factories.staff(role))
    one = entry()
    assert client.get("/audit/").status_code == 403
    assert client.get(f"/audit/{one.pk}/").status_code == 403
    assert client.post("/audit/export/", {"form": "csv"}).status_code == 403
