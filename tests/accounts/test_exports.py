"""Long lists as files: asked for once, made by a worker, for one person, kept a week; and what may go wrong."""

import csv
import datetime as dt
import io
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import python_calamine
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from apps.accounts import exporting
from apps.accounts.constants import EXPORT_ATTEMPTS, EXPORT_DAYS, EXPORTS_EACH, MOST_ROWS, ExportState, Role
from apps.accounts.exporting import Column, Source
from apps.accounts.models import Export, RoleGrant, User
from apps.accounts.selectors import actor_for, progress_key, waiting_exports
from apps.accounts.services.exports import drop_expired, is_alive, make_export, request_export
from apps.accounts.tasks import sweep
from apps.audit.models import AuditEntry
from apps.core.problems import ProblemsFound, Refused
from apps.notifications.models import Message
from apps.notifications.services import load_rules
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()


class List:
    """A list of `length` rows; `fault` is raised in its middle."""

    def __init__(self) -> None:
        self.length, self.fault, self.allowed = 6_000, None, True

    def rows(self, actor: Any, query: QueryDict, now: dt.datetime) -> Iterator[list[str]]:
        for n in range(self.length):
            if self.fault and n > 1_500:
                raise self.fault
            yield [f"{n:04d}", "=1+1"]

    def source(self) -> Source:
        return Source(
            name="test.list",
            label="清单[1]",
            stem="list",
            columns=(Column("代码", "四位"), Column("名称")),
            action="test.list.export",
            subject_kind="list",
            allowed=lambda actor: self.allowed,
            count=lambda actor, query, now, most: min(self.length, most),
            rows=self.rows,
            asked=lambda query: query.dict(),
        )


@pytest.fixture(autouse=True)
def made(settings: Any, tmp_path: Any) -> Iterator[List]:
    settings.MEDIA_ROOT = tmp_path
    load_rules(actor=factories_actor(), now=NOW)
    given = List()
    exporting.register(given.source())
    yield given
    exporting.unregister("test.list")


def factories_actor() -> Any:
    return actor_for(factories.staff(Role.SUPERVISOR))


@pytest.fixture
def person() -> User:
    return factories.staff(Role.SUPERVISOR)


def ask(user: User, file_format: str = "csv", query: str = "q=茶", rows: int = 6_000) -> Export:
    source = exporting.source_of("test.list")
    assert source is not None
    call = {"source": source, "query": QueryDict(query), "rows": rows, "file_format": file_format}
    return request_export(actor=actor_for(user), now=NOW, **call)


def make(export: Export, at: dt.datetime = NOW) -> Export:
    make_export(export_id=export.pk, clock=lambda: at)
    export.refresh_from_db()
    return export


def test_a_csv_from_the_request_to_the_download(person: User, client: Client) -> None:
    export = make(ask(person))
    assert (export.state, export.rows, export.expires_at) == (ExportState.READY, 6_000, NOW + dt.timedelta(EXPORT_DAYS))
    client.force_login(person)
    page = client.get("/people/exports/").content.decode()
    assert f"/people/exports/{export.pk}/" in page
    answer = client.get(f"/people/exports/{export.pk}/")
    read = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert (len(read), read[0], read[1]) == (6_001, ["代码", "名称"], ["0000", "'=1+1"])
    assert "attachment" in answer["Content-Disposition"]
    notes = b"".join(client.get(f"/people/exports/{export.pk}/dictionary/").streaming_content).decode()
    assert "四位" in notes
    assert "q=茶" in notes
    acts = (
        AuditEntry.objects.filter(subject_kind__in=["list", "export"]).order_by("pk").values_list("action", flat=True)
    )
    assert list(acts) == ["test.list.export", "accounts.export.make", "accounts.export.download"]
    told = Message.objects.get(recipient=person)
    assert told.topic == "accounts.export.ready"


def test_a_workbook_says_what_it_is(person: User) -> None:
    export = make(ask(person, "xlsx"))
    with default_storage.open(export.file) as file:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
    assert book.sheet_names == ["清单_1_", "说明"]
    assert book.get_sheet_by_index(0).to_python()[1] == ["0000", "'=1+1"]
    notes = {line[0]: line[1] for line in book.get_sheet_by_index(1).to_python() if line[0]}
    assert notes["代码"] == "四位"
    assert "CST" in notes["数据截至"]


def test_the_same_question_twice_is_one_request(person: User) -> None:
    assert ask(person).pk == ask(person).pk
    assert ask(person, "xlsx").pk != ask(person).pk
    assert AuditEntry.objects.filter(action="test.list.export").count() == 2
    assert ask(factories.staff(Role.SUPERVISOR)).user_id != person.pk


