"""A small process that a certification body works, its people, and short names for what one does with them."""

import datetime as dt
from typing import Any

from apps.accounts.models import User
from apps.parties.constants import BodyDuty, MembershipRole
from apps.parties.models import DutyGrant, Organisation
from apps.workflow.bindings import Binding
from apps.workflow.models import File, Transition
from apps.workflow.process import APPLICANT, HOLDER, Process, State, handler, step
from apps.workflow.services import name_person, open_file
from tests import factories
from tests.workflow.casework import NOON, actor, applicant, applicant_of, take
from tests.workflow.table import _

REVIEW, PLAN = handler(BodyDuty.CONTRACT_REVIEW), handler(BodyDuty.PLANNING)
AUDIT, DECIDE = handler(BodyDuty.AUDIT), handler(BodyDuty.DECISION)

HANDLED = Process(
    "handled",
    label=_("示例业务"),
    prefix="SH",
    start="draft",
    handled=True,
    opened_by=frozenset({APPLICANT}),
    named_only=frozenset({AUDIT}),
    states=(
        State("draft", _("草稿"), waits=True),
        State("submitted", _("待受理")),
        State("accepted", _("审查中")),
        State("planned", _("审查中")),
        State("concluded", _("待审批")),
        State("granted", _("已准予"), final=True),
        State("refused", _("不予许可"), final=True),
    ),
    steps=(
        step(
            "submit",
            "draft",
            "submitted",
            by=APPLICANT,
            label=_("提交"),
            message=_("申请已提交。"),
            tells=[REVIEW],
        ),
        step(
            "accept",
            "submitted",
            "accepted",
            by=REVIEW,
            label=_("受理"),
            message=_("申请已受理。"),
            tells=[APPLICANT, PLAN],
        ),
        step(
            "refuse",
            "submitted",
            "refused",
            by=REVIEW,
            label=_("不予许可"),
            message=_("决定不予许可。"),
            reason_required=True,
        ),
        step("plan", "accepted", "planned", by=PLAN, label=_("审查通过"), message=_("审查已完成。"), tells=[AUDIT]),
        step("audit", "planned", "concluded", by=AUDIT, label=_("审查通过"), message=_("审查已完成。"), tells=[DECIDE]),
        step(
            "grant",
            "concluded",
            "granted",
            by=DECIDE,
            label=_("准予"),
            message=_("决定准予许可。"),
            apart_from=["accept", "plan", "audit"],
            decides=True,
            tells=[APPLICANT, HOLDER],
        ),
    ),
)
BINDING = Binding(url=lambda file: f"/handled/{file.pk}/")
DUTIES = {"accept": "contract_review", "refuse": "contract_review", "plan": "planning", "audit": "audit"}
DUTIES |= {"grant": "decision"}
ORDER = ["submit", "accept", "plan", "audit", "grant"]


def colleague(body: Organisation, *duties: str, role: str = MembershipRole.MEMBER) -> User:
    """A person of the body with the duties since 2020."""
    user = factories.person()
    factories.member(user, body, role)
    for duty in duties:
        DutyGrant.objects.create(user=user, organisation=body, duty=duty, starts_on=dt.date(2020, 1, 1))
    return user


def drafted(body: Organisation | None) -> File:
    """A draft to the body."""
    user, organisation = applicant()
    return open_file(
        actor=actor(user),
        now=NOON,
        process="handled",
        matter="",
        organisation=organisation,
        title="示例申请",
        division_code="520602",
        unit=factories.unit(),
        handler=body,
    )


def step_by(file: File, step: str, person: User | None = None) -> Transition:
    """The step, by a fresh person of the right duty unless one is given; an auditor is named first."""
    assert file.handler is not None
    who = person or (applicant_of(file) if step == "submit" else colleague(file.handler, DUTIES[step]))
    if step == "audit":
        name(file, who)
    reason = {"reason": "不符合条件"} if step == "refuse" else {}
    return take(file, step, who, **reason)


def name(file: File, user: User) -> Any:
    planner = colleague(file.handler, "planning")
    return name_person(actor=actor(planner), now=NOON, file_id=file.pk, user_id=user.pk, role=AUDIT)


def brought_to(step: str, body: Organisation) -> File:
    """A file of the body just before a step."""
    file = drafted(body)
    for earlier in ORDER[: ORDER.index(step)]:
        step_by(file, earlier)
    file.refresh_from_db()
    return file
