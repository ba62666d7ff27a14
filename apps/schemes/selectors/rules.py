"""The rules as staff read them: by scheme, with what is proposed."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from apps.certifications.constants import EVERY_SCHEME, RuleUnit, Shape
from apps.certifications.models import SchemeRule
from apps.certifications.selectors.reference import group_names
from apps.certifications.selectors.schemes import open_rule, scheme_rules
from apps.schemes.models import RuleProposal

Words = str | Promise


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A row with its place in time. `state`: current, future or past."""

    rule: SchemeRule
    state: str

    @property
    def value(self) -> str:
        return value_text(self.rule.value, self.rule.unit)


@dataclass(frozen=True, slots=True)
class SchemeRules:
    """The rows of one scheme."""

    scheme: str
    name: Words
    lines: list[RuleLine]


def scheme_name(scheme: str, *, english: bool = False) -> Words:
    """A scheme in words: of every scheme, of a detail template, of a project group."""
    if scheme == EVERY_SCHEME:
        return _("各项认证通用")
    if scheme.startswith("shape:"):
        return Shape(int(scheme.removeprefix("shape:"))).label
    return group_names(english=english).get(scheme, scheme)


def scheme_choices(*, english: bool) -> list[tuple[str, str]]:
    """Every scheme that a rule can belong to, the widest first."""
    wide = [EVERY_SCHEME, *(f"shape:{shape}" for shape in Shape.values)]
    groups = group_names(english=english)
    return [*((scheme, str(scheme_name(scheme))) for scheme in wide), *((code, name) for code, name in groups.items())]


def rules_by_scheme(on: dt.date, *, english: bool) -> list[SchemeRules]:
    """Every row, grouped by scheme in the order of the choices."""
    order = [code for code, _name in scheme_choices(english=english)]
    rows = list(scheme_rules())
    rows.sort(key=lambda row: (order.index(row.scheme) if row.scheme in order else len(order), row.scheme))
    return [
        SchemeRules(scheme, scheme_name(scheme, english=english), [RuleLine(row, _state(row, on)) for row in found])
        for scheme, found in groupby(rows, key=lambda row: row.scheme)
    ]


def _state(row: SchemeRule, on: dt.date) -> str:
    if row.effective_from > on:
        return "future"
    return "past" if row.effective_to is not None and row.effective_to < on else "current"


def value_text(value: int | None, unit: str) -> str:
    """A value as a page says it."""
    if value is None:
        return _("无此要求")
    if unit == RuleUnit.YES_NO:
        return _("是") if value else _("否")
    return f"{value} {RuleUnit(unit).label}"


def proposals() -> QuerySet[RuleProposal]:
    """Every proposal, the open ones first, then the newest."""
    return RuleProposal.objects.select_related("proposed_by", "decided_by").order_by("-decided_at", "-pk")


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposal with its scheme and value in words."""

    proposal: RuleProposal
    scheme_name: Words
    value: str


def described(proposal: RuleProposal, *, english: bool) -> ProposalLine:
    """A proposal as a list shows it."""
    name = scheme_name(proposal.scheme, english=english)
    return ProposalLine(proposal, name, value_text(proposal.value, proposal.unit))


def get_proposal(pk: int) -> RuleProposal:
    """A proposal, or 404."""
    found = proposals().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def current_of(scheme: str, code: str) -> str:
    """The value that a proposal would replace, in words; empty if the scheme has none of its own."""
    found = open_rule(scheme, code)
    return value_text(found.value, found.unit) if found else ""
