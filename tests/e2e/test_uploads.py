"""Uploads in the browser: in pieces, over a connection that breaks, after a reload, and without JavaScript."""

import re

import pytest

from apps.documents.constants import ORGANISATION
from apps.documents.models import Document, ResumableUpload
from tests import factories
from tests.parties.papers import PDF

LARGE = PDF.replace(b"%%EOF", b"%" + b"0" * 2_500_000 + b"\n%%EOF")


@pytest.fixture
def firm(city):
    """A person with an organisation of their own."""
    organisation, person = factories.organisation(), factories.person()
    factories.member(person, organisation)
    return organisation, person


def choose(page, organisation, content: bytes = LARGE) -> None:
    page.goto(f"/documents/of/{ORGANISATION}/{organisation.pk}/")
    page.select_option("select[name=kind]", "manual")
    page.set_input_files("input[type=file]", {"name": "手册.pdf", "mimeType": "application/pdf", "buffer": content})


def stored(organisation) -> Document:
    document = Document.objects.get(organisation=organisation)
    assert document.size == len(LARGE)
    with document.file.open() as content:
        assert content.read() == LARGE
    return document


def test_in_pieces_over_a_broken_connection(opened, firm) -> None:
    organisation, person = firm
    page = opened(person)
    pieces: list[str] = []

    def break_second(route):
        if route.request.method == "PUT":
            pieces.append(route.request.headers["upload-offset"])
            if len(pieces) == 2:
                route.abort("connectionreset")
                return
        route.continue_()

    page.route(re.compile("/documents/uploads/.+"), break_second)
    choose(page, organisation)
    page.click("form[data-resumable] .buttons button")
    page.get_by_role("link", name="手册.pdf").wait_for()
    assert pieces == ["0", "1048576", "1048576", "2097152"]
    stored(organisation)
    assert not ResumableUpload.objects.filter(user=person).exists()


def test_after_a_reload_it_goes_on(opened, firm) -> None:
    organisation, person = firm
    page = opened(person)
    page.add_init_script("Object.defineProperty(File.prototype, 'lastModified', { get: () => 7 })")
    sent: list[str] = []
    page.route(re.compile("/documents/uploads/.+"), lambda route: _only_first(route, sent))
    choose(page, organisation)
    page.click("form[data-resumable] .buttons button")
    page.locator("[data-upload-waiting]").wait_for(state="visible")
    assert ResumableUpload.objects.get(user=person).received == 1_048_576
    page.unroute_all()
    choose(page, organisation)
    page.click("form[data-resumable] .buttons button")
    page.get_by_role("link", name="手册.pdf").wait_for()
    stored(organisation)


def _only_first(route, sent: list[str]) -> None:
    if route.request.method == "PUT":
        sent.append(route.request.url)
        if len(sent) > 1:
            route.abort("internetdisconnected")
            return
    route.continue_()


def test_without_javascript(opened, firm) -> None:
    organisation, person = firm
    page = opened(person, java_script_enabled=False)
    choose(page, organisation)
    page.click("form[data-resumable] .buttons button")
    assert page.get_by_role("link", name="手册.pdf").count() == 1
    stored(organisation)


def test_what_is_wrong_is_said_at_the_field(opened, firm) -> None:
    organisation, person = firm
    page = opened(person)
    choose(page, organisation, b"MZ" + bytes(100))
    page.click("form[data-resumable] .buttons button")
    page.get_by_text("内容不是 PDF").first.wait_for()
    assert not Document.objects.filter(organisation=organisation).exists()
