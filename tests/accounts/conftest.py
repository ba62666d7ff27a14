"""People who sign in as people do: through the form."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from apps.accounts.models import User
from tests import factories

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _no_counts_from_other_tests() -> None:
    cache.clear()


@pytest.fixture
def citizen(db: None) -> User:
    """An external person with a confirmed address."""
    return confirmed(factories.person())


def confirmed(user: User) -> User:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def sign_in() -> Callable[..., HttpResponse]:
    def sign_in(client: Client, login: str, password: str = factories.PASSWORD, **more: Any) -> HttpResponse:
        data = {"login": login, "password": password, **more.pop("data", {})}
        return client.post(LOGIN, data, **more)

    return sign_in