def test_twenty_presses_at_once_are_one_request(person: User) -> None:
    found: list[int] = []

    def press() -> None:
        try:
            found.append(ask(User.objects.get(pk=person.pk)).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 8


def test_a_fresh_request_after_the_first_is_done(person: User) -> None:
    first = make(ask(person))
    assert ask(person).pk != first.pk


def test_limits(person: User) -> None:
    with pytest.raises(ProblemsFound) as found:
        ask(person, "xlsx", rows=MOST_ROWS["xlsx"] + 1)
    assert found.value.problems[0].code == "export.long"
    for n in range(EXPORTS_EACH):
        ask(person, query=f"q={n}")
    with pytest.raises(ProblemsFound) as found:
        ask(person)
    assert found.value.problems[0].code == "export.many"


def test_who_may_not_gets_nothing(person: User, made: List) -> None:
    made.allowed = False
    with pytest.raises(Refused):
        ask(person)
    assert not Export.objects.exists()


def test_a_right_that_ended_meanwhile(person: User, made: List, client: Client) -> None:
    waiting, ready = ask(person), make(ask(person, "xlsx"))
    made.allowed = False
    assert make(waiting).state == ExportState.FAILED
    client.force_login(person)
    assert client.get(f"/people/exports/{ready.pk}/").status_code == 403


def test_nobody_else_gets_the_file(person: User, client: Client) -> None:
    export = make(ask(person))
    client.force_login(factories.staff(Role.SUPERVISOR))
    assert client.get(f"/people/exports/{export.pk}/").status_code == 404
    assert client.get(f"/people/exports/{export.pk}/dictionary/").status_code == 404
    assert "清单" not in client.get("/people/exports/rows/").content.decode().replace("在清单页", "").replace(
        "的清单", ""
    )


def test_a_fault_is_told_and_leaves_no_file(person: User, made: List) -> None:
    made.fault = RuntimeError("secret detail")
    export = make(ask(person))
    assert (export.state, export.failure[:4]) == (ExportState.FAILED, "系统出错")
    assert Message.objects.get(recipient=person).topic == "accounts.export.failed"
    assert not default_storage.exists("exports") or default_storage.listdir("exports") == ([], [])


def test_a_worker_that_died_is_replaced_and_its_late_file_does_not_count(person: User) -> None:
    export = ask(person)
    Export.objects.filter(pk=export.pk).update(state=ExportState.RUNNING, claim=1, started_at=NOW)
    cache.delete(progress_key(export.pk))
    assert not make_export(export_id=export.pk, clock=lambda: NOW + dt.timedelta(seconds=60))
    later = NOW + dt.timedelta(minutes=5)
    cache.set(progress_key(export.pk), 10, 60)
    export.refresh_from_db()
    assert is_alive(export, later)
    cache.delete(progress_key(export.pk))
    assert make(export, later).claim == 2
    assert export.state == ExportState.READY


def test_it_is_given_up_after_some_attempts(person: User) -> None:
    export = ask(person)
    Export.objects.filter(pk=export.pk).update(claim=EXPORT_ATTEMPTS)
    assert make(export).state == ExportState.FAILED


def test_the_sweep_makes_what_a_lost_wake_up_left_and_deletes_after_a_week(person: User, client: Client) -> None:
    export = ask(person)
    assert waiting_exports() == [export.pk]
    sweep()
    export.refresh_from_db()
    assert export.state == ExportState.READY
    name = export.file
    assert drop_expired(now=export.expires_at - dt.timedelta(seconds=1)) == 0
    assert drop_expired(now=export.expires_at) == 1
    assert not default_storage.exists(name)
    client.force_login(person)
    assert client.get(f"/people/exports/{export.pk}/").status_code == 404
    assert "已到期删除" in client.get("/people/exports/").content.decode()


def test_a_week_old_file_is_not_handed_out_even_before_the_sweep(person: User, client: Client) -> None:
    export = make(ask(person))
    Export.objects.filter(pk=export.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    client.force_login(person)
    assert client.get(f"/people/exports/{export.pk}/").status_code == 404


def test_the_registry_list_goes_to_the_background_above_the_limit(client: Client, monkeypatch: Any) -> None:
    clerk = factories.staff(Role.WINDOW_CLERK)
    client.force_login(clerk)
    for number in ("A1", "A2", "B1"):
        factories.certificate(number=number)
    monkeypatch.setattr("apps.accounts.exports.DIRECT_ROWS", 1)
    assert client.post("/registry/staff/export.csv?q=A").url == "/people/exports/"
    export = make(Export.objects.get())
    with default_storage.open(export.file) as file:
        text = file.read().decode("utf-8-sig")
    assert ("A1" in text, "A2" in text, "B1" in text) == (True, True, False)
    RoleGrant.objects.filter(user=clerk).update(ends_on="2020-01-02")
    assert client.get(f"/people/exports/{export.pk}/").status_code == 403


def test_too_long_for_a_file_leads_back_to_the_list(client: Client, monkeypatch: Any) -> None:
    client.force_login(factories.staff(Role.WINDOW_CLERK))
    factories.certificate(number="A1")
    factories.certificate(number="A2")
    monkeypatch.setattr("apps.accounts.exports.DIRECT_ROWS", 1)
    monkeypatch.setitem(MOST_ROWS, "xlsx", 1)
    answer = client.post("/registry/staff/export.xlsx?q=A", follow=True)
    assert answer.redirect_chain[0][0].startswith("/registry/staff/?q=A")
    assert "请缩小筛选范围" in answer.content.decode()
    assert not Export.objects.exists()
