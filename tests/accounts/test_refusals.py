"""A refusal changes nothing and leaves one entry in the trail, however the view shows it, and never answers 500."""

from dataclasses import replace

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse
from redis.exceptions import ConnectionError as ValkeyDown

from apps.accounts import throttle
from apps.accounts.access import staff_required
from apps.accounts.constants import Role
from apps.accounts.models import RoleGrant
from apps.audit.models import AuditEntry
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion, noting_refusals
from certportal.urls import urlpatterns as real
from tests import factories


@staff_required
def refused(request, code):
    """A service that wrote, then was refused: a view that does not catch it."""
    with transaction.atomic():
        factories.organisation("示例·不应存在")
        raise StaleVersion if code == "stale" else Refused(code, "已经处理")


@staff_required
def swallowed(request):
    """A view that makes a sentence of it."""
    try:
        raise Refused("state", "已经处理")
    except Refused as found:
        return HttpResponse(found.reason)


urlpatterns = [path("refused/<str:code>/", refused), path("swallowed/", swallowed), *real]
TYPED = {"reason": "我写了很久的理由", "version": "3", "password1": "geheim-geheim"}
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


@pytest.fixture
def clerk(client: Client) -> Client:
    client.force_login(factories.staff(Role.WINDOW_CLERK))
    return client


def refusals() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action__endswith=".refuse").order_by("pk"))


@pytest.mark.parametrize(
    ("code", "status"),
    [("permission", 403), ("scope", 403), ("own_roles", 403), ("claim.decided", 409), ("stale", 409)],
)
def test_what_no_view_caught_gets_a_page_and_one_entry(clerk: Client, code: str, status: int) -> None:
    answer = clerk.post(f"/refused/{code}/", TYPED)
    assert answer.status_code == status
    [entry] = refusals()
    assert entry.action == "accounts.act.refuse"
    assert entry.after == {"path": f"/refused/{code}/", "code": "stale_version" if code == "stale" else code}
    assert entry.request_id
    assert entry.actor_id
    text = answer.content.decode()
    assert "geheim" not in text
    if status == 409:
        assert "我写了很久的理由" in text, "nothing typed is lost"


def test_a_refusal_that_became_a_sentence_is_in_the_trail_too(clerk: Client) -> None:
    assert clerk.get("/swallowed/").status_code == 200
    assert [entry.after["code"] for entry in refusals()] == ["state"]


def test_what_the_refused_transaction_wrote_is_gone(clerk: Client) -> None:
    clerk.get("/refused/claim.decided/")
    assert not type(factories.organisation()).objects.filter(name="示例·不应存在").exists()


def test_the_pages_own_refusal_is_not_told_twice(clerk: Client) -> None:
    assert clerk.get(reverse("accounts:people")).status_code == 403
    [entry] = refusals()
    assert entry.action == "accounts.access.refuse"


def test_a_flood_fills_neither_one_line_nor_many(clerk: Client) -> None:
    for _n in range(5):
        clerk.get("/swallowed/")
    assert len(refusals()) == 1
    for n in range(throttle.REFUSALS.attempts + 10):
        clerk.get(f"/refused/code{n}/")
    assert len(refusals()) == throttle.REFUSALS.attempts


def test_without_valkey_each_refusal_is_recorded(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_args: object) -> int:
        raise ValkeyDown("gone")

    monkeypatch.setattr(throttle, "count", down)
    clerk.get("/swallowed/")
    clerk.get("/swallowed/")
    assert len(refusals()) == 2


def test_refused_by_a_real_service_over_http(client: Client) -> None:
    """The security administrator cannot end the same grant twice: 409, and the second attempt is in the trail."""
    client.force_login(factories.staff(Role.SECURITY_ADMIN))
    grant = RoleGrant.objects.get(user=factories.staff(Role.OFFICER))
    address = f"/people/accounts/roles/{grant.pk}/end/"
    assert client.post(address, {"reason": "调岗"}).status_code == 302
    assert client.post(address, {"reason": "调岗"}).status_code == 409
    assert [entry.after["code"] for entry in refusals()] == ["already_ended"]


def test_what_is_not_there_for_this_person_is_in_the_trail(client: Client, clerk: Client) -> None:
    """Attempts 1, 2 and 4: 404 says nothing to who tries, and leaves one entry; a public page leaves none."""
    assert clerk.get(reverse("parties:detail", args=[404])).status_code == 404
    assert clerk.post(reverse("parties:claim_confirm", args=[404])).status_code == 404
    assert clerk.get(reverse("portal:certificate", args=["absent"])).status_code == 404
    assert clerk.get("/no/such/page/").status_code == 404
    assert [(entry.after["code"], entry.after["path"]) for entry in refusals()] == [
        ("absent", reverse("parties:detail", args=[404])),
        ("absent", reverse("parties:claim_confirm", args=[404])),
    ]


def test_a_barred_problem_is_noted_and_a_slip_of_the_pen_is_not() -> None:
    slip = Problem("length", "name", "x", "太长", "请缩短")
    with noting_refusals() as noted:
        ProblemsFound(slip)
        ProblemsFound(slip, replace(slip, code="out_of_scope", barred=True), replace(slip, code="state", barred=True))
    assert [refusal.code for refusal in noted] == ["out_of_scope,state"]


def test_a_barred_problem_on_a_form_leaves_one_entry(client: Client) -> None:
    """The only manager may not leave: the form says why, nothing changes, and the trail knows of the attempt."""
    membership = factories.member(factories.person(), factories.organisation())
    client.force_login(membership.user)
    address = reverse("parties:membership_end", args=[membership.pk])
    assert client.post(address, {"reason": "离职"}).status_code == 422
    membership.refresh_from_db()
    assert membership.ended_at is None
    [entry] = refusals()
    assert entry.after == {"path": address, "code": "membership.last_manager"}


def test_outside_a_request_nothing_is_noted() -> None:
    Refused("x")
    with noting_refusals() as outer:
        Refused("a")
        with noting_refusals() as inner:
            Refused("b")
        Refused("c")
    assert [r.code for r in outer] == ["a", "c"]
    assert [r.code for r in inner] == ["b"]


def test_a_path_with_nul_is_refused_and_recorded(client: Client) -> None:
    """PostgreSQL stores no NUL: the trail holds a printable path, and the answer is 403, not 500."""
    client.force_login(factories.staff(Role.WINDOW_CLERK))
    assert client.get("/messages/mailbox/a%00b/raw/").status_code == 403
    assert "\ufffd" in AuditEntry.objects.get(action="accounts.access.refuse").after["path"]
