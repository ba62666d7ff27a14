"""Who does something. Every service takes an Actor, so that the trail can say who, acting for whom, from where."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (`user`) or a named part of the system (None). `organisation_id` is whom the person acts for."""

    label: str
    user: Any = None
    organisation_id: int | None = None
    request_id: str = ""
    ip: str | None = None

    @classmethod
    def system(cls, name: str) -> "Actor":
        """A periodic job, an import or a command, by name."""
        return cls(label=f"system:{name}")

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user is not None else None
