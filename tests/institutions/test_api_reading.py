"""Scopes and licences through the API, the public endpoints, and the description of all of them."""

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.core.calendar import today
from apps.institutions.models import ScopeVersion
from apps.parties.models import AnsweredCall
from tests import factories
from tests.institutions.casework import Case, prepare
from tests.institutions.lifework import held
from tests.institutions.machine import Machine, address, codes, etag, owner, path
from tests.institutions.sheets import as_csv, row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


@pytest.fixture
def case() -> Case:
    return Case()


@pytest.fixture
def machine(case) -> Machine:
    return Machine(case.people["applicant"], case.lab)


class TestScopeAndLicence:
    def test_a_sheet_becomes_a_draft_and_is_read_page_by_page(self, machine, case) -> None:
        sent = machine.post(address("scope_imports"), {"file": sheet(5)})
        assert sent.status_code == 201, sent.content
        told = sent.json()
        assert (told["rows"], told["bad_rows"], told["problems"]) == (5, 0, [])
        assert machine.get(sent.headers["Location"]).json() == told
        assert machine.get(address("scope")).json()[0]["state"] == "draft"
        first = machine.get(f"{address('scope_rows', told['version'])}?page_size=3").json()
        second = machine.get(first["next"].replace("http://127.0.0.1:8000", "")).json()
        assert [row["n"] for row in first["results"] + second["results"]] == [1, 2, 3, 4, 5]
        assert second["next"] is None
        for faulty in ("page_size=0", "page_size=501", "page_size=x", "after=-1", "after=99999999999"):
            assert machine.get(f"{address('scope_rows', told['version'])}?{faulty}").status_code == 400

    def test_a_faulty_sheet_names_its_cells_and_changes_nothing(self, machine, case) -> None:
        before = list(ScopeVersion.objects.values())
        sent = machine.post(address("scope_imports"), {"file": sheet(2, field="没有的领域")})
        assert sent.status_code == 201
        assert sent.json()["version"] is None
        assert {cell["code"] for cell in sent.json()["problems"]} == {"field.unknown"}
        assert list(ScopeVersion.objects.values()) == before

    def test_an_import_of_another_institution_is_absent(self, machine, case) -> None:
        sent = machine.post(address("scope_imports"), {"file": sheet(1)})
        assert Machine(*owner()).get(sent.headers["Location"]).status_code == 404

    def test_own_licences(self, machine, case) -> None:
        assert machine.get(address("licences")).json() == []
        case.to("decided")
        (licence,) = machine.get(address("licences")).json()
        assert licence["number"] == case.licence.number
        assert licence["changes"][0]["kind"] == "granted"

    def test_a_licence_is_public_once_it_is_sealed(self, case) -> None:
        case.to("decided")
        token = case.licence.token
        assert Client().get(address("licence", token)).status_code == 404
        type(case.licence).objects.update(sealed_at=timezone.now())
        public = Client().get(address("licence", token)).json()
        assert (public["number"], public["status"]) == (case.licence.number, "valid")

    @pytest.mark.parametrize(
        ("first", "last", "status", "begun"), [(-400, -5, "expired", True), (50, 400, "valid", False)]
    )
    def test_a_licence_is_told_as_it_stands_today(self, machine, case, first, last, status, begun) -> None:
        """Neither the sweep that writes the expiry nor the first day of a renewed term has come yet."""
        on = today(timezone.now())
        days = {"valid_from": on + dt.timedelta(days=first), "valid_to": on + dt.timedelta(days=last)}
        licence = held(case.lab, **days, status_since=on)
        (own,) = machine.get(address("licences")).json()
        for told in (own, Client().get(address("licence", licence.token)).json()):
            assert (told["status"], told["begun"]) == (status, begun)
            since = days["valid_to"] + dt.timedelta(days=1) if status == "expired" else on
            assert told["status_since"] == since.isoformat()


def sheet(rows: int, **cells: str) -> SimpleUploadedFile:
    return as_csv([row(parameter=f"参数{n}", **cells) for n in range(rows)])


