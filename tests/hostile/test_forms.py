"""Every form and parameter of the case apps with odd values, field by field: an error at worst, never a 500.

The pages are those of the browser's walk (tests/e2e/pages), which tests/architecture/test_walk.py keeps complete, so
that a new page is swept from its first day. Each form is first sent as it should be: its service must be reached.
"""

import contextlib
from collections import Counter
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.db import transaction
from django.template import Engine, Template
from django.test import Client
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.urls.converters import IntConverter, UUIDConverter
from django.utils import timezone

from apps.accounts.constants import Role
from apps.core.calendar import today
from apps.parties.constants import OrganisationKind
from apps.parties.rules.codes import make_uscc
from tests import factories
from tests.architecture.test_access import ZERO_UUID, patterns, table
from tests.e2e.pages import PUBLIC, build, person_of, rows
from tests.hostile.forms import HUGE, ODD, Control, Form, encoded, forms_of
from tests.institutions.casework import Case

APPS = ("institutions:", "workflow:", "documents:", "clock:", "webhooks:")
PREFIXES = ("/institutions/", "/worklist/", "/documents/", "/clock/", "/webhooks/", "/testing/", "/i/")
REPORT = "R2026-001，2026-02-01，玩具，GB 6675.4-2014"
# Parameters that views read beside the fields of their forms.
READ = (
    "page",
    "kind",
    "position",
    "criterion",
    "view",
    "file",
    "user",
    "replaces",
    "matter",
    "tab",
    "year",
    "q",
    "next",
    "state",
)
# POST addresses that read nothing but their arguments, and to which no form of the walk leads.
ADDRESS_ALONE = {
    *("institutions:material_remove", "institutions:member_drop", "institutions:open_own", "workflow:delete_view"),
    *("institutions:checker_drop", "institutions:check_settle"),
}
# Acts that no page of the walk offers: sent by hand, as who may look.
BY_HAND = (
    ("/institutions/{institution.pk}/commitments/{pledge.pk}/publish/", "institution", ("version",)),
    ("/institutions/{institution.pk}/changes/{change.pk}/acknowledge/", Role.SUPERVISOR, ("version",)),
    ("/documents/uploads/", "institution", ("name", "size")),
)
# Forms that answer 422 or 409 to the soundest input: the state of the walk's city stands against it.
NOT_NOW = {
    "webhooks:new": "the sweep's sound text is no https address",
    "institutions:take": "the draft has gaps",
    "institutions:commitment_publish": "nobody signed it",
    "institutions:change_acknowledge": "nobody filed it",
}


class Sweep:
    """Who asks for what in the walk's city, and what broke."""

    def __init__(self) -> None:
        self.city = build()
        self.city.concluded = Case().to("concluded")
        self.city.forwarded = Case("site", lab=self.city.licence.organisation).to("proposed")
        self.city.forwarded.take(Role.APPROVER, "forward", reason="初审合格")
        self.city.people["concluding"] = self.city.concluded.person(Role.REVIEWER)
        self.city.people["relaying"] = self.city.forwarded.person(Role.REVIEWER)
        self.city.people["most"] = factories.staff(*[role for role in Role if "admin" not in role])
        self.today = today(timezone.now()).isoformat()
        lab = factories.organisation(kind=OrganisationKind.INSTITUTION, uscc=make_uscc("520602", "MA6DL002"))
        self.sound: dict[str, dict[str, str]] = {
            "institutions:create": {"code": lab.uscc},
            "institutions:route_record_new": {"organisation_code": lab.uscc},
            "institutions:standard_new": {"code": "GB 9999-2020"},
            "institutions:sample": {"year": "2026", "quarter": "1", "issued": "1", "reports": REPORT},
            "workflow:absences": {"delegate": ""},
        }
        self.clients: dict[str, Client] = {}
        self.broken: list[str] = []
        self.unsound: set[str] = set()
        self.met: Counter[str] = Counter()
        self.swept: set[str] = set()

    def pages(self) -> Iterator[tuple[str, str]]:
        """Each page of these apps with one who may open it, and two steps that ask for more than a reason."""
        yield f"/institutions/cases/{self.city.concluded.file.pk}/steps/propose/", "concluding"
        yield f"/institutions/cases/{self.city.forwarded.file.pk}/steps/record_grant/", "relaying"
        for row in rows():
            path = row.path.format(**vars(self.city))
            if path.startswith(PREFIXES) and row.status == 200:
                yield from ((path, role) for role in row.roles)

    def forms(self, path: str, role: str) -> Iterator[tuple[str, Form]]:
        """The forms of a page with where each goes, once for each address and set of fields."""
        for form in forms_of(
            self.ask(role, "get", path).content.decode(), self.today, self.sound.get(name_of(path), {})
        ):
            address = form.action or path.partition("?")[0]
            key = f"{name_of(address)} {sorted(form.controls)}"
            if key not in self.swept and name_of(address).startswith(APPS):
                self.swept |= {key, name_of(address)}
                yield address, form

    def ask(self, role: str, method: str, address: str, **sent: Any) -> Any:
        """One request, whose effect is taken back."""
        if role not in self.clients:
            self.clients[role] = Client(raise_request_exception=False)
            if role != PUBLIC:
                self.clients[role].force_login(person_of(role, self.city))
        frame = without_frame() if method == "post" else contextlib.nullcontext()
        with frame, transaction.atomic():
            answer = getattr(self.clients[role], method)(address, **sent)
            if answer.streaming:
                b"".join(answer.streaming_content)
            transaction.set_rollback(True)
        self.met[f"{method} {answer.status_code}"] += 1
        if answer.status_code >= 500:
            self.broken.append(f"{answer.status_code} {method} {address[:200]!r} as {role} with {str(sent)[:200]}")
        return answer

    def post(self, role: str, address: str, form: Form) -> None:
        """As it should be, then with each odd value in each field."""
        if self.ask(role, "post", address, **form.sent()).status_code not in (200, 201, 302):
            self.unsound.add(name_of(address))
        for control in form.controls.values():
            for odd in control.odd:
                self.ask(role, "post", address, **form.sent({control.name: odd}))

    def get(self, role: str, address: str, form: Form) -> None:
        for control in form.controls.values():
            for odd in control.odd:
                self.ask(role, "get", f"{address}?{encoded({**form.plain(), control.name: odd})}")


