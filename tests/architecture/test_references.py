"""Whoever follows a reference arrives: no text or docstring points to a document that the tree does not hold."""

import re
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, relative

READ = {".py", ".md", ".html", ".js", ".css", ".typ", ".toml", ".yml", ".example"}
FOREIGN = ("/vendor/", "/.", "/var/", "/staticfiles/")  # what others wrote, and what a run leaves behind
ENDING = ".md"
PAGE = re.compile(r"(?<![\w*:])[\w./-]*\w\.md\b")
DECISION = re.compile(r"\bADR (\d+)|\badr/(\d{4})")


def texts() -> list[Path]:
    found = (path for path in ROOT.rglob("*") if path.suffix in READ and path.is_file())
    return sorted(path for path in found if not any(part in f"/{relative(path)}" for part in FOREIGN))


def pages() -> set[str]:
    return {relative(path) for path in ROOT.rglob("*.md") if not any(part in f"/{relative(path)}" for part in FOREIGN)}


def held(name: str, held_pages: set[str]) -> bool:
    """Under its path, or under the end of it, as one names a file beside one's own."""
    end = name.replace("../", "")
    return any(page == end or page.endswith(f"/{end}") for page in held_pages)


def test_every_page_named_exists() -> None:
    known = pages()
    missing = [
        f"{relative(path)} names {name}"
        for path in texts()
        for name in PAGE.findall(path.read_text(encoding="utf-8"))
        if not held(name, known)
    ]
    assert missing == [], "cite the law, the decision (ADR), or a page of docs/"


def test_every_decision_named_exists() -> None:
    known = {int(path.name[:4]) for path in (ROOT / "docs" / "adr").glob("*.md")}
    missing = [
        f"{relative(path)} names ADR {plain or numbered}"
        for path in texts()
        for plain, numbered in DECISION.findall(path.read_text(encoding="utf-8"))
        if int(plain or numbered) not in known
    ]
    assert missing == []


@pytest.mark.parametrize("name", [f"{place}absent{ENDING}" for place in ("", "docs/", "../adr/0001-")])
def test_a_page_that_is_not_there_is_found_out(name: str) -> None:
    assert PAGE.findall(f"as ({name}, section 3) says") == [name]
    assert not held(name, pages())
