"""The technical review: its plan, its team, and the opinions signed in order."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.accounts.selectors import roles_held
from apps.audit import services as audit
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Problem, ProblemsFound, Refused
from apps.institutions.licence_constants import Conclusion, Duty, ReviewMode
from apps.institutions.models import Application, Opinion, TeamMember
from apps.institutions.selectors import applications as selectors
from apps.institutions.services.applications import lock_application, refuse_excluded
from apps.parties.selectors import ban_on_person, ban_problem
from apps.workflow.constants import SUBJECT
from apps.workflow.policies import visible_files
from apps.workflow.services.assignment import name_person, unname_person

MOST_DAYS = 30
PLANNED_IN, SIGNED_IN = "accepted", "review"
TEAM_IN = (PLANNED_IN, SIGNED_IN)  # during the review too: whoever steps back is replaced


def plan_review(
    *, actor: Actor, now: dt.datetime, application_id: int, mode: str, review_from: dt.date, review_days: int
) -> Application:
    """Say how, from when and how long the review is done; the applicant is told with the notice (ALL 45)."""
    with transaction.atomic():
        found = _plannable(actor, now, application_id)
        problems = []
        if mode not in ReviewMode.values:
            problems.append(_problem("mode", mode, _("请选择现场评审或者书面评审")))
        if review_from < today(now):
            problems.append(_problem("review_from", review_from.isoformat(), _("评审开始日期不能早于今天")))
        if not 1 <= review_days <= MOST_DAYS:
            text = _("评审时间应为 1 至 %(most)s 个工作日") % {"most": MOST_DAYS}
            problems.append(_problem("review_days", str(review_days), text))
        if problems:
            raise ProblemsFound(*problems)
        found.review_mode, found.review_from, found.review_days = mode, review_from, review_days
        found.version += 1
        found.save(update_fields=["review_mode", "review_from", "review_days", "version"])
        _record(actor, now, found, "plan", {"mode": mode, "from": review_from.isoformat(), "days": review_days})
    return found


def name_member(
    *, actor: Actor, now: dt.datetime, application_id: int, user_id: int, duty: str, field: str
) -> TeamMember:
    """Put somebody on the team, also in place of who stepped back. A conflict of interest refuses (workflow)."""
    with transaction.atomic():
        found = _plannable(actor, now, application_id, TEAM_IN)
        if duty not in Duty.values:
            raise ProblemsFound(_problem("duty", duty, _("请选择组长或者组员")))
        if not field.strip():
            raise ProblemsFound(_problem("field", "", _("请填写评审领域")))
        if found.team.filter(user_id=user_id).exists():
            raise Refused("team.twice", _("该人员已在评审组中。"))
        if duty == Duty.LEADER:
            _make_room_for_leader(found, now)
        name_person(actor=actor, now=now, file_id=found.file_id, user_id=user_id, role=Role.REVIEW_EXPERT)
        made = TeamMember.objects.create(application=found, user_id=user_id, duty=duty, field=field, added_at=now)
        _record(actor, now, found, "name", {"user": user_id, "duty": duty})
    return made


def drop_member(*, actor: Actor, now: dt.datetime, application_id: int, member_id: int) -> None:
    """Take somebody off the team who signed nothing: an opinion that was signed stays on record, and its author."""
    with transaction.atomic():
        found = _plannable(actor, now, application_id, TEAM_IN)
        member = found.team.filter(pk=member_id).first()
        if member is None:
            raise Refused("absent", str(member_id))
        if member.opinions.exists():
            raise Refused("team.signed", _("该成员已签署意见，不能移出评审组；有利害关系的，请办理回避。"))
        unname_person(actor=actor, now=now, file_id=found.file_id, user_id=member.user_id, role=Role.REVIEW_EXPERT)
        _record(actor, now, found, "drop", {"user": member.user_id})
        member.delete()


def sign_opinion(*, actor: Actor, now: dt.datetime, application_id: int, conclusion: str, text: str) -> Opinion:
    """Sign one's own opinion. An earlier one stays on record; a leader's conclusion older than this no longer holds."""
    with transaction.atomic():
        found = lock_application(application_id)
        member = found.team.filter(user=actor.user).first() if actor.user is not None else None
        if member is None or actor.user is None or Role.REVIEW_EXPERT not in roles_held(actor.user, today(now)):
            raise Refused("absent", str(application_id))
        refuse_excluded(actor=actor, now=now, file=found.file)
        ban = ban_on_person(actor.user.display_name, "", today(now))
        if ban is not None:
            raise ProblemsFound(ban_problem(ban, "text"))
        if found.file.status != SIGNED_IN:
            raise Refused("opinion.state", _("只有在技术评审中才能签署意见。"))
        problems = []
        if conclusion not in Conclusion.values:
            problems.append(_problem("conclusion", conclusion, _("请选择结论")))
        if not text.strip():
            problems.append(_problem("text", "", _("请填写意见")))
        if problems:
            raise ProblemsFound(*problems)
        experts = selectors.acting_team(found).filter(duty=Duty.EXPERT)
        if member.duty == Duty.LEADER and experts.filter(opinions=None).exists():
            raise Refused("opinion.order", _("组长在全部组员签署之后签署。"))
        made = Opinion.objects.create(
            member=member,
            conclusion=conclusion,
            text=text,
            signed_at=now,
            team_changes=selectors.team_changes(found),
        )
        _record(actor, now, found, "sign", {"duty": member.duty, "conclusion": conclusion})
    return made


def _make_room_for_leader(application: Application, now: dt.datetime) -> None:
    """One leader at a time. One who stepped back stays on record with what they signed."""
    if selectors.acting_team(application).filter(duty=Duty.LEADER).exists():
        raise Refused("team.leader", _("评审组已有组长。"))
    application.team.filter(duty=Duty.LEADER, replaced_at=None).update(replaced_at=now)


def _plannable(
    actor: Actor, now: dt.datetime, application_id: int, states: tuple[str, ...] = (PLANNED_IN,)
) -> Application:
    found = lock_application(application_id)
    user: User | None = actor.user
    if user is None or not visible_files(user, today(now)).filter(pk=found.file_id).exists():
        raise Refused("absent", str(application_id))
    if Role.REVIEWER not in roles_held(user, today(now)):
        raise Refused("permission", _("只有审查人员可以安排评审。"))
    refuse_excluded(actor=actor, now=now, file=found.file)
    if found.file.status not in states:
        raise Refused("plan.state", _("只有在受理之后、评审开始之前才能安排评审。"))
    return found


def _problem(place: str, value: str, rule: str) -> Problem:
    return Problem("invalid", place, value, rule, _("请改正后再保存"))


def _record(actor: Actor, now: dt.datetime, application: Application, verb: str, after: dict[str, object]) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"institutions.review.{verb}",
        subject_kind=SUBJECT,
        subject_id=application.file_id,
        after=after,
    )
