"""Attempt 57: what proxies and browsers keep. Private pages nowhere; what is equal for all, without cookies."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.constants import Role
from tests import factories
from tests.accounts.conftest import confirmed

pytestmark = pytest.mark.django_db
PEOPLE_TABLES = ("django_session", "accounts_", "parties_membership")
PRIVATE = ["/my/", "/desk/", "/messages/", "/people/", "/registry/staff/", "/organisations/", "/audit/", "/absent/"]


def same_for_everybody() -> list[str]:
    """Public answers that are not drawn by cookies: no theme, no language, no person in them."""
    token = factories.certificate().token
    return ["/healthz", f"/c/{token}/qr.svg", reverse("api:certificates"), reverse("api:projects"), "/api/schema/"]


def vary(response) -> set[str]:
    return {part.strip() for part in response.headers.get("Vary", "").split(",")}


def test_answers_without_a_person_in_them_do_not_vary_by_cookie(client: Client, counted) -> None:
    for address in same_for_everybody():
        with counted() as queries:
            answer = client.get(address)
        assert answer.status_code == 200, address
        assert "Cookie" not in vary(answer), address
        assert not answer.cookies, address
        assert not [q["sql"] for q in queries if any(table in q["sql"] for table in PEOPLE_TABLES)], address


@pytest.mark.parametrize("path", ["/", "/privacy/", "/open-data/", "/lookup/", "/accessibility/"])
def test_public_pages_ask_for_nobody_and_say_that_they_are_drawn_by_cookie(client: Client, counted, path: str) -> None:
    """They show theme and language, which are cookies: without Vary a proxy would hand out one visitor's choice."""
    client.get(path)
    with counted() as queries:
        answer = client.get(path)
    assert not [q["sql"] for q in queries if any(table in q["sql"] for table in PEOPLE_TABLES)]
    assert "sessionid" not in answer.cookies
    assert "Cookie" in vary(answer)
    assert "public" not in answer.headers["Cache-Control"] or "no-cache" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", PRIVATE)
def test_nothing_made_for_a_person_is_stored(client: Client, path: str) -> None:
    client.force_login(factories.staff(Role.WINDOW_CLERK, Role.SUPERVISOR))
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in vary(answer)


def test_the_answer_to_a_sign_in_is_not_stored_either(client: Client, db: None) -> None:
    person = confirmed(factories.person())
    answer = client.post("/accounts/login/", {"login": person.email, "password": factories.PASSWORD})
    assert answer.status_code == 302
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_form_for_anybody_carries_a_token_and_is_for_one_browser(client: Client) -> None:
    answer = client.get("/accounts/login/")
    assert "csrftoken" in answer.cookies
    assert "no-store" in answer.headers["Cache-Control"] or "private" in answer.headers["Cache-Control"]
