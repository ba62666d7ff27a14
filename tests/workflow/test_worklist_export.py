"""The worklist taken out: what the page shows and no more, also when a worker makes the file later."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
import python_calamine
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from apps.accounts.constants import ExportState
from apps.accounts.models import Export, RoleGrant
from apps.accounts.services.exports import make_export
from apps.audit.models import AuditEntry
from apps.core.actors import Actor
from apps.notifications.services import load_rules
from apps.workflow.services import claim
from tests import factories
from tests.workflow import casework
from tests.workflow.casework import actor, applicant, numbers, opened, signed_in, submitted, take
from tests.workflow.table import CLERK, LEADER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


def written(response: object) -> bytes:
    return b"".join(response.streaming_content)


def exported(client: Client, query: str) -> list[str]:
    """The numbers in the CSV of an address."""
    text = written(client.post(f"/worklist/export/csv/?{query}")).decode("utf-8-sig")
    return [row[0] for row in csv.reader(io.StringIO(text))][1:]


class TestExport:
    def test_the_sheet_holds_the_list_and_leaves_a_trace(self, now: dt.datetime) -> None:
        client = signed_in(factories.staff(CLERK))
        file, _other = submitted(now, matter="renewal"), submitted(now)
        response = client.post("/worklist/export/csv/?tab=all&matter=sample:renewal&nonsense=1&page=2")
        rows = list(csv.reader(io.StringIO(written(response).decode("utf-8-sig"))))
        assert (len(rows), rows[0][0], rows[1][0], rows[1][3]) == (2, "编号", file.number, "延续")
        entry = AuditEntry.objects.get(action="workflow.worklist.export")
        assert entry.after == {"rows": 1, "filter": {"tab": "all", "matter": "sample:renewal"}}
        assert (entry.subject_kind, entry.subject_id) == ("worklist", "csv")

    @pytest.mark.parametrize(
        "query", ["", "tab=pool", "tab=closed", "tab=soon", "q=sl-", "sort=-due", "due=overdue", "due=never"]
    )
    def test_the_rows_are_those_of_the_page(self, now: dt.datetime, query: str) -> None:
        clerk = factories.staff(CLERK)
        late, near, done = (submitted(now, ago) for ago in (9, 3, 0))
        claim(actor=actor(clerk), now=now, file_id=near.pk)
        take(done, "withdraw", casework.applicant_of(done), now=now)
        opened(now=now)
        client = signed_in(clerk)
        assert exported(client, query) == numbers(client.get(f"/worklist/?{query}"))
        assert late.number in exported(client, "tab=all")

    def test_the_first_tab_is_the_persons_own(self, now: dt.datetime) -> None:
        file = submitted(now)
        assert exported(signed_in(factories.staff(LEADER)), "") == [file.number]
        assert exported(signed_in(factories.staff(CLERK)), "") == []
        tabs = [entry.after["filter"] for entry in AuditEntry.objects.filter(action="workflow.worklist.export")]
        assert sorted(one["tab"] for one in tabs) == ["all", "mine"]

    def test_another_county_is_not_in_the_file(self, now: dt.datetime) -> None:
        own, _foreign = submitted(now), submitted(now, division_code="520621")
        home = factories.unit("520602", division_code="520602", kind="branch")
        assert exported(signed_in(factories.staff(CLERK, at=home)), "tab=all") == [own.number]

    def test_formulas_are_quoted_and_a_workbook_says_what_it_is(self, now: dt.datetime) -> None:
        organisation = factories.organisation("=HYPERLINK(1)")
        member, _organisation = applicant(organisation)
        submitted(now, by=member, organisation=organisation)
        client = signed_in(factories.staff(CLERK))
        assert "'=HYPERLINK(1)" in written(client.post("/worklist/export/csv/?tab=all")).decode()
        sheet = written(client.post("/worklist/export/xlsx/?tab=all&q=HYPERLINK"))
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sheet))
        assert book.sheet_names == ["待办件", "说明"]
        assert book.get_sheet_by_index(0).to_python()[1][1] == "'=HYPERLINK(1)"
        notes = {line[0]: line[1] for line in book.get_sheet_by_index(1).to_python() if line[0]}
        assert (notes["筛选条件"], notes["承办人"]) == ("tab=all; text=HYPERLINK", "无人承办的为空。")

    def test_another_format_is_absent(self) -> None:
        assert signed_in(factories.staff(CLERK)).post("/worklist/export/exe/").status_code == 404
        assert not AuditEntry.objects.filter(action="workflow.worklist.export").exists()

    def test_a_list_longer_than_a_batch_is_whole_and_in_order(
        self, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("apps.workflow.exporting.BATCH", 2)
        files = [submitted(now) for _n in range(5)]
        assert exported(signed_in(factories.staff(LEADER)), "sort=number") == [file.number for file in files]

    def test_the_number_of_queries_does_not_grow(self, now: dt.datetime, counted: Callable[[], Any]) -> None:
        client = signed_in(factories.staff(LEADER))

        def count(length: int) -> int:
            submitted(now)
            with counted() as captured:
                assert len(exported(client, "")) == length
            return len(captured)

        count(1)
        assert count(2) == count(3)


@pytest.mark.django_db(transaction=True)
class TestLongExport:
    """Above the limit a worker makes the file, with the filter of then and the rights of now."""

    @pytest.fixture(autouse=True)
    def short(self, settings: object, tmp_path: object, monkeypatch: pytest.MonkeyPatch, now: dt.datetime) -> None:
        settings.MEDIA_ROOT = tmp_path
        load_rules(actor=Actor.system("test"), now=now)
        monkeypatch.setattr("apps.accounts.exports.DIRECT_ROWS", 1)

    def ask(self, client: Client, query: str, file_format: str = "csv") -> Export:
        assert client.post(f"/worklist/export/{file_format}/?{query}").url == "/people/exports/"
        return Export.objects.get()

    def made(self, export: Export) -> Export:
        make_export(export_id=export.pk, clock=timezone.now)
        export.refresh_from_db()
        return export

    def held_in(self, export: Export) -> set[str]:
        with default_storage.open(self.made(export).file) as file:
            return {row[0] for row in csv.reader(io.StringIO(file.read().decode("utf-8-sig")))} - {"编号"}

    def test_the_file_holds_the_filter_and_waits_for_its_person(self, now: dt.datetime) -> None:
        wanted = {submitted(now, matter="renewal").number for _n in range(2)}
        submitted(now)
        client = signed_in(factories.staff(CLERK))
        export = self.ask(client, "tab=all&matter=sample:renewal&nonsense=1")
        assert export.query == "tab=all&matter=sample%3Arenewal"
        assert self.held_in(export) == wanted
        assert written(client.get(f"/people/exports/{export.pk}/")).count(b"SL-") == 2
        assert signed_in(factories.staff(CLERK)).get(f"/people/exports/{export.pk}/").status_code == 404
        assert AuditEntry.objects.filter(action="workflow.worklist.export").count() == 1

    def test_a_long_workbook_is_made_too(self, now: dt.datetime) -> None:
        submitted(now), submitted(now)
        export = self.made(self.ask(signed_in(factories.staff(CLERK)), "tab=all", "xlsx"))
        assert (export.state, export.rows) == (ExportState.READY, 2)

    def test_what_the_person_no_longer_sees_is_left_out(self, now: dt.datetime) -> None:
        own, _foreign = submitted(now), submitted(now, division_code="520621")
        clerk = factories.staff(CLERK)
        export = self.ask(signed_in(clerk), "tab=all")
        home = factories.unit("520602", division_code="520602", kind="branch")
        type(clerk).objects.filter(pk=clerk.pk).update(unit=home)
        assert self.held_in(export) == {own.number}

    def test_who_no_longer_assigns_still_gets_only_what_was_asked(self, now: dt.datetime) -> None:
        clerk, leader = factories.staff(CLERK), factories.staff(LEADER, CLERK)
        held = [submitted(now), submitted(now)]
        for file in held:
            claim(actor=actor(clerk), now=now, file_id=file.pk)
        submitted(now)
        export = self.ask(signed_in(leader), f"tab=all&holder={clerk.pk}")
        RoleGrant.objects.filter(user=leader, role=LEADER).update(ends_on="2020-01-02")
        assert self.held_in(export) == {file.number for file in held}

    def test_a_role_that_ended_ends_the_file(self, now: dt.datetime) -> None:
        submitted(now), submitted(now)
        clerk = factories.staff(CLERK)
        export = self.ask(signed_in(clerk), "tab=all")
        RoleGrant.objects.filter(user=clerk).update(ends_on="2020-01-02")
        assert self.made(export).state == ExportState.FAILED
