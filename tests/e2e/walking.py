"""The exhaustive walk, outside the suite: `make walk`, or `make walk ONLY=organisations` for the rows whose address or
role has that word. Every row of tests/e2e/pages as each of its roles, in both languages, both themes and at five
widths, on paper, at large print, and what each of its forms answers when it is sent empty or full of nonsense.

What it finds and the pictures that it takes are left in var/walk, a file per page, so that slices add up;
var/walk/report.txt is made anew from all of them. Some seconds per page: for all of them half an hour of one core.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from playwright.sync_api import Error, Page

from tests.e2e import looking, reading
from tests.e2e.conftest import Visitors
from tests.e2e.pages import Row, rows
from tests.e2e.refusing import HOW, forms_of, refusal

OUT = Path(settings.BASE_DIR) / "var" / "walk"
WIDTHS = {1440: 900, 820: 1180, 390: 844, 320: 568}  # 320 px are 400 % zoom
PICTURES = {
    *(("zh", "light", width) for width in (1440, 820)),
    *(("zh", "dark", width) for width in (1440, 390)),
    *(("en", "light", width) for width in (1440, 390)),
    ("en", "dark", 820),
}
LANGUAGES = {"zh": "zh-hans", "en": "en"}
WALK = [pytest.param(row, role, id=f"{row.path} {role}") for row in rows() for role in row.roles]
_sent: set[tuple[str, str]] = set()  # view and how: each answer is looked at once


class Walker:
    """One page as one role: what was found, and the pictures."""

    def __init__(self, visitors: Visitors, city: SimpleNamespace, row: Row, role: str) -> None:
        self.page, self.trouble = visitors.visit(role)
        self.server, self.address = visitors.server, row.path.format(**vars(city))
        self.row, self.role = row, role
        self.name = re.sub(r"[^\w.]+", "-", f"{row.path} {role}").strip("-")[:120]
        self.findings: list[str] = []
        self.answers: dict[str, int] = {}

    def open(self, language: str) -> int:
        """Load the page in a language, wide and on screen; its status."""
        cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": LANGUAGES[language], "url": self.server}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]
        self.page.emulate_media(media="screen")
        self.page.set_viewport_size({"width": 1440, "height": 900})
        self.trouble.clear()
        answer = self.page.goto(self.address)
        assert answer is not None
        return answer.status

    def theme(self, name: str) -> None:
        self.page.evaluate("theme => { document.documentElement.dataset.theme = theme }", name)

    def add(self, where: str, found: list[str]) -> None:
        self.findings += [f"{where}: {each}" for each in dict.fromkeys(found)]

    def shoot(self, what: str) -> None:
        file = OUT / "pictures" / f"{self.name}--{what}.jpg"
        self.page.screenshot(path=file, type="jpeg", quality=60, full_page=True, animations="disabled")

    def write(self) -> None:
        about = {"path": self.row.path, "role": self.role, "findings": self.findings, "answers": self.answers}
        (OUT / f"{self.name}.json").write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")


@pytest.fixture(scope="module", autouse=True)
def report() -> Iterator[None]:
    (OUT / "pictures").mkdir(parents=True, exist_ok=True)
    yield
    pages = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(OUT.glob("*.json"))]
    faulty = [page for page in pages if page["findings"]]
    lines = [f"# {len(pages)} pages walked, {len(faulty)} with findings\n"]
    for page in faulty:
        lines.append(f"\n## {page['path']} ({page['role']})\n")
        lines += [f"- {finding}" for finding in page["findings"]]
    answered = {(view, status) for page in pages for view, status in page["answers"].items()}
    lines.append("\n\n# What forms answer to faulty input\n")
    lines += [f"- {view}: {status}" for view, status in sorted(answered)]
    (OUT / "report.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("row", "role"), WALK)
def test_walk(visitors: Visitors, city: SimpleNamespace, row: Row, role: str) -> None:
    walker = Walker(visitors, city, row, role)
    try:
        for language in LANGUAGES:
            _read(walker, language)
            _look(walker, language)
            _print(walker, language)
            _complaints(walker, language)
        _refuse(walker)
    except Error as fault:
        walker.findings.append(f"broke off: {fault}")
    walker.write()
    assert not walker.findings, "\n".join(walker.findings)


def _read(walker: Walker, language: str) -> None:
    """What the page answers and says."""
    page, status = walker.page, walker.open(language)
    found = [] if status == walker.row.status else [f"answers {status}"]
    found += _texts(page, language) + reading.dead_anchors(page) + reading.double_ids(page)
    found += [f"picture does not show: {source}" for source in page.evaluate(looking.BROKEN_PICTURES)]
    if language == "zh":
        found += reading.missing_places(page) + looking.unseen_focus(page)
    walker.add(language, found)


def _texts(page: Page, language: str) -> list[str]:
    if language == "zh":
        return reading.english_left(page)
    return [f"Chinese left in English: {text}" for text in page.evaluate(looking.CHINESE_LEFT)]


def _look(walker: Walker, language: str) -> None:
    """Each theme at each width; what a theme changes is colours alone."""
    for theme in ("light", "dark"):
        walker.theme(theme)
        for width, height in WIDTHS.items():
            walker.page.set_viewport_size({"width": width, "height": height})
            found = looking.axe(walker.page, None if theme == "light" else looking.COLOUR_RULES)
            if theme == "light":
                found += looking.sideways(walker.page, width) + reading.unlabelled(walker.page)
            walker.add(f"{language} {theme} {width}", found)
            if (language, theme, width) in PICTURES:
                walker.page.set_viewport_size({"width": width, "height": height})
                walker.shoot(f"{language}-{theme}-{width}")
    walker.theme("light")
    walker.add(f"{language} 200 % zoom", looking.sideways(walker.page, 720))


def _print(walker: Walker, language: str) -> None:
    """On paper, and at large print on a phone."""
    walker.add(f"{language} print", looking.on_paper(walker.page))
    walker.page.emulate_media(media="print")
    walker.shoot(f"{language}-print")
    walker.page.emulate_media(media="screen")
    walker.page.evaluate("document.documentElement.dataset.size = 'large'")
    walker.add(f"{language} large print", looking.sideways(walker.page, 390))


def _complaints(walker: Walker, language: str) -> None:
    asked_for = walker.row.status >= 400
    said = [text for text in walker.trouble if not (asked_for and "the server responded with a status" in text)]
    walker.add(f"{language} console", said)


def _refuse(walker: Walker) -> None:
    """What every form answers to faulty input; each view and way of being faulty once in the whole walk."""
    walker.open("zh")
    for n, view in enumerate(forms_of(walker.page)):
        for how in HOW:
            if (view, how) not in _sent:
                _sent.add((view, how))
                _send(walker, n, view, how)


def _send(walker: Walker, n: int, view: str, how: str) -> None:
    """A form that takes the input is none to look at: what it did is taken back."""
    for language in LANGUAGES:
        walker.open(language)
        status = walker.answers[f"{view} {how}"] = refusal(walker.page, n, how)
        if status >= 500:
            walker.add(f"{view} {how}", [f"answers {status}"])
        if not 400 <= status < 500:
            return
        _look_at_refusal(walker, f"{view} {how} {language}", language)


def _look_at_refusal(walker: Walker, what: str, language: str) -> None:
    page = walker.page
    found = _texts(page, language) + looking.in_both_themes(page) + looking.unseen_focus(page)
    found += reading.dead_anchors(page) + reading.double_ids(page)
    walker.theme("light")
    found += looking.sideways(page, 720, 320) + reading.unlabelled(page)
    walker.add(what, found)
    page.set_viewport_size({"width": 1440 if language == "zh" else 390, "height": 900})
    walker.shoot(re.sub(r"[^\w]+", "-", what))
