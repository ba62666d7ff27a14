"""What a body says of itself: whose files its people keep off, and for which projects it takes applications."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from apps.audit import services as audit
from apps.certifications.models import Project
from apps.certifying.constants import TieKind
from apps.certifying.models import Offer, Tie
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.parties.models import Organisation
from apps.parties.policies import is_manager
from apps.parties.selectors.memberships import running_memberships
from apps.parties.selectors.organisations import find_by_code


def declare_tie(
    *, actor: Actor, now: dt.datetime, body_id: int, user_id: int, uscc: str, kind: str, until: dt.date | None
) -> Tie:
    """Somebody of the body does not work on an organisation's files. Managers write it; again, it gets a new end."""
    with transaction.atomic():
        _lock(actor, body_id, today(now))
        organisation = find_by_code(uscc)
        problems = []
        if organisation is None:
            rule = _("本平台没有这一统一社会信用代码")
            problems.append(Problem("absent", "uscc", uscc[:18], rule, _("请核对代码")))
        if not running_memberships(today(now)).filter(organisation=body_id, user=user_id).exists():
            problems.append(Problem("member", "user_id", "", _("不是本机构的人员"), _("请从列表中选择")))
        if kind not in TieKind.values:
            problems.append(Problem("kind", "kind", kind, _("没有这一关系"), _("请从列表中选择")))
        if problems:
            raise ProblemsFound(*problems)
        made, _created = Tie.objects.update_or_create(
            body_id=body_id,
            user_id=user_id,
            organisation=organisation,
            kind=kind,
            defaults={"until": until, "recorded_at": now},
        )
        after = {"user": user_id, "kind": kind, "until": until.isoformat() if until else None}
        _record(actor, now, body_id, "declare_tie", after)
    return made


def declare_offer(
    *, actor: Actor, now: dt.datetime, body_id: int, project: str, fee: str, days: int | None, accepts: bool
) -> Offer:
    """The body takes applications for a project, at these fees; or does so no longer."""
    with transaction.atomic():
        _lock(actor, body_id, today(now))
        known = Project.objects.filter(pk=project).first()
        problems = []
        if known is None:
            problems.append(Problem("project", "project", project, _("没有这一认证项目"), _("请从列表中选择")))
        if not fee.strip():
            rule = _("收费标准须公开")
            problems.append(Problem("required", "fee", "", rule, _("请填写收费标准或者计算办法")))
        if days is not None and not 0 < days <= 1000:
            rule = _("天数在 1 到 1000 之间")
            problems.append(Problem("days", "days", str(days), rule, _("请核对天数")))
        if problems:
            raise ProblemsFound(*problems)
        values = {"fee": fee.strip(), "days": days, "accepts": accepts, "changed_at": now}
        made, _created = Offer.objects.update_or_create(body_id=body_id, project=known, defaults=values)
        _record(actor, now, body_id, "declare_offer", {"project": project, "accepts": accepts})
    return made


def _lock(actor: Actor, body_id: int, on: dt.date) -> Organisation:
    found = Organisation.objects.select_for_update(no_key=True).filter(pk=body_id, kind="body").first()
    if found is None or (actor.user is not None and not is_manager(actor.user, body_id, on)):
        raise Refused("permission")
    return found


def _record(actor: Actor, now: dt.datetime, body_id: int, verb: str, after: dict[str, object]) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"certifying.body.{verb}",
        subject_kind="organisation",
        subject_id=body_id,
        after=after,
    )
