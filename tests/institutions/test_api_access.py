"""Who may call the API: tokens, scopes, budgets; and nobody finds what is not theirs."""

import datetime as dt
import io
import logging

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry
from apps.documents.models import Document
from apps.parties.constants import MembershipRole, OrganisationKind
from apps.parties.models import ApiToken, Membership, Organisation
from apps.parties.rules.tokens import whole_token
from apps.workflow.models import File, Transition
from certportal.logs import mask_tokens
from tests import factories
from tests.institutions.casework import Case, prepare
from tests.institutions.machine import Machine, address, etag, owner, path
from tests.parties.papers import upload

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


class TestWhoCalls:
    def test_without_a_token_401_and_how(self, case) -> None:
        answer = Client().get(path(case))
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "token.missing"

    def test_a_browsers_session_opens_nothing(self, case) -> None:
        client = Client()
        client.force_login(case.people["applicant"])
        assert client.get(path(case)).status_code == 401

    @pytest.mark.parametrize(
        "header",
        ["Bearer", "Bearer x", "Basic dTpw", f"Bearer {whole_token('ABCDEFGH', 'a' * 43)}", "Token x", "\u00e9"],
    )
    def test_what_is_no_token_of_ours(self, case, header) -> None:
        answer = Client().get(path(case), headers={"Authorization": header})
        assert (answer.status_code, answer.json()["code"]) == (401, "token.unknown")
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]

    def test_a_wrong_secret_under_a_right_prefix(self, machine, case) -> None:
        machine.told = whole_token(machine.token.prefix, "a" * 43)
        assert machine.get(path(case)).json()["code"] == "token.unknown"
        assert AuditEntry.objects.filter(action="accounts.act.refuse", after__code="token.unknown").count() == 1

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            (lambda token: ApiToken.objects.update(revoked_at=timezone.now()), "token.revoked"),
            (lambda token: ApiToken.objects.update(expires_on=dt.date(2026, 1, 1)), "token.expired"),
            (lambda token: Membership.objects.update(role=MembershipRole.MEMBER), "token.orphaned"),
            (lambda token: Membership.objects.update(ended_at=timezone.now()), "token.orphaned"),
            (
                lambda token: Organisation.objects.filter(pk=token.organisation_id).update(
                    merged_into=factories.organisation()
                ),
                "token.merged",
            ),
        ],
    )
    def test_what_a_token_rests_on_is_asked_at_every_call(self, machine, case, change, code) -> None:
        assert machine.get(path(case)).status_code == 200
        change(machine.token)
        for answer in (machine.get(path(case)), machine.post(path(case, "steps"), {"step": "discard"}, etag='"1"')):
            assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert case.file.status == "draft"

    def test_only_from_the_addresses_it_names(self, case) -> None:
        machine = Machine(case.people["applicant"], case.lab, networks="203.0.113.0/24")
        answer = machine.get(path(case))
        assert (answer.status_code, answer.json()["code"]) == (403, "token.address")
        machine.client = Client(REMOTE_ADDR="203.0.113.9")
        assert machine.get(path(case)).status_code == 200

    @pytest.mark.parametrize("query", ["access_token=x", "x=1&api_key=y", "q=tqp_ABCDEFGH_xyz"])
    def test_a_token_in_an_address_is_refused(self, machine, case, query) -> None:
        answer = machine.get(f"{path(case)}?{query}")
        assert (answer.status_code, answer.json()["code"]) == (400, "token.in_address")

    def test_the_trail_names_the_token_and_its_maker(self, machine, case) -> None:
        answer = machine.post(path(case, "steps"), {"step": "discard"}, etag=etag(machine, case))
        assert answer.status_code == 201
        entry = AuditEntry.objects.filter(action="workflow.file.advance").latest("pk")
        assert (entry.actor_id, entry.organisation_id) == (case.people["applicant"].pk, case.lab.pk)
        assert f"tqp_{machine.token.prefix}" in entry.actor_label
        assert Transition.objects.latest("pk").actor_label == entry.actor_label

    def test_a_budget_for_each_token(self, machine, case, settings) -> None:
        settings.TOKEN_BUDGETS = {"token": 2, "failed": 0}
        other = Machine(case.people["applicant"], case.lab)
        first = machine.get(address("own"))
        assert first.headers["RateLimit-Policy"] == '"token";q=2;w=60'
        assert first.headers["RateLimit"].startswith('"token";r=1;t=')
        assert machine.get(address("own")).headers["RateLimit"].startswith('"token";r=0;t=')
        refused = machine.get(address("own"))
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0
        assert other.get(address("own")).status_code == 200

    def test_who_guesses_too_often_waits(self, case, settings) -> None:
        settings.TOKEN_BUDGETS = {"token": 0, "failed": 2}
        client = Client(REMOTE_ADDR="198.51.100.77")
        guesses = [client.get(path(case), headers={"Authorization": "Bearer x"}).status_code for _n in range(4)]
        assert guesses == [401, 401, 429, 429]

    def test_nothing_private_is_kept_by_a_proxy(self, machine, case) -> None:
        for answer in (
            machine.get(path(case)),
            machine.get(path(case, "material", "0" * 8 + "-0000-0000-0000-" + "0" * 12)),
        ):
            assert answer.headers["Cache-Control"] == "private, no-store"


