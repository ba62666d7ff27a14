"""Every page a browser walks, one file of this folder per app. A new page without a row fails
tests/architecture/test_walk.py. To add one, add a line to `ROWS` of your app's file:

    row("/registry/staff/{certificate.pk}/", Role.WINDOW_CLERK, Role.SUPERVISOR)
    row("/lookup/?page=9", PUBLIC, status=400)          # what it answers, if not 200

`{...}` is an attribute of the city: what the `seed(city)` functions of these files made, once for the whole walk. If
your page needs an object of its own, make it in your file's `seed(city)` and hang it on `city`. A row's role is PUBLIC,
ENTERPRISE (a manager of `city.organisation`), a member of Role, or a name that a seed put into `city.people`.

tests/e2e/test_pages.py then opens the page as each of the roles and looks at: the status, axe (WCAG 2.2 AA) in light
and dark, focus, 200 % and 400 % zoom, print, pictures, the console, leftovers of Chinese in English. One role is enough
unless the page looks different for another. Walk the states that look different too: empty, full, refused, finished.

A GET address that is no page (a download, a redirect, a picture) goes into `NOT_PAGES` with the reason.
"""

import importlib
import pkgutil
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

from apps.accounts.constants import Role
from tests import factories

PUBLIC = "public"
ENTERPRISE = "enterprise"
SEEDED_FIRST = ["accounts", "parties", "certifications"]  # the rest may use what these made


class Row(NamedTuple):
    path: str
    roles: tuple[str, ...]
    status: int = 200


def row(path: str, *roles: str, status: int = 200) -> Row:
    return Row(path, roles, status)


def modules() -> list[ModuleType]:
    """The files of this folder, in the order in which they seed."""
    names = [found.name for found in pkgutil.iter_modules(__path__)]
    ordered = SEEDED_FIRST + [name for name in names if name not in SEEDED_FIRST]
    return [importlib.import_module(f"{__name__}.{name}") for name in ordered]


def rows() -> list[Row]:
    return [found for module in modules() for found in module.ROWS]


def not_pages() -> dict[str, str]:
    """URL name: why nobody walks it."""
    return {name: reason for module in modules() for name, reason in module.NOT_PAGES.items()}


def build() -> SimpleNamespace:
    """The small city that the walk goes through."""
    city = SimpleNamespace(people={})
    for module in modules():
        if hasattr(module, "seed"):
            module.seed(city)
    return city


def person_of(role: str, city: SimpleNamespace) -> Any:
    """The account that plays the role, the same for the whole walk; None for the public."""
    if role != PUBLIC and role not in city.people:
        city.people[role] = factories.staff(Role(role))
    return city.people.get(role)
