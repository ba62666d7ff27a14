"""Making a matter: written by one person, approved by another, in force from a day. What was approved never changes."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit import services as audit
from apps.clock.selectors import limits
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused, StaleVersion
from apps.matters.constants import ACCEPT, CORRECT, DECIDE, DUTY, TRAIL, ConfigState, Effect
from apps.matters.models import Matter
from apps.matters.policies import may_approve
from apps.matters.rules.configuration import (
    CODE,
    Rows,
    day_problems,
    limit_problems,
    read_rows,
    row_problems,
)
from apps.matters.selectors.matters import in_the_making, rows_of
from apps.workflow.constants import Competence

DATA = Path(__file__).resolve().parent.parent / "data" / "matters.json"
TEXTS = ("name", "name_en", "who", "who_en", "result", "result_en", "basis")


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration as its author gives it."""

    name: str
    name_en: str
    who: str
    who_en: str
    result: str
    result_en: str
    basis: str
    effective_from: dt.date | None = None
    effective_to: dt.date | None = None
    competence: str = Competence.OWN
    effect: str = Effect.NONE
    consults: bool = False
    verified: bool = False
    validity_months: int = 0
    limit_accept: str = ACCEPT
    limit_correct: str = CORRECT
    limit_decide: str = DECIDE
    limit_duty: str = DUTY
    rows: Rows = field(default_factory=Rows)


def begin_matter(*, actor: Actor, now: dt.datetime, code: str, config: Config) -> Matter:
    """Write the first version of a new matter. A code that is in use is a problem at its field."""
    require(actor, Permission.MATTER_EDIT)
    problems = [] if CODE.fullmatch(code) else [_bad_code(code)]
    if Matter.objects.filter(code=code).exists():
        rule, remedy = _("已有这个代码的事项"), _("请打开该事项，起草新版本")
        problems.append(Problem("taken", "code", code, rule, remedy))
    if problems := problems + config_problems(config, today(now)):
        raise ProblemsFound(*problems)
    with transaction.atomic():
        return _write(actor, now, Matter(code=code, n=1), config)


def begin_version(*, actor: Actor, now: dt.datetime, matter_id: int) -> Matter:
    """Begin the next version as a copy of the latest approved one; refused while another one is in the making."""
    require(actor, Permission.MATTER_EDIT)
    with transaction.atomic():
        found = Matter.objects.filter(pk=matter_id).first()
        if found is None:
            raise Refused("absent", str(matter_id))
        versions = Matter.objects.select_for_update().filter(code=found.code).order_by("-n")
        latest = next((each for each in versions if each.state == ConfigState.APPROVED), None)
        if in_the_making(found.code) is not None or latest is None:
            raise Refused("matter.in_the_making", _("该事项已有一个版本在起草或者待复核。"))
        copy = Matter(code=latest.code, n=versions[0].n + 1)
        first = max(today(now), latest.effective_from or today(now))
        return _write(actor, now, copy, config_of(latest, effective_from=first))


def write_matter(*, actor: Actor, now: dt.datetime, matter_id: int, version: int, config: Config) -> Matter:
    """Change a draft. Whoever writes becomes one of its authors, and cannot approve it."""
    require(actor, Permission.MATTER_EDIT)
    if problems := config_problems(config, today(now)):
        raise ProblemsFound(*problems)
    with transaction.atomic():
        matter = _lock(matter_id, version, ConfigState.DRAFT)
        return _write(actor, now, matter, config)


def propose_matter(*, actor: Actor, now: dt.datetime, matter_id: int, version: int) -> Matter:
    """Hand the draft to a second person."""
    require(actor, Permission.MATTER_EDIT)
    with transaction.atomic():
        matter = _lock(matter_id, version, ConfigState.DRAFT)
        if problems := config_problems(config_of(matter), today(now)):
            raise ProblemsFound(*problems)
        return _move(actor, now, matter, ConfigState.PROPOSED, "propose")


def return_matter(*, actor: Actor, now: dt.datetime, matter_id: int, version: int, reason: str) -> Matter:
    """The second person sends it back to be written again."""
    require(actor, Permission.MATTER_APPROVE)
    if not reason.strip():
        raise ProblemsFound(Problem("required", "reason", "", _("退回必须说明理由"), _("请填写理由")))
    with transaction.atomic():
        return _move(actor, now, _lock(matter_id, version, ConfigState.PROPOSED), ConfigState.DRAFT, "return", reason)


def approve_matter(*, actor: Actor, now: dt.datetime, matter_id: int, version: int) -> Matter:
    """Put a version in force from its day, by a person who wrote none of it; days and limits are asked again."""
    require(actor, Permission.MATTER_APPROVE)
    with transaction.atomic():
        matter = _lock(matter_id, version, ConfigState.PROPOSED)
        if actor.user is not None and not may_approve(actor.user, matter):
            raise Refused("separation", _("本版本由您起草或者修改，须由另一人复核批准。"))
        if problems := config_problems(config_of(matter), today(now)):
            raise ProblemsFound(*problems)
        matter.approved_by, matter.approved_at = actor.user, now
        _move(actor, now, matter, ConfigState.APPROVED, "approve")
        facts = {"code": matter.code, "n": matter.n, "name": matter.name, "from": str(matter.effective_from)}
        audit.publish(kind="matter.published", subject_kind=TRAIL, subject_id=matter.code, facts=facts, now=now)
    return matter


