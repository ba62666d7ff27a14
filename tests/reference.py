"""Reference data as its services load it, the calendar above all: thousands of rows that hundreds of tests begin with.

The first test of a process that asks loads them; what was written is kept, and put back by COPY for every later one: a
fiftieth of the price. The services that load have tests of their own, which call them.
"""

import datetime as dt
import io
from collections.abc import Callable, Hashable, Iterable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.certifications.services.reference import load_reference
from apps.clock.constants import FIRST_YEAR
from apps.clock.services import load_calendar as load_calendar_anew
from apps.core import keeping
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.notifications.services import load_rules as load_rules_anew

# How many rows this transaction put into, changed in and took from each table, whatever savepoint it did so in.
WRITTEN = """SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
             WHERE schemaname = 'public'"""
_kept: dict[Hashable, dict[str, str]] = {}


def load_calendar(*years: int) -> None:
    """The calendar of these years, else of all that the portal begins with, and the limits."""
    moment = timezone.now()
    wanted = years or range(FIRST_YEAR, today(moment).year + 2)
    system = Actor.system("test")
    once(("calendar", *wanted), lambda: load_calendar_anew(actor=system, years=wanted, now=moment))


def load_rules() -> None:
    """The texts and rules of messages, in force since 2020."""
    since = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    once("rules", lambda: load_rules_anew(actor=Actor.system("test"), now=since))


def load_register() -> None:
    """What certificates point at: schemes, standards, catalogues, the real bodies."""
    moment = timezone.now()
    once("register", lambda: load_reference(actor=Actor.system("test"), now=moment))


def once(what: Hashable, load: Callable[[], Any]) -> None:
    """What `load` writes. It is loaded anew where a table that it fills holds rows already, or on another day."""
    key = (what, today(timezone.now()))
    kept = _kept.get(key)
    with transaction.atomic():
        if kept and not any(_filled(kept)):
            _put_back(kept)
            return
        before, filled = _written(), set(_filled(_tables()))
        load()
        after = _written()
        changed = {table for table, rows in after.items() if rows != before.get(table, 0)}
        if not changed & filled:
            _kept[key] = {table: _rows(table) for table in sorted(changed)}


def _tables() -> list[str]:
    return connection.introspection.table_names()


def _filled(tables: Iterable[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables))
        return [name for (name,) in cursor.fetchall()]


def _written() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return {name: rows for name, rows in cursor.fetchall() if rows}


def _rows(table: str) -> str:
    """As COPY writes them. Their keys were drawn from the sequences, which no test turns back."""
    text = io.StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} TO STDOUT", text)
    return text.getvalue()


def _put_back(kept: dict[str, str]) -> None:
    """Without triggers and keys to look at: they let these very rows through before."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, text in kept.items():
            cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(text))
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    keeping.forget_all()
