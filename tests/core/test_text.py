"""Texts of strangers: what can be stored, what is a number, and that nobody reads either without asking."""

import re

import pytest
from django.conf import settings
from django.test import Client

from apps.core.text import storable, whole_number
from tests import factories
from tests.architecture.tree import ROOT

# Shapes of codes and passwords that are never turned into a number as they are.
ONLY_SHAPES = {"apps/accounts/rules.py", "apps/certifications/rules/query.py", "apps/parties/selectors/divisions.py"}


@pytest.mark.parametrize("text", ["", " 1", "-1", "+1", "1.0", "²", "٣", "１", "x", "1" * 19, "1" * 5000, "1\0"])
def test_no_number(text: str) -> None:
    assert whole_number(text) is None


def test_a_number() -> None:
    assert whole_number("0") == 0
    assert whole_number("9" * 18) == 999_999_999_999_999_999
    assert whole_number("123", digits=2) is None


def test_every_asked_digit_is_ascii() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in (ROOT / "apps").rglob("*.py")
        for line in path.read_text().splitlines()
        if re.search(r"\.is(digit|decimal|numeric)\(\)", line)
        and ".isascii()" not in line
        and not line.strip().startswith("assert ")  # of a constant of ours
        and str(path.relative_to(ROOT)) not in ONLY_SHAPES
    ]
    assert wrong == [], "use apps.core.text.whole_number"


def test_what_no_text_of_the_database_keeps() -> None:
    assert storable("a\0b\ud800c\udfff") == "a\ufffdb\ufffdc\ufffd"
    assert storable("示例\t\r\n😀") == "示例\t\r\n😀"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/institutions/", "/c/x"])
def test_a_cookie_with_a_nul_is_a_cookie_of_nobody(address: str) -> None:
    client = Client(raise_request_exception=False)
    answer = client.get(address, headers={"Cookie": rf'{settings.SESSION_COOKIE_NAME}="a\000{"b" * 31}"'})
    assert answer.status_code < 500


@pytest.mark.django_db
def test_a_field_with_a_nul_reaches_the_view_without_it() -> None:
    client = Client(raise_request_exception=False)
    person = factories.person()
    factories.member(person, factories.organisation())
    client.force_login(person)
    assert client.post("/institutions/apply/", {"item": "first\0"}).status_code == 404
    assert client.get("/institutions/cases/0/steps/a%00b/").status_code == 404