class TestPublic:
    def test_institutions_by_cursor_and_division(self, case) -> None:
        for n in range(3):
            factories.institution(f"示例·名录第{n}检测有限公司", organisation_fields={"division_code": "520621"})
        seen, where = [], f"{address('institutions')}?division=520621&page_size=2"
        while where:
            page = Client().get(where.replace("http://127.0.0.1:8000", "")).json()
            seen.append([row["name"] for row in page["results"]])
            where = page["next"]
        assert [len(names) for names in seen] == [2, 1]

    def test_one_institution_without_anything_private(self, case) -> None:
        lab = case.lab.institution
        answer = Client().get(address("institution", lab.token))
        assert answer.json()["name"] == case.lab.name
        assert answer.headers["ETag"]
        for hidden in ("legal_representative", "contact", "id_hash", "revenue"):
            assert hidden not in answer.content.decode()
        assert Client().get(address("institution_scope", lab.token)).status_code == 404  # a draft only

    @pytest.mark.parametrize(
        ("status", "first", "told"),
        [(each, -30, each) for each in ("valid", "rectifying", "expired", "cancelled", "revoked")]
        + [("valid", 30, "not_begun")],
    )
    def test_the_licence_that_the_portal_knows_is_told_wherever_an_institution_is(
        self, case, status, first, told
    ) -> None:
        """Not the certificate that was transcribed once: it outlasted a revocation in the directory."""
        institution = case.lab.institution
        institution.cma_number, institution.cma_to = "200012340001", dt.date(2099, 1, 1)
        institution.save()
        read = [
            lambda: Client().get(address("institutions")).json()["results"][0],
            lambda: Client().get(address("institution", institution.token)).json(),
        ]
        assert [look()["licence"] for look in read] == ["valid", "valid"]
        licence = held(case.lab, status=status, valid_from=today(timezone.now()) + dt.timedelta(days=first))
        for look in read:
            assert (look()["licence"], look()["cma_number"]) == (told, licence.number)
            assert look()["cma_to"] == licence.valid_to.isoformat()

    def test_who_may_test(self, case) -> None:
        nothing = Client().get(address("capabilities"))
        assert (nothing.status_code, codes(nothing)) == (400, {"question.missing"})
        assert Client().get(f"{address('capabilities')}?q=水").json()["results"] == []

    @pytest.mark.parametrize(
        "query", ["division=x", "division=520", "field=99", "page=0", "page=51", "q=%00", f"q={'x' * 101}"]
    )
    def test_faulty_questions_say_why(self, query) -> None:
        assert Client().get(f"{address('capabilities')}?{query}").status_code == 400

    @pytest.mark.parametrize("token", ["x", "%00", "a" * 200, "'"])
    def test_strange_tokens_are_absent(self, token) -> None:
        for name in ("institution", "licence"):
            assert Client().get(address(name, "TOKEN").replace("TOKEN", token)).status_code == 404


def test_the_description_is_complete_and_without_a_warning(capsys, tmp_path) -> None:
    """drf-spectacular warns of what it had to guess: nothing is guessed."""
    call_command("spectacular", file=str(tmp_path / "schema.yml"), validate=True, fail_on_warn=True)
    schema = json.loads(Client().get(reverse("api:schema"), {"format": "json"}).content)
    for where, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], where
            statuses = set(operation["responses"])
            assert {"400", "404", "429", "503"} <= statuses, where
            if "/own/" in where:
                assert operation["security"] == [{"token": []}]
                assert {"401", "403"} <= statuses
            if method == "post":
                assert "Idempotency-Key" in {parameter["name"] for parameter in operation["parameters"]}


def test_answers_of_calls_hold_no_token(machine, case) -> None:
    machine.post(path(case, "steps"), {"step": "discard"}, etag=etag(machine, case))
    secret = machine.told.split("_", 2)[2]
    assert secret not in json.dumps(list(AnsweredCall.objects.values()), default=str)
    assert secret not in json.dumps(list(AuditEntry.objects.values()), default=str)
