"""Attempt 58: who has an account is told neither by the answer nor by the work that it costs.

Hashing and mail are what takes time; both are counted, because the clock also measures the machine.
"""

from collections.abc import Callable

import pytest
from django.contrib.auth import hashers
from django.core import mail
from django.core.cache import cache
from django.test import Client

from apps.accounts.models import User
from tests import factories
from tests.accounts.conftest import confirmed

pytestmark = pytest.mark.django_db


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows with every password that is hashed."""
    counted: list[str] = []
    hasher = type(hashers.get_hasher())
    original = hasher.encode
    monkeypatch.setattr(
        hasher, "encode", lambda self, password, salt: counted.append("x") or original(self, password, salt)
    )
    return counted


def sign_up(email: str) -> dict[str, str]:
    return {"display_name": "示例", "email": email, "password1": factories.PASSWORD, "password2": factories.PASSWORD}


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/accounts/password/reset/", lambda email: {"email": email}),
        ("/accounts/signup/", sign_up),
        ("/accounts/login/", lambda email: {"login": email, "password": "wrong password 1A"}),
    ],
)
def test_known_and_unknown_addresses_cost_the_same(
    hashed: list[str], address: str, form: Callable[[str], dict[str, str]]
) -> None:
    known = confirmed(factories.person()).email
    seen = []
    for email in (known, "nobody@example.org"):
        cache.clear()
        hashed.clear()
        mail.outbox.clear()
        answer = Client().post(address, form(email))
        seen.append((answer.status_code, answer.headers.get("Location"), len(hashed), len(mail.outbox)))
    assert seen[0] == seen[1]
    assert seen[0][2] + seen[0][3] > 0, "some work was done"


def test_a_stranger_cannot_flood_a_mailbox(citizen: User) -> None:
    """Reset mails to one address stop after a few, whoever asks, and say nothing about it."""
    cache.clear()
    answers = {Client().post("/accounts/password/reset/", {"email": citizen.email}).status_code for _n in range(12)}
    assert len(mail.outbox) <= 6
    assert answers <= {302, 429}
