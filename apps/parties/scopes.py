"""What a token may be allowed to do. Each app registers, at start-up, the scopes of its own part of the API.

    register(Scope("applications:read", _("读取申请"), _("……"), kinds=frozenset({OrganisationKind.INSTITUTION})))

A scope narrows what the maker of the token may do anyway; it never adds anything. An organisation is offered the scopes
of its kind only.
"""

from dataclasses import dataclass

from django.utils.functional import Promise

from apps.parties.constants import OrganisationKind

EVERY_KIND = frozenset(OrganisationKind)


@dataclass(frozen=True, slots=True)
class Scope:
    """`code` is `<thing>:<verb>` and never changes: tokens carry it."""

    code: str
    label: str | Promise
    description: str | Promise
    kinds: frozenset[OrganisationKind] = EVERY_KIND


_scopes: dict[str, Scope] = {}


def register(*scopes: Scope) -> None:
    """Called by AppConfig.ready of the app whose endpoints ask for them; again replaces."""
    for scope in scopes:
        _scopes[scope.code] = scope


def all_scopes() -> list[Scope]:
    return list(_scopes.values())


def scopes_for(kind: str) -> list[Scope]:
    """What an organisation of this kind may be offered."""
    return [scope for scope in _scopes.values() if kind in scope.kinds]


def scope_label(code: str) -> str | Promise:
    """A scope in words; the code of one that no longer exists."""
    return _scopes[code].label if code in _scopes else code
