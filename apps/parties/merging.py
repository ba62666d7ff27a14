"""What a merge moves. Each app registers, at start-up, how rows that name an organisation go over to the survivor.

    register(Mover("certifications.held", _("持有的证书"), move=..., restore=..., count=...))

`move(duplicate_id, kept_id)` runs inside the merge's transaction and answers, as plain JSON, exactly what it moved;
`restore(moved, duplicate_id, kept_id)` gets that answer back when the merge is undone and puts everything where it was,
touching nothing else. `count(ids)` answers how many rows each organisation has, for the page where a clerk decides.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Model


@dataclass(frozen=True, slots=True)
class Mover:
    """One kind of rows. `name` is the key under which a merge remembers what was moved: never change it."""

    name: str
    label: Any
    move: Callable[[int, int], Any]
    restore: Callable[[Any, int, int], None]
    count: Callable[[Collection[int]], dict[int, int]]


_movers: dict[str, Mover] = {}


def register(mover: Mover) -> None:
    """Called by AppConfig.ready of the app that owns the rows; again replaces."""
    _movers[mover.name] = mover


def movers() -> list[Mover]:
    """Every registered mover, in order of registration: merges run forwards, undoing runs backwards."""
    return list(_movers.values())


def column_mover(name: str, label: Any, model: type[Model], column: str) -> Mover:
    """The plain case: rows whose foreign key `column` names the organisation, with no unique key in the way."""
    rows = model._default_manager

    def move(duplicate_id: int, kept_id: int) -> list[int]:
        locked = rows.select_for_update(of=("self",)).filter(**{column: duplicate_id}).order_by("pk")
        ids = list(locked.values_list("pk", flat=True))
        rows.filter(pk__in=ids).update(**{column: kept_id})
        return ids

    def restore(moved: Any, duplicate_id: int, kept_id: int) -> None:
        rows.filter(pk__in=moved, **{column: kept_id}).update(**{column: duplicate_id})

    def count(ids: Collection[int]) -> dict[int, int]:
        found = rows.filter(**{f"{column}__in": list(ids)}).values_list(column).annotate(n=Count("pk"))
        return dict(found.order_by())

    return Mover(name, label, move, restore, count)
