"""Reading model instances by statements that are written once, not built anew from a queryset at each request.

For the certificate page building its ten querysets took longer than the database took to answer them. The columns come
from the models, so a new field is read here as well.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)
_FROM_JSON: dict[str, Callable[[Any], Any]] = {
    "DateField": dt.date.fromisoformat,
    "DateTimeField": dt.datetime.fromisoformat,
    "DecimalField": Decimal,
}


class Columns(Generic[Row]):
    """The columns of a model under an alias, and instances made of their values."""

    def __init__(self, model: type[Row], alias: str, without: Sequence[str] = ()) -> None:
        fields = [field for field in model._meta.concrete_fields if field.name not in without]
        self.model, self.width = model, len(fields)
        self.sql = ", ".join(f'{alias}."{field.column}"' for field in fields)
        self._names = [field.attname for field in fields]
        self._stored = [(i, read) for i, f in enumerate(fields) if (read := getattr(f, "from_db_value", None))]
        self._told = [(i, read) for i, f in enumerate(fields) if (read := _FROM_JSON.get(f.get_internal_type()))]

    def one(self, values: Iterable[Any]) -> Row:
        """The instance of a row as the driver gives it."""
        row = list(values)
        for place, read in self._stored:
            row[place] = read(row[place], None, connection)
        return self.model.from_db(connection.alias, self._names, row)

    def all_of(self, rows: Sequence[list[Any]] | None) -> list[Row]:
        """The instances of what `listed` made."""
        found = []
        for row in rows or ():
            for place, read in self._told:
                row[place] = None if row[place] is None else read(row[place])
            found.append(self.model.from_db(connection.alias, self._names, row))
        return found

    def listed(self, alias: str, where: str, order: str, limit: int) -> str:
        """A subquery that gives the first `limit` rows in order as one JSON text. Every argument is a constant."""
        table = self.model._meta.db_table
        rows = f"SELECT * FROM {table} {alias} WHERE {where} ORDER BY {order} LIMIT {limit}"  # noqa: S608
        return f"(SELECT jsonb_agg(jsonb_build_array({self.sql}) ORDER BY {order}) FROM ({rows}) {alias})"  # noqa: S608


def from_json(text: str | None) -> list[list[Any]]:
    """What `listed` gave; numbers with a point keep their digits."""
    rows: list[list[Any]] = json.loads(text, parse_float=Decimal) if text else []
    return rows
