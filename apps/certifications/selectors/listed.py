"""Certificates as a list shows them, read by one written statement.

Building the same statement from a queryset, planning its four joins and filling five models for each line took longer
than all the rest of a lookup. So the joined single rows are subqueries, and the projects those that a process keeps.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from apps.certifications.models import Project, Source
from apps.certifications.selectors import reference
from apps.certifications.selectors.frequencies import CERTIFICATE, ORGANISATION


@dataclass(frozen=True, slots=True)
class ListedHolder:
    name: str
    uscc: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class ListedBody:
    name: str
    approval_number: str | None


@dataclass(frozen=True, slots=True)
class ListedSource:
    cadence_days: int


@dataclass(frozen=True, slots=True)
class Listed:
    """What lists and their verdicts need of a certificate, under the names of the model."""

    pk: int
    token: str
    number: str
    status: str
    valid_to: dt.date | None
    issued_on: dt.date | None
    listed_on: dt.date
    holder_name: str
    scope: str
    products: str
    division_code: str
    confirmed_at: dt.datetime
    source_id: str
    project: Project
    holder: ListedHolder
    body: ListedBody
    source: ListedSource


_LISTED = f"""
SELECT c.id, c.token, c.number, c.status, c.valid_to, c.issued_on, c.listed_on, c.holder_name, c.scope, c.products,
    c.division_code, c.confirmed_at, c.source_id, c.project_id, h.name, h.uscc, h.kind,
    (SELECT name FROM {ORGANISATION} WHERE id = c.body_id),
    (SELECT approval_number FROM {ORGANISATION} WHERE id = c.body_id),
    (SELECT cadence_days FROM {Source._meta.db_table} WHERE code = c.source_id)
FROM {CERTIFICATE} c JOIN {ORGANISATION} h ON h.id = c.holder_id WHERE c.id = ANY(%s)
"""  # noqa: S608 - the names are constants of the models
_OWN = 13  # columns before those of others


def for_lists(ids: list[int]) -> list[Listed]:
    """The certificates of `ids`, in their order. One query."""
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_LISTED, [ids])
        rows = cursor.fetchall()
    projects = _projects({row[_OWN] for row in rows})
    found = {}
    for row in rows:
        others = (projects[row[_OWN]], ListedHolder(*row[14:17]), ListedBody(*row[17:19]), ListedSource(row[19]))
        found[row[0]] = Listed(*(*row[:_OWN], *others))
    return [found[pk] for pk in ids if pk in found]


def _projects(codes: set[str]) -> dict[str, Project]:
    """Those of the codes, read anew if one of them came in since the process read them."""
    known = {project.code: project for project in reference.projects()}
    if codes <= known.keys():
        return known
    reference.projects.forget()
    return {project.code: project for project in reference.projects()}
