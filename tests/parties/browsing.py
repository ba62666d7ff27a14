"""What the tests of pages share: a clerk, somebody's browser, addresses."""

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role
from apps.parties.rules.codes import make_uscc
from tests import factories

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
KNOWN = make_uscc("520602", "MA7000B2")


def url(name: str, *args) -> str:
    return reverse(f"parties:{name}", args=args)


def browse(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def clerk(division: str = "520600"):
    return factories.staff(Role.WINDOW_CLERK, at=factories.unit(f"unit{division}", division))


def form_of(response) -> str:
    return response.content.decode()
