"""Who may see the documents of a subject. Each app registers its subjects at start-up; what nobody registered, nobody
sees.

    documents.access.register("application", sees, add=may_add, kinds=[("manual", _("质量手册"))], page=path_of)

`sees(user, organisation_id, subject_id)` answers for the page of documents and every download, handed in or made.
`add` with the same arguments answers who may hand in more through the portal's own form; without it, only the app's
own services do. `page(subject_id)` is where a person goes back to; `number(subject_id)` is what people call the
subject. `withheld(user, subject_id)` answers which papers that the portal made for the subject, by template or
by request key, the person may not have.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

Sees = Callable[[Any, int | None, int], bool]
Withheld = Callable[[Any, int], Collection[str]]


@dataclass(frozen=True, slots=True)
class Subject:
    """One kind of thing that documents belong to."""

    kind: str
    sees: Sees
    add: Sees | None
    kinds: tuple[tuple[str, Any], ...]
    page: Callable[[int], str] | None
    withheld: Withheld | None
    number: Callable[[int], str] | None

    def label_of(self, kind: str) -> Any:
        """What people call a kind of document of this subject."""
        return dict(self.kinds).get(kind, kind)


_subjects: dict[str, Subject] = {}


def register(
    subject_kind: str,
    sees: Sees,
    *,
    add: Sees | None = None,
    kinds: Sequence[tuple[str, Any]] = (),
    page: Callable[[int], str] | None = None,
    withheld: Withheld | None = None,
    number: Callable[[int], str] | None = None,
) -> None:
    """Called by AppConfig.ready of the app that owns the subject; again replaces."""
    _subjects[subject_kind] = Subject(subject_kind, sees, add, tuple(kinds), page, withheld, number)


def unregister(subject_kind: str) -> None:
    """Take a subject out again (tests)."""
    _subjects.pop(subject_kind, None)


def subject_of(kind: str) -> Subject | None:
    """The registered subject of that kind."""
    return _subjects.get(kind)
