"""The guided choice: the answer, and the keeping of its table."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit.services import record
from apps.certifications.selectors.reference import group_names, projects
from apps.core.actors import Actor
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.schemes.models import CatalogueChange, GuideRule
from apps.schemes.rules.guiding import Advice, Answers, GuideRow, advise
from apps.schemes.selectors.guide import Peers, guide_fields, guide_rows, listed_on, peers_in, read_data

SUBJECT = "guide_rule"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One certification that suits: `project_code` is what an application would name."""

    advice: Advice
    name: str
    project_code: str
    reason: str
    peers: Peers


def guided(
    answers: Answers, division_code: str, on: dt.date, *, rows: list[GuideRow] | None = None
) -> list[Suggestion]:
    """What suits whoever gave the answers, compulsory certification first. `rows`: another table, for a dry run."""
    table = guide_rows(on) if rows is None else rows
    found = advise(table, answers, listed_on(answers.product_code, on))
    peers = peers_in(division_code, answers, on) if division_code and found else {}
    english = (get_language() or "").startswith("en")
    names = group_names(english=english)
    first: dict[str, str] = {}
    for project in projects():
        first.setdefault(project.group, project.code)
    return [
        Suggestion(
            advice,
            names.get(advice.group, advice.group),
            first.get(advice.group, ""),
            (advice.row.reason_en if english else advice.row.reason) if advice.row else "",
            peers.get(advice.group, Peers()),
        )
        for advice in found
    ]


def load_guide(*, actor: Actor, now: dt.datetime) -> dict[str, int]:
    """Insert the rules and catalogue changes that the release brings and the tables have not. Safe to repeat."""
    with transaction.atomic():
        keys = ("system", "match", "activity", "market", "group")
        known = set(GuideRule.objects.values_list(*keys))
        lines = [guide_fields(line) for line in read_data("guide_rules")]
        GuideRule.objects.bulk_create(GuideRule(**line) for line in lines if tuple(line[k] for k in keys) not in known)
        changes = [CatalogueChange(**_change(line)) for line in read_data("catalogue_changes")]
        CatalogueChange.objects.bulk_create(changes, ignore_conflicts=True)
        counts = {"guide_rules": len(lines), "catalogue_changes": len(changes)}
        record(
            actor=actor,
            now=now,
            action="schemes.guide.load",
            subject_kind=SUBJECT,
            subject_id="all",
            after=dict(counts),
        )
    return counts


def _change(line: dict[str, str]) -> dict[str, Any]:
    day = line["compulsory_from"]
    return {
        **line,
        "compulsory_from": dt.date.fromisoformat(day) if day else None,
        "verified": line["verified"] == "1",
    }


@dataclass(frozen=True, slots=True)
class GuideFacts:
    """A rule as a person types it."""

    system: str
    match: str
    activity: str
    market: str
    group: str
    weight: int
    months_from: int
    months_to: int
    reason: str
    reason_en: str
    basis: str
    verified: bool = False

    def as_row(self) -> GuideRow:
        return GuideRow(**asdict(self))


def change_guide(
    *,
    actor: Actor,
    now: dt.datetime,
    on: dt.date,
    facts: GuideFacts | None,
    rule_id: int | None = None,
    version: int | None = None,
) -> GuideRule | None:
    """From today on: a new rule (`rule_id` None), another text in a rule's place, or no rule any more (`facts` None).

    The former rule ends yesterday, or is corrected in place if it began today. Writes the trail with both texts.
    """
    require(actor, Permission.SCHEME_EDIT)
    if facts is not None and (problems := _problems(facts)):
        raise ProblemsFound(*problems)
    try:
        with transaction.atomic():
            old = _ended(actor, rule_id, version, on) if rule_id is not None else None
            made = GuideRule.objects.create(**asdict(facts), effective_from=on) if facts is not None else None
            record(
                actor=actor,
                now=now,
                action="schemes.guide.change",
                subject_kind=SUBJECT,
                subject_id=made.pk if made else rule_id,
                before=old,
                after=asdict(facts) if facts else {"ended": on.isoformat()},
            )
    except IntegrityError as fault:
        rule = _("同样条件的规则已经存在")
        raise ProblemsFound(Problem("known", "group", "", rule, _("请修改已有的规则"))) from fault
    return made


def _ended(actor: Actor, pk: int, version: int | None, on: dt.date) -> dict[str, Any]:
    found = GuideRule.objects.select_for_update().get(pk=pk)
    require(actor, Permission.SCHEME_EDIT)
    if found.effective_to is not None:
        raise Refused("ended", _("这条规则已经失效。"))
    if found.version != version:
        raise StaleVersion
    before = {"pk": found.pk, "reason": found.reason, "basis": found.basis, "group": found.group, "match": found.match}
    if found.effective_from >= on:
        found.delete()  # it held for nobody yet: the trail has its text
    else:
        found.effective_to = on - dt.timedelta(days=1)
        found.version += 1
        found.save()
    return before


def _problems(facts: GuideFacts) -> list[Problem]:
    found = []
    if facts.months_to < facts.months_from:
        rule = _("最慢不少于最快")
        found.append(Problem("range", "months_to", str(facts.months_to), rule, _("请核对两个月数")))
    two_digits = len(facts.match) == 2 and facts.match.isascii() and facts.match.isdigit()
    if facts.system == "iaf" and facts.match and not two_digits:
        rule = _("IAF 行业代码为两位数字")
        found.append(Problem("code", "match", facts.match, rule, _("例如 03；留空表示不限")))
    return found
