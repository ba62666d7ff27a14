"""Reading an entry: what changed between before and after, and whether it is sensitive."""

import json
from dataclasses import dataclass
from typing import Any

from apps.audit.constants import SENSITIVE


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of an entry, before and after, as text; None where the field is absent."""

    name: str
    before: str | None
    after: str | None

    @property
    def changed(self) -> bool:
        return self.before != self.after


def differences(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[Difference]:
    """Every field that stands on either side, by name."""
    old, new = before or {}, after or {}
    return [
        Difference(name, _text(old[name]) if name in old else None, _text(new[name]) if name in new else None)
        for name in sorted({*old, *new})
    ]


def is_sensitive(action: str) -> bool:
    return action.startswith(SENSITIVE)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
