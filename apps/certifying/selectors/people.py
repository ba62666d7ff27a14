"""A body's own people: what they do, what keeps them off whose files."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.certifying.constants import IN_A_ROW
from apps.certifying.models import Application, AuditTeamMember, Tie
from apps.parties.constants import BodyDuty
from apps.parties.models import Ban
from apps.parties.selectors.bans import ban_on_person
from apps.parties.selectors.duties import duty_holders, running_duties
from apps.parties.selectors.memberships import running_memberships
from apps.workflow.models import File


@dataclass(frozen=True, slots=True)
class PersonRow:
    user: User
    duties: Sequence[str]
    ties: Sequence[Tie]
    ban: Ban | None


def people_of_body(body_id: int, on: dt.date) -> list[PersonRow]:
    """Everybody who acts for the body, with duties, ties and bans."""
    users = User.objects.filter(pk__in=running_memberships(on).filter(organisation=body_id).values("user_id"))
    duties: dict[int, list[str]] = {}
    for user_id, duty in running_duties(on).filter(organisation=body_id).values_list("user_id", "duty"):
        duties.setdefault(user_id, []).append(str(BodyDuty(duty).label))
    ties: dict[int, list[Tie]] = {}
    for tie in running_ties(body_id, on).select_related("organisation").order_by("pk"):
        ties.setdefault(tie.user_id, []).append(tie)
    return [
        PersonRow(user, duties.get(user.pk, []), ties.get(user.pk, []), ban_on_person(user.display_name, "", on))
        for user in users.order_by("display_name", "pk")
    ]


def running_ties(body_id: int, on: dt.date) -> QuerySet[Tie]:
    return Tie.objects.filter(Q(until=None) | Q(until__gte=on), body=body_id)


def auditors(body_id: int, on: dt.date) -> QuerySet[User]:
    """Who may be named to a team."""
    return duty_holders(body_id, [BodyDuty.AUDIT], on).order_by("display_name", "pk")


def tied(file: File, user: User, on: dt.date) -> str | None:
    """Why the person may not work on the organisation's file, as declared to the body."""
    if file.handler_id is None:
        return None
    found = running_ties(file.handler_id, on).filter(user=user, organisation=file.organisation_id).first()
    if found is None:
        return None
    return _("%(kind)s（已向本机构申报）") % {"kind": found.get_kind_display()}


def in_a_row(application: Application, user: User) -> str:
    """Whether the person audited this client for the project too often, one time after the other; empty if not."""
    earlier = Application.objects.filter(
        file__organisation=application.file.organisation_id,
        project=application.project_id,
        body=application.body_id,
        file__status__in=["certified", "refused"],
    ).order_by("-pk")[:IN_A_ROW]
    ids = list(earlier.values_list("pk", flat=True))
    audited = AuditTeamMember.objects.filter(application__in=ids, user=user, left_at=None)
    if len(ids) < IN_A_ROW or audited.values("application_id").distinct().count() < IN_A_ROW:
        return ""
    rule = _("已连续 %(times)s 次审核该客户的这一项目（本平台默认的上限）")
    return rule % {"times": IN_A_ROW}
