"""Whatever is sent to whichever URL, nobody gets a 500: random values in every path, parameter and field, seeded.

Names of parameters are learnt from the pages themselves (every `name=` of their forms) beside those that views read.
FUZZ_REQUESTS and FUZZ_SEED prolong or vary the run. It is counted, not timed: a busy machine must ask as much.
"""

import os
import random
import re
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.urls.converters import IntConverter, UUIDConverter

from apps.accounts.constants import Role
from apps.certifications.models import Certificate
from tests import factories
from tests.architecture.test_access import patterns, table
from tests.journeys import city

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "1500"))
SEED = int(os.environ.get("FUZZ_SEED", "20261124"))
NAMES = re.compile(r'name="([A-Za-z_][\w-]*)"')
READ_BY_VIEWS = [
    *("q", "page", "page_size", "state", "tab", "show", "year", "next", "cursor", "after", "before", "number", "body"),
    *("county", "status", "sort", "order_by", "product", "site", "day", "format", "kind", "unit", "role", "version"),
    *("chosen", "decision", "reason", "kept", "file", "documents", "on", "confirm", "id", "token", "from", "until"),
]
VALUES = [
    *("", " ", "0", "1", "-1", "٣", "１２", "NaN", "1e309", "9" * 30, "2147483648", "9223372036854775808", "true"),
    *("2026-02-30", "0000-00-00", "9999-12-31", "2026-11-24", "10000-01-01", "2024-02-29T00:00", "1:1", "1:x:2"),
    *(
        "'",
        "' OR 1=1 --",
        "%",
        "_",
        "\\",
        "\0",
        "a\0b",
        "\ud800",
        "\ufeff",
        "\u202e",
        "😀" * 50,
        "示例·茶业",
        "\r\nX-A: b",
    ),
    *(
        "<script>alert(1)</script>",
        "{{settings.SECRET_KEY}}",
        "{0.__class__}",
        "{",
        "}",
        "%s",
        "%(x)s",
        "=1+1",
        "\r\nA: b",
    ),
    *("//evil.example", "javascript:alert(1)", "../../etc/passwd", "%2e%2e/", "|", "(a+)+$", "[", "*", "a" * 5000),
    *("CNCA-R-2002-001", "91371323760038087M", "00126Q10001R0S", "valid", "expired", "bad", "open", "take", "distinct"),
]
EXPECTED = {200, 204, 301, 302, 304, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 503}


def values(chance: random.Random) -> Iterator[str]:
    while True:
        if chance.random() < 0.8:
            yield chance.choice(VALUES)
        else:
            yield "".join(
                chr(chance.choice([chance.randrange(32, 127), chance.randrange(1, 0xD7FF)])) for _ in range(9)
            )


@pytest.fixture
def visitors(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Client]:
    """Nobody, somebody with a firm, casework staff and each administrator, in a city with one of everything."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("apps.certifications.views.imports.wake", lambda batch_id: None)
    casework = [role for role in Role if "admin" not in role]
    people = [city.populate(), factories.staff(*casework), factories.staff(Role.SUPERVISOR, Role.LEADER)]
    people += [factories.staff(role) for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)]
    clients = [Client(raise_request_exception=False)]
    for user in people:
        clients.append(Client(raise_request_exception=False))
        clients[-1].force_login(user)
    return clients


def somewhere(
    chance: random.Random, name: str, converters: dict[str, object], known: list[object], words: Iterator[str]
) -> str | None:
    """The URL `name` with arguments that mostly name something, else nothing or nonsense."""
    numbers = [key for key in known if isinstance(key, int)]
    arguments: dict[str, object] = {}
    for key, converter in converters.items():
        if isinstance(converter, UUIDConverter):
            arguments[key] = "00000000-0000-0000-0000-000000000001"
        elif isinstance(converter, IntConverter):
            odd = [0, 2**31, 2**63, 10**19, 2026, 11]
            arguments[key] = chance.choice(numbers if chance.random() < 0.8 else odd)
        else:
            arguments[key] = (str(chance.choice(known)) if chance.random() < 0.5 else next(words)).replace("/", "")[
                :300
            ]
    try:
        return reverse(name, kwargs=arguments)
    except (NoReverseMatch, UnicodeEncodeError):
        return None


def told(chance: random.Random, names: list[str], words: Iterator[str]) -> dict[str, object]:
    data: dict[str, object] = {}
    for key in chance.sample(names, min(len(names), chance.randrange(0, 8))):
        if chance.random() < 0.1:
            content = next(words).encode("utf-8", "replace")
            data[key] = SimpleUploadedFile(chance.choice(["x.pdf", "x.csv", "x.xlsx", "x.json", "a" * 400]), content)
        else:
            data[key] = [next(words) for _n in range(chance.choice([1, 1, 1, 2]))]
    return data


def send(chance: random.Random, client: Client, address: str, data: dict[str, object], *, post: bool) -> int:
    headers = {"HX-Request": "true"} if chance.random() < 0.2 else {}
    if chance.random() < 0.2:
        headers["Accept-Language"] = chance.choice(["en", "xx,\0", "zh-hans;q=x", "*" * 50])
    texts = {key: value for key, value in data.items() if isinstance(value, list)}
    query = urllib.parse.urlencode(texts, doseq=True, encoding="utf-8", errors="surrogatepass")
    if not post:
        return client.get(f"{address}?{query}", headers=headers).status_code
    if chance.random() < 0.2:
        body = query.encode() + bytes(chance.randrange(256) for _n in range(9))
        kind = chance.choice(["application/x-www-form-urlencoded", "application/json", "multipart/form-data", "text/x"])
        return client.post(address, body, content_type=kind, headers=headers).status_code
    clean = {
        key: [text.replace("\ud800", "") for text in value] if isinstance(value, list) else value
        for key, value in data.items()
    }
    return client.post(address, clean, headers=headers).status_code


@pytest.mark.timeout(max(240, REQUESTS // 5))
def test_no_request_breaks_the_portal(visitors: list[Client]) -> None:
    chance = random.Random(SEED)
    words, known = values(chance), [*city.keys(), *Certificate.objects.values_list("token", flat=True)]
    rows = table()
    urls = [(name, converters) for name, converters in patterns() if name in rows and name != "account_logout"]
    names: dict[str, list[str]] = {}
    broken, met = [], Counter[int]()
    while met.total() < REQUESTS:
        name, converters = chance.choice(urls)
        address = somewhere(chance, name, converters, known, words)
        if address is None:
            continue
        client = chance.choice([*visitors, *visitors[1:3], visitors[2]])
        with transaction.atomic():
            if len(names.get(name, [])) <= len(READ_BY_VIEWS):
                names[name] = sorted({*READ_BY_VIEWS, *NAMES.findall(page(client, address))})
            data = told(chance, names[name], words)
            post = chance.random() < (0.9 if rows[name].method == "post" else 0.4)
            status = send(chance, client, address, data, post=post)
            transaction.set_rollback(True)
        met[status] += 1
        if status not in EXPECTED:
            broken.append(f"{status} {name} {address[:80]!r} {str(data)[:600]}")
    assert broken == [], f"seed {SEED}: {met}"
    assert met[200] > REQUESTS / 20, f"hardly anything was reached: {met}"
    assert met[422], f"no form was reached: {met}"


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    return "" if answer.streaming else answer.content.decode(errors="replace")
