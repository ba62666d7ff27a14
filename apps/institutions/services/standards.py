"""The standards library: rows with their source, and which standard replaces which."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit.services import record
from apps.core.actors import Actor
from apps.core.problems import Problem, ProblemsFound, StaleVersion
from apps.institutions.constants import StandardStatus
from apps.institutions.models import Standard
from apps.institutions.rules.standards import read_standard


@dataclass(frozen=True, slots=True)
class StandardFacts:
    """A standard as its source has it. `replaced_by`: codes, separated by commas."""

    code: str
    title: str
    status: str
    source: str
    title_en: str = ""
    effective_on: dt.date | None = None
    ended_on: dt.date | None = None
    replaced_by: str = ""
    verified: bool = False


def record_standard(
    *, actor: Actor, now: dt.datetime, facts: StandardFacts, standard_id: int | None = None, version: int = 0
) -> Standard:
    """Add a standard or correct one. Scopes that cite it warn from then on if it is no longer current.

    Writes the row, its links and an audit row.
    """
    require(actor, Permission.STANDARD_EDIT)
    cited = read_standard(facts.code)
    followers, problems = _followers(facts)
    if cited is None or cited.clause or not cited.year:
        rule = _("标准编号不完整或缺少年号")
        problems.append(Problem("standard.code", "code", facts.code, rule, _("请写成 GB 6675.4-2014 的样子")))
    problems += _status_problems(facts, followers)
    with transaction.atomic():
        standard = Standard.objects.select_for_update().filter(pk=standard_id).first() if standard_id else None
        if standard is not None and standard.version != version:
            raise StaleVersion
        if cited and Standard.objects.filter(code=cited.code).exclude(pk=standard_id or 0).exists():
            rule = _("库中已有这个标准")
            problems.append(Problem("standard.known", "code", facts.code, rule, _("请在原记录上更正")))
        if problems or cited is None:
            raise ProblemsFound(*problems)
        standard = standard or Standard(version=0)
        before = standard.status if standard.pk else None
        for name in ("title", "title_en", "status", "source", "effective_on", "ended_on", "verified"):
            setattr(standard, name, getattr(facts, name))
        standard.code, standard.number, standard.year = cited.code, cited.number, cited.year
        standard.version, standard.updated_at = standard.version + 1, now
        standard.save()
        standard.replaced_by.set(followers)
        record(
            actor=actor,
            now=now,
            action="institutions.standard.record",
            subject_kind="standard",
            subject_id=standard.pk,
            before={"status": before} if before else None,
            after={"code": standard.code, "status": standard.status, "replaced_by": facts.replaced_by},
        )
        return standard


def _followers(facts: StandardFacts) -> tuple[list[Standard], list[Problem]]:
    found, problems = [], []
    for text in filter(None, (part.strip() for part in facts.replaced_by.replace("，", ",").split(","))):
        cited = read_standard(text)
        follower = Standard.objects.filter(code=cited.code).first() if cited else None
        if follower is None:
            rule = _("库中没有标准 %(code)s") % {"code": text[:60]}
            problems.append(Problem("standard.follower", "replaced_by", text, rule, _("请先登记代替它的标准")))
        else:
            found.append(follower)
    return found, problems


def _status_problems(facts: StandardFacts, followers: list[Standard]) -> list[Problem]:
    problems = []
    if facts.status == StandardStatus.REPLACED and not followers and not facts.replaced_by.strip():
        rule = _("已被代替的标准须写明由哪个标准代替")
        problems.append(Problem("standard.replaced", "replaced_by", "", rule, _("没有代替标准的，状态应为废止")))
    if facts.effective_on and facts.ended_on and facts.ended_on < facts.effective_on:
        rule = _("被代替或废止日期早于实施日期")
        problems.append(Problem("standard.days", "ended_on", facts.ended_on.isoformat(), rule, _("请核对日期")))
    return problems