class TestScopes:
    @pytest.mark.parametrize(
        ("held", "method", "name", "wanted"),
        [
            ("scope:read", "get", "applications", "applications:read"),
            ("applications:read", "post", "applications", "applications:write"),
            ("applications:read", "patch", "application", "applications:write"),
            ("applications:write", "post", "steps", "applications:submit"),
            ("applications:submit", "post", "materials", "applications:write"),
            ("applications:write", "get", "scope", "scope:read"),
            ("scope:read", "post", "scope_imports", "scope:write"),
            ("scope:write", "get", "licences", "licences:read"),
        ],
    )
    def test_a_scope_opens_its_own_part_only(self, case, held, method, name, wanted) -> None:
        machine = Machine(case.people["applicant"], case.lab, held)
        where = address(name, *([case.file.number] if name in ("application", "steps", "materials") else []))
        answer = machine.send(method, where, {"step": "discard", "item": "renewal"})
        assert (answer.status_code, answer.json()["code"]) == (403, "token.scope")
        assert f'scope="{wanted}"' in answer.headers["WWW-Authenticate"]
        assert File.objects.count() == 1
        assert case.file.status == "draft"
        assert AuditEntry.objects.filter(after__code="token.scope").exists()

    def test_what_every_token_may(self, case) -> None:
        told = Machine(case.people["applicant"], case.lab, "scope:read").get(address("own")).json()
        assert (told["organisation"], told["scopes"]) == (case.lab.name, ["scope:read"])


class TestForeign:
    def test_another_institution_finds_nothing(self, case) -> None:
        other = Machine(*owner())
        case.to("submitted")
        document = Document.objects.earliest("pk")
        before = File.objects.values_list("status", "version")[0]
        for method, name, more, body in [
            ("get", "application", (), None),
            ("patch", "application", (), {"address": "x"}),
            ("post", "steps", (), {"step": "withdraw", "reason": "x"}),
            ("post", "materials", (), {"kind": "application_form", "file": upload()}),
            ("get", "material", (document.uid,), None),
            ("delete", "material", (document.uid,), None),
            ("put", "answer", ("correction", 1), {"answer": "x"}),
            ("get", "paper", (document.uid,), None),
        ]:
            answer = other.send(method, path(case, name, *more), body, etag='"1"')
            assert answer.status_code == 404, (method, name, answer.content)
        assert other.get(address("applications")).json()["results"] == []
        assert File.objects.values_list("status", "version")[0] == before
        assert AuditEntry.objects.filter(action="accounts.act.refuse", after__code="absent").exists()

    def test_a_maker_with_two_institutions_opens_one(self, machine, case) -> None:
        """The person may act for both; the token was made for one."""
        second = factories.organisation("示例·乙检测", kind=OrganisationKind.INSTITUTION, division_code="520602")
        factories.member(case.people["applicant"], second)
        other = Machine(case.people["applicant"], second)
        assert other.get(path(case)).status_code == 404
        refused = other.post(path(case, "steps"), {"step": "discard"}, etag=etag(machine, case))
        assert refused.status_code == 404
        assert other.get(address("applications")).json()["results"] == []
        assert other.get(address("scope")).json() == []
        assert case.file.status == "draft"

    def test_a_point_not_yet_told_is_absent(self, machine, case) -> None:
        case.to("submitted")
        case.point()
        assert machine.get(path(case)).json()["demands"] == []
        answer = machine.send("put", path(case, "answer", "correction", 1), {"answer": "x"}, etag='"1"')
        assert answer.status_code == 404

    def test_no_name_of_staff_leaves(self, machine, case) -> None:
        case.to("accepted")
        clerk = case.people[Role.WINDOW_CLERK]
        text = machine.get(path(case)).content.decode()
        assert str(clerk) not in text
        assert "受理人员" in text


class TestLog:
    def test_no_token_leaves_through_the_log(self, machine, case, monkeypatch) -> None:
        """Not even where a fault of ours carries it in its text."""

        def broken() -> None:
            raise RuntimeError(f"lost {machine.told}")

        console = next(handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler)
        monkeypatch.setattr(console, "stream", io.StringIO())
        monkeypatch.setattr("apps.institutions.selectors.applications.items", broken)
        machine.client.raise_request_exception = False
        answer = machine.get(address("items"))
        assert answer.status_code == 500
        told = console.stream.getvalue() + answer.content.decode()
        secret = machine.told.split("_", 2)[2]
        assert f"tqp_{machine.token.prefix}" in told
        assert secret not in told

    def test_every_value_of_an_event_is_masked(self) -> None:
        token = whole_token("ABCDEFGH", "s" * 43)
        event = {"event": f"got {token}.", "n": 1, "inner": {"list": [token], "tuple": (token,)}}
        masked = mask_tokens(None, "info", event)
        assert masked == {
            "event": "got tqp_ABCDEFGH_***.",
            "n": 1,
            "inner": {"list": ["tqp_ABCDEFGH_***"], "tuple": ["tqp_ABCDEFGH_***"]},
        }
