"""Every page is walked by a browser, or it says why it is none."""

import itertools
import re

from django.urls import Resolver404, resolve

from tests.architecture.test_access import ZERO_UUID, table
from tests.architecture.tree import ROOT
from tests.e2e.pages import not_pages, rows

FILLERS = ["0", "x", ZERO_UUID]  # what the converters of an address may want


def walked(path: str) -> str | None:
    """The URL name that a row's path leads to, whatever its `{...}` are."""
    pieces = re.split(r"\{[^}]*\}", path.partition("?")[0])
    for fillers in itertools.product(FILLERS, repeat=len(pieces) - 1):
        filled = "".join(itertools.chain(*itertools.zip_longest(pieces, fillers, fillvalue="")))
        try:
            return resolve(filled).view_name
        except Resolver404:
            continue
    return None


def test_every_page_has_a_row_of_the_walk_or_a_reason() -> None:
    names = {name for name, row in table().items() if row.method == "get"}
    seen = {walked(row.path) for row in rows()}
    assert names - seen - set(not_pages()) == set(), "give these a row in tests/e2e/pages/<app>.py, or a reason"


def test_the_table_is_the_folder() -> None:
    assert not (ROOT / "tests" / "e2e" / "pages.py").exists(), "a file beside the folder pages/ is read by nobody"


def test_no_row_leads_nowhere() -> None:
    assert [row.path for row in rows() if walked(row.path) is None and row.status != 404] == []


def test_no_reason_is_left_over() -> None:
    seen = {walked(row.path) for row in rows()}
    assert set(not_pages()) - set(table()) == set(), "these name no URL"
    assert set(not_pages()) & seen == set(), "these are walked: take their reason away"