def discard_matter(*, actor: Actor, now: dt.datetime, matter_id: int, version: int) -> Matter:
    """Give a draft up; the row stays for the trail."""
    require(actor, Permission.MATTER_EDIT)
    with transaction.atomic():
        return _move(actor, now, _lock(matter_id, version, ConfigState.DRAFT), ConfigState.DISCARDED, "discard")


def load_matters(*, actor: Actor, now: dt.datetime) -> int:
    """The matters that the portal ships, each approved if the bureau has none of that code yet. Returns how many."""
    known = set(Matter.objects.values_list("code", flat=True))
    added = 0
    for row in json.loads(DATA.read_text(encoding="utf-8")):
        if (code := row.pop("code")) in known:
            continue
        lists = {name: row.pop(name, []) for name in ("documents", "fields", "grounds", "duties")}
        config = Config(**row, rows=read_rows(lists), effective_from=today(now))
        with transaction.atomic():
            made = begin_matter(actor=actor, now=now, code=code, config=config)
            made = propose_matter(actor=actor, now=now, matter_id=made.pk, version=made.version)
            approve_matter(actor=actor, now=now, matter_id=made.pk, version=made.version)
        added += 1
    return added


def config_of(matter: Matter, **changes: Any) -> Config:
    """The configuration of a version, as its author would give it."""
    names = [name for name in Config.__dataclass_fields__ if name != "rows"]
    return Config(**{**{name: getattr(matter, name) for name in names}, **changes}, rows=rows_of(matter))


def config_problems(config: Config, on: dt.date) -> list[Problem]:
    """Everything that is wrong with a configuration, each at its field."""
    found = [
        Problem("required", name, "", _("此项必须填写"), _("请填写后再保存"))
        for name in TEXTS
        if not getattr(config, name).strip()
    ]
    if not 0 <= config.validity_months <= 120:
        rule = _("有效期为 0 至 120 个月，0 表示不设有效期")
        found.append(Problem("range", "validity_months", str(config.validity_months), rule, _("请核对")))
    codes = {name: getattr(config, name) for name in ("limit_accept", "limit_correct", "limit_decide", "limit_duty")}
    known = limits().filter(effective_to=None).values_list("code", flat=True)
    found += limit_problems(codes, known)
    found += day_problems(config.effective_from, config.effective_to, on)
    return found + row_problems(config.rows, config.effect)


def _write(actor: Actor, now: dt.datetime, matter: Matter, config: Config) -> Matter:
    fresh = matter.pk is None
    before = {} if fresh else _plain(config_of(matter))
    for name in Config.__dataclass_fields__:
        if name != "rows":
            setattr(matter, name, getattr(config, name))
    for name, listed in asdict(config.rows).items():
        setattr(matter, name, list(listed))
    matter.written_at = now
    matter.version += 0 if fresh else 1
    try:
        with transaction.atomic():
            matter.save()
    except IntegrityError:
        raise Refused("matter.in_the_making", _("该事项已有一个版本在起草或者待复核。")) from None
    if actor.user is not None:
        matter.writers.add(actor.user)
    after = _plain(config_of(matter))
    changed = {name: value for name, value in after.items() if before.get(name) != value}
    _record(actor, now, matter, "write", {name: before.get(name) for name in changed}, changed)
    return matter


def _move(actor: Actor, now: dt.datetime, matter: Matter, state: ConfigState, verb: str, reason: str = "") -> Matter:
    before = {"state": matter.state}
    matter.state = state
    matter.version += 1
    matter.save()
    _record(actor, now, matter, verb, before, {"state": str(state)}, reason)
    return matter


def _lock(matter_id: int, version: int, state: ConfigState) -> Matter:
    matter = Matter.objects.select_for_update().filter(pk=matter_id).first()
    if matter is None:
        raise Refused("absent", str(matter_id))
    if matter.version != version:
        raise StaleVersion
    if matter.state != state:
        raise Refused("matter.state", _("该版本现在是“%(state)s”。") % {"state": matter.get_state_display()})
    return matter


def _plain(config: Config) -> Mapping[str, Any]:
    """A configuration as the trail keeps it."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(config), default=str))
    return plain


def _bad_code(code: str) -> Problem:
    rule = _("代码由小写字母开头，只含小写字母、数字和下划线，2 至 31 位")
    return Problem("code", "code", code, rule, _("例如 sample_exemption"))


def _record(
    actor: Actor,
    now: dt.datetime,
    matter: Matter,
    verb: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    reason: str = "",
) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"matters.matter.{verb}",
        subject_kind=TRAIL,
        subject_id=f"{matter.code}-{matter.n}",
        before=dict(before),
        after=dict(after),
        reason=reason,
    )
