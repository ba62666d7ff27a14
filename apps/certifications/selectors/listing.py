"""View models of the public register: lines with their verdict, facets with their words, choices of the filters."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language

from apps.certifications.constants import Status
from apps.certifications.rules.verdict import Verdict, verdict_of
from apps.certifications.selectors.certificate_page import public_holder_name, verdict_for
from apps.certifications.selectors.listed import Listed
from apps.certifications.selectors.reference import body_names, group_names, groups_of, project_names
from apps.certifications.selectors.search import Summary
from apps.parties.selectors import county_choices, division_name

FACETS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the result list."""

    token: str
    number: str
    holder: str
    body: str
    project: str
    scope: str
    division: str
    issued_on: dt.date | None
    valid_to: dt.date | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Facet:
    """A way to narrow: the parameter and value that do it."""

    label: str | Promise
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class FacetGroup:
    parameter: str
    facets: list[Facet]


def english() -> bool:
    return (get_language() or "").startswith("en")


def rows_of(certificates: Iterable[Listed], *, now: dt.datetime, today: dt.date) -> list[Row]:
    """Certificates as lines, with the verdict of each and personal names masked."""
    in_english = english()
    return [
        Row(
            token=c.token,
            number=c.number,
            holder=public_holder_name(c),
            body=c.body.name,
            project=c.project.name_en if in_english and c.project.name_en else c.project.name,
            scope=c.scope or c.products,
            division=division_name(c.division_code),
            issued_on=c.issued_on,
            valid_to=c.valid_to,
            verdict=verdict_for(c, now=now, today=today),
        )
        for c in certificates
    ]


def facets_of(summary: Summary) -> list[FacetGroup]:
    """The counts under the filter parameters, each with its largest values; a group of one is no choice."""
    by_group = groups_of(summary.projects)
    names = group_names(english=english())
    bodies = body_names([pk for pk, _n in summary.bodies.most_common(FACETS_SHOWN) if pk])
    groups = [
        FacetGroup("status", [Facet(verdict_of(s).word, s, n) for s, n in summary.statuses.most_common()]),
        FacetGroup("scheme", [Facet(names.get(g, g), g, n) for g, n in by_group.most_common(FACETS_SHOWN)]),
        FacetGroup(
            "county",
            [Facet(division_name(c), c, n) for c, n in summary.divisions.most_common(FACETS_SHOWN) if c],
        ),
        FacetGroup(
            "body",
            [
                Facet(bodies[pk][1], bodies[pk][0], n)
                for pk, n in summary.bodies.most_common(FACETS_SHOWN)
                if pk in bodies and bodies[pk][0]
            ],
        ),
    ]
    return [group for group in groups if len(group.facets) > 1]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer."""

    schemes: list[tuple[str, str]]
    projects: list[tuple[str, str]]
    statuses: list[tuple[str, str | Promise]]
    counties: list[tuple[str, str]]


def choices() -> Choices:
    """Schemes, statuses and the counties of the jurisdiction, in the language of the page."""
    return Choices(
        schemes=list(group_names(english=english()).items()),
        projects=project_names(english=english()),
        statuses=[(value, verdict_of(value).word) for value in Status.values],
        counties=county_choices(),
    )
