"""Attempts that belong to no single app, and the table of all of them (docs/security-attempts.md)."""

import datetime as dt
import re

import pytest
from django.contrib.auth import hashers
from django.test import Client
from django.urls import reverse

from apps.accounts.constants import Role
from apps.certifications.models import MismatchReport
from apps.core.calendar import today
from certportal.embedded import ROOT
from tests import factories
from tests.architecture.test_access import address, patterns, table

TABLE = (ROOT / "docs" / "security-attempts.md").read_text()
WANTED = {*range(1, 23), 24, *range(28, 65)}


def test_every_attempt_has_its_row() -> None:
    assert {int(number) for number in re.findall(r"^\| (\d+) \|", TABLE, re.MULTILINE)} == WANTED


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TABLE))))
def test_every_named_test_exists(named: tuple[str, str]) -> None:
    path, name = named
    assert not name or re.search(rf"def {name}\b", (ROOT / path).read_text()), f"{path}::{name}"


@pytest.mark.django_db
def test_other_methods_change_nothing() -> None:
    """Attempt 12: PUT, PATCH and DELETE on every page that is read, and an override of the method in a header."""
    clerk = Client(raise_request_exception=False)
    clerk.force_login(factories.staff(Role.WINDOW_CLERK, Role.SUPERVISOR))
    met, converters = {}, dict(patterns())
    ours = {name: row for name, row in table().items() if not name.startswith(("account_", "mfa_"))}  # allauth's own
    for name, row in ours.items():
        where = address(name, converters[name], row)
        for method in ("put", "patch", "delete"):
            status = getattr(clerk, method)(where).status_code
            if status not in {302, 403, 404, 405} | ({401} if row.who == "token" else set()):
                met[f"{method} {name}"] = status
        override = clerk.get(where, headers={"X-HTTP-Method-Override": "DELETE"})
        assert override.status_code < 500, name
    assert met == {}


def test_the_last_second_in_shanghai_is_still_the_last_day() -> None:
    """Attempt 31: 23:59:59 in Shanghai is 15:59:59 UTC; a second later it is the next day everywhere."""
    last = dt.datetime(2027, 2, 28, 15, 59, 59, tzinfo=dt.UTC)
    assert today(last) == dt.date(2027, 2, 28)
    assert today(last + dt.timedelta(seconds=1)) == dt.date(2027, 3, 1)


@pytest.mark.django_db
def test_posted_moments_are_ignored(client: Client) -> None:
    """Attempt 33: when a report came in is the server's to say."""
    certificate = factories.certificate()
    moments = {"received_at": "1999-01-01", "now": "1999-01-01", "created_at": "1999-01-01", "state": "handled"}
    told = {"description": "证书上的名称与厂房不符", "place": "", "contact": "", **moments}
    client.post(reverse("portal:certificate_report", args=[certificate.token]), told)
    assert MismatchReport.objects.get().received_at.year != 1999


@pytest.mark.django_db
def test_an_unknown_name_costs_the_same_hashing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempt 58: the work is compared, not the wall time, which other work on the machine blurs."""
    known, counted, hasher = factories.person(), [], type(hashers.get_hasher())
    original = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda self, *given: counted.append(1) or original(self, *given))
    costs = []
    for name in (known.email, "nobody@example.org"):
        counted.clear()
        client.post("/accounts/login/", {"login": name, "password": "wrong password 1A"})
        costs.append(len(counted))
    assert costs[0] == costs[1] > 0


@pytest.mark.django_db
def test_a_large_body_is_refused(client: Client) -> None:
    """Attempt 63: fields of three megabytes, and more fields than any form has."""
    client.raise_request_exception = False
    assert client.post("/accounts/login/", {"login": "x" * 3_000_000}).status_code == 400
    assert client.post("/accounts/login/", {f"f{n}": "1" for n in range(2_100)}).status_code == 400