@contextlib.contextmanager
def without_frame() -> Iterator[None]:
    """Header and footer know the person and the address, but not what a form says: for a form they are not drawn."""
    empty, get_template = Template(""), Engine.get_template
    frame = ("components/header.html", "components/footer.html")
    with mock.patch.object(
        Engine, "get_template", lambda self, name: empty if name in frame else get_template(self, name)
    ):
        yield


@pytest.fixture
def sweep(db: None, settings: Any, tmp_path: Any) -> Sweep:
    settings.MEDIA_ROOT, settings.MAILBOX_DIR = tmp_path / "media", tmp_path / "mail"
    return Sweep()


def name_of(address: str) -> str:
    try:
        return resolve(address.partition("?")[0]).view_name
    except Resolver404:
        return ""


def filled(converters: dict[str, object], odd: str) -> dict[str, object]:
    """Arguments beyond every key, and odd texts."""
    numbers = {IntConverter: int(HUGE), UUIDConverter: ZERO_UUID}
    return {key: numbers.get(type(converter), odd) for key, converter in converters.items()}


@pytest.mark.timeout(900)  # over a thousand requests, under a minute of processor time
def test_no_odd_value_breaks_a_page(sweep: Sweep) -> None:
    for path, role in sweep.pages():
        for address, form in sweep.forms(path, role):
            (sweep.post if form.post else sweep.get)(role, address, form)
        if f"read {name_of(path)}" not in sweep.swept:
            sweep.swept.add(f"read {name_of(path)}")
            for odd in ODD:
                sweep.ask(role, "get", f"{path.partition('?')[0]}?{encoded(dict.fromkeys(READ, odd))}")
    for path, role, names in BY_HAND:
        address = path.format(**vars(sweep.city))
        controls = {name: Control(name, "number", "1") for name in names}
        sweep.post(role, address, Form("", True, controls))
        sweep.swept.add(name_of(address))
    addresses(sweep)
    posts = {name for name, row in table().items() if row.method == "post" and name.startswith(APPS)}
    assert sweep.broken == [], "\n".join(sweep.broken)
    assert posts - sweep.swept - ADDRESS_ALONE == set(), "no form of a walked page leads there: add it to BY_HAND"
    assert sweep.unsound - set(NOT_NOW) == set(), "the form was refused as it should be: its service is not reached"
    assert sweep.met["post 422"] > 100, sweep.met


def addresses(sweep: Sweep) -> None:
    """Numbers beyond every key and texts that no database keeps in the address itself, for those who look at most."""
    known = table()
    for name, converters in patterns():
        if name.startswith(APPS) and converters:
            for address in {reversed_or_none(name, filled(converters, odd)) for odd in ("a\0b", "x" * 300)} - {None}:
                for role in ("most", "institution"):
                    sweep.ask(role, known[name].method, str(address))


def reversed_or_none(name: str, arguments: dict[str, object]) -> str | None:
    try:
        return reverse(name, kwargs=arguments)
    except NoReverseMatch:
        return None
