"""Who may open a page: sign-in first, then the permission, and no body for a fragment without a session."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from apps.accounts.access import staff_permission, staff_required
from apps.accounts.constants import Permission, Role
from apps.accounts.requests import actor_of, client_ip
from apps.audit.models import AuditEntry
from certportal import urls as portal
from tests import factories


def _answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse(actor_of(request).label)


urlpatterns = [
    path("staff/", staff_required(_answer)),
    path("import/", staff_permission(Permission.IMPORT_MANAGE)(_answer)),
    path("signed-in/", _answer),
    *portal.urlpatterns,
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.test_access")]


@pytest.mark.parametrize("path", ["/staff/", "/import/", "/signed-in/"])
def test_an_anonymous_visitor_is_sent_to_sign_in_and_back(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?next={path}")


@pytest.mark.parametrize("path", ["/staff/", "/import/", "/signed-in/"])
def test_a_fragment_without_a_session_gets_401_a_redirect_header_and_no_body(client: Client, path: str) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/list/"}
    answer = client.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.content == b""
    assert answer["HX-Redirect"].endswith("?next=/list/")


def test_a_fragment_cannot_send_the_person_to_another_site(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://evil.example/x"}
    assert "evil" not in client.get("/staff/", headers=headers)["HX-Redirect"]


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_member_of_staff_without_the_permission_gets_403_and_a_trail_entry(client: Client, headers: dict) -> None:
    reviewer = factories.staff(Role.REVIEWER)
    client.force_login(reviewer)
    assert client.get("/import/", headers=headers).status_code == 403
    entry = AuditEntry.objects.get(action="accounts.access.refuse")
    assert entry.actor_id == reviewer.pk
    assert entry.after == {"path": "/import/", "permissions": ["certifications.import.manage"]}


def test_the_permission_opens_the_page(client: Client) -> None:
    client.force_login(factories.staff(Role.WINDOW_CLERK))
    assert client.get("/import/").status_code == 200


def test_staff_pages_refuse_people_outside_and_let_every_member_of_staff_in(client: Client) -> None:
    client.force_login(factories.person())
    assert client.get("/staff/").status_code == 403
    client.force_login(factories.staff())
    assert client.get("/staff/").status_code == 200


def test_a_role_removed_mid_session_is_gone_at_the_next_request(client: Client) -> None:
    clerk = factories.staff(Role.WINDOW_CLERK)
    client.force_login(clerk)
    assert client.get("/import/").status_code == 200
    clerk.role_grants.all().delete()
    assert client.get("/import/").status_code == 403


def test_a_disabled_person_is_out_at_the_next_request(client: Client) -> None:
    clerk = factories.staff(Role.WINDOW_CLERK)
    client.force_login(clerk)
    clerk.is_active = False
    clerk.save()
    assert client.get("/import/").status_code == 302


def test_the_matrix_test_can_read_what_a_view_asks() -> None:
    guarded = staff_permission(Permission.IMPORT_MANAGE)(_answer)
    assert guarded.audience == "staff"
    assert guarded.permissions == {Permission.IMPORT_MANAGE}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "9.9.9.9", "10.0.0.1"),
        (1, "9.9.9.9", "9.9.9.9"),
        (1, "6.6.6.6, 9.9.9.9", "9.9.9.9"),
        (2, "6.6.6.6, 9.9.9.9, 10.0.0.7", "9.9.9.9"),
        (2, "9.9.9.9", "10.0.0.1"),
        (1, "'; DROP TABLE", "10.0.0.1"),
        (1, "::ffff:9.9.9.9", "9.9.9.9"),
        (1, "", "10.0.0.1"),
    ],
)
def test_only_our_own_proxies_may_say_where_a_request_came_from(proxies: int, forwarded: str, expected: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    with override_settings(TRUSTED_PROXIES=proxies):
        assert client_ip(request) == expected
