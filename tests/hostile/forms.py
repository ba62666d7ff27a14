"""The forms of a page as a browser would send them, and the odd values that somebody sends instead."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import resident_id
from tests.institutions.sheets import as_csv
from tests.institutions.sheets import row as line
from tests.parties.papers import PDF

NUL, SURROGATE, SUPERSCRIPT, HUGE = "a\0b", "\ud800", "²", "1" + "0" * 30
# What is sent in place of one field's value, by the kind of control. Everything else of the form stays sound.
VALUES: dict[str, tuple[str, ...]] = {
    "file": (),
    "text": (NUL,),  # and one character more than the field takes
    "number": (NUL, SUPERSCRIPT, HUGE),
    "date": (NUL, "9999-12-31", "0001-01-01"),
    "choice": (NUL, SUPERSCRIPT),
}
ODD = (NUL, SUPERSCRIPT, HUGE, "9" * 5_000, "9999-12-31", SURROGATE)  # for every parameter of an address
# What a form wants by the name of a field, where any text will not do.
SOUND = {
    "id_number": resident_id(),
    "percent": "10",
    "year": "2025",
    "licence_number": "262412340001",
    "cma_number": "262412340002",
    "website": "https://example.org",
    "replaced_by": "",
    "value": "5",
}


@dataclass(slots=True)
class Control:
    """One name of a form with what a browser would send for it; `kind` as VALUES knows it."""

    name: str
    kind: str
    value: str
    types: str = ""  # of files
    longest: int = 5_000

    @property
    def odd(self) -> tuple[str, ...]:
        """What is sent in its place."""
        return (*VALUES[self.kind], "字" * (self.longest + 1)) if self.kind == "text" else VALUES[self.kind]


@dataclass(slots=True)
class Form:
    """A form of a page. `action`: where it goes, the page itself if empty."""

    action: str
    post: bool
    controls: dict[str, Control] = field(default_factory=dict)

    def plain(self) -> dict[str, str]:
        """What a browser would send, but for files."""
        return {one.name: one.value for one in self.controls.values() if one.kind != "file"}

    def sent(self, change: dict[str, str] | None = None) -> dict[str, Any]:
        """Arguments of the client's `post`: with files as a browser does it, else as any script may write it."""
        data = {**self.plain(), **(change or {})}
        files = {one.name: file_of(one) for one in self.controls.values() if one.kind == "file"}
        if files:
            return {"data": {**{name: text.replace(SURROGATE, "") for name, text in data.items()}, **files}}
        return {"data": encoded(data), "content_type": "application/x-www-form-urlencoded"}


def file_of(control: Control) -> SimpleUploadedFile:
    """A sound file of a type that the control takes."""
    if ".csv" in control.types:
        return as_csv([line()])
    return SimpleUploadedFile("示例.pdf", PDF)


class Reader(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self, today: str) -> None:
        super().__init__()
        self.today = today
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.select: Control | None = None
        self.area: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = Form(given.get("action", ""), given.get("method", "get").lower() == "post")
            self.forms.append(self.form)
        elif self.form is not None and tag in ("input", "select", "textarea", "button"):
            self._control(tag, given, self.form)
        elif tag == "option" and self.select is not None and (not self.select.value or "selected" in given):
            self.select.value = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea" and self.area is not None:
            self.area.value = self.area.value.strip() or self._sound(self.area, {})
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.value += data

    def _control(self, tag: str, given: dict[str, str], form: Form) -> None:
        name, kind = given.get("name", ""), given.get("type", tag)
        if not name or name == "csrfmiddlewaretoken" or (tag == "button" and "value" not in given):
            return
        longest = int(given.get("maxlength", "") or 5_000)
        made = Control(name, KINDS.get(kind, "text"), given.get("value", ""), given.get("accept", ""), longest)
        if tag == "button" or kind in ("radio", "checkbox"):
            form.controls.setdefault(name, made)
            return
        form.controls[name] = made
        if tag == "select":
            self.select = made
        elif tag == "textarea":
            self.area = made
        elif kind != "hidden":
            made.value = made.value or self._sound(made, given)

    def _sound(self, control: Control, given: dict[str, str]) -> str:
        if control.name in SOUND:
            return SOUND[control.name]
        if control.kind == "number":
            return given.get("min", "") or "1"
        return self.today if control.kind == "date" else ("示例说明文字" * 8)[: control.longest]


KINDS = {
    "file": "file",
    "number": "number",
    "date": "date",
    "select": "choice",
    "radio": "choice",
    "checkbox": "choice",
    "hidden": "number",
    "button": "choice",
}


def forms_of(content: str, today: str, sound: dict[str, str]) -> list[Form]:
    """The forms of a page. `sound`: what this page wants in which field."""
    reader = Reader(today)
    reader.feed(content)
    for form in reader.forms:
        for name in form.controls.keys() & sound.keys():
            form.controls[name].value = sound[name]
    return reader.forms


def encoded(data: dict[str, str]) -> str:
    """As an address or a form carries it, half a surrogate pair as well as anything else."""
    return urlencode(data, encoding="utf-8", errors="surrogatepass")
