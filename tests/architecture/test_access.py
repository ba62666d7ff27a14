"""Every URL is classified, and behaves as its row says: anonymously, for an outside person, and for every role."""

import copy
import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, UUIDConverter
from django.utils import timezone

from apps.accounts.constants import Role
from apps.accounts.rules import permissions_of
from tests import factories
from tests.architecture import access
from tests.architecture.access import Access

ZERO_UUID = "00000000-0000-0000-0000-000000000000"
ANONYMOUS, OUTSIDER = "anonymous", "outsider"


def patterns(
    resolver: URLResolver | None = None, namespaces: tuple[str, ...] = (), outer: dict[str, object] | None = None
) -> Iterator[tuple[str, dict[str, object]]]:
    """Each URL's full name, with the converters of its arguments."""
    for entry in (resolver or get_resolver()).url_patterns:
        converters = {**(outer or {}), **entry.pattern.converters}
        if isinstance(entry, URLResolver):
            yield from patterns(entry, (*namespaces, entry.namespace) if entry.namespace else namespaces, converters)
        else:
            yield ":".join([*namespaces, entry.name or f"unnamed {entry.pattern}"]), converters


def table() -> dict[str, Access]:
    rows: dict[str, Access] = {}
    for module in pkgutil.iter_modules(access.__path__):
        rows |= importlib.import_module(f"{access.__name__}.{module.name}").ROWS
    return rows


def address(name: str, converters: dict[str, object], row: Access) -> str:
    """The URL of a name, its arguments filled with values that name nothing unless the row gives others."""
    fillers = {IntConverter: 0, UUIDConverter: ZERO_UUID}
    filled = {key: fillers.get(type(converter), "x") for key, converter in converters.items()}
    return reverse(name, kwargs={**filled, **row.args})


def test_every_url_has_a_row_and_every_row_a_url() -> None:
    names = {name for name, _converters in patterns()}
    rows = set(table())
    assert names - rows == set(), "classify these in tests/architecture/access/<app>.py"
    assert rows - names == set(), "these rows name no URL"


def verdict(response: HttpResponse) -> str:
    """open, login (sent to sign in), forbidden, absent, or broken."""
    if response.status_code >= 500:
        return f"broken ({response.status_code})"
    target = response.headers.get("Location", "") or response.headers.get("HX-Redirect", "")
    if response.status_code == 401 or target.split("?")[0] == reverse(settings.LOGIN_URL):
        return "login"
    return {403: "forbidden", 404: "absent"}.get(response.status_code, "open")


def expected(row: Access, visitor: str) -> set[str]:
    """What a visitor may meet at a URL. An object that does not exist is absent for those who may look for it."""
    if row.who == "flow":
        return {"open", "absent", "login", "forbidden"}
    if row.who == "anyone":
        return {"open", "absent"}
    if visitor == ANONYMOUS or row.who == "token":
        return {"login"}
    if row.who == "owner":
        return {"absent", "forbidden"}
    if row.who == "staff" and not allowed(row, visitor):
        return {"forbidden"}
    return {"open", "absent"}


def allowed(row: Access, visitor: str) -> bool:
    if visitor == OUTSIDER:
        return False
    return not row.permissions or bool(row.permissions & permissions_of({visitor}))


@pytest.mark.django_db
@pytest.mark.usefixtures("bare_refusals")
@pytest.mark.parametrize("visitor", [ANONYMOUS, OUTSIDER, *Role.values])
def test_every_url_opens_to_whom_it_should(visitor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.core.selectors.running_since", timezone.now)  # else a slow run finds jobs overdue: 503
    rows, converters = table(), dict(patterns())
    client = Client(raise_request_exception=False)
    if visitor != ANONYMOUS:
        client.force_login(user_of(visitor))
    met = {
        name: met_by(client, row.method, address(name, converters[name], row))
        for name, row in sorted(rows.items())
        if name in converters
    }
    wrong = [
        f"{name}: {found}, not {' or '.join(sorted(expected(rows[name], visitor)))}"
        for name, found in met.items()
        if found not in expected(rows[name], visitor)
    ]
    assert wrong == [], f"as {visitor}"


def met_by(client: Client, method: str, path: str) -> str:
    """The verdict on one request, which leaves nothing behind: no row, no cookie, no end of the session."""
    cookies = copy.deepcopy(client.cookies)
    try:
        with transaction.atomic():
            found = verdict(getattr(client, method)(path))
            transaction.set_rollback(True)
    finally:
        client.cookies = cookies
    return found


def user_of(visitor: str):
    return factories.person() if visitor == OUTSIDER else factories.staff(Role(visitor))
