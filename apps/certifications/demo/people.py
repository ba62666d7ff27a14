"""Giving the demo people somebody to act for: an enterprise that has something to do soon, and a body."""

import datetime as dt
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, Min, Q

from apps.accounts.demo import BODY_USER, ENTERPRISE_MANAGER, ENTERPRISE_MEMBER
from apps.certifications.constants import DEMO_SOURCE
from apps.certifications.models import Certificate
from apps.certifications.rules import RUNNING
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Refused
from apps.parties.constants import MembershipRole
from apps.parties.services.memberships import begin_membership

SOON = 45  # days


def bind_demo_people(*, actor: Actor, now: dt.datetime) -> list[str]:
    """Make the demo people members, as far as they and the city exist. Returns lines that say who acts for whom.

    The enterprise manager acts for two firms, so that the switch between organisations has something to switch.
    """
    busy = _busy_holders(today(now))
    if not busy:
        return []
    first = busy[0]
    wanted: list[tuple[str, Any, str]] = [
        (ENTERPRISE_MANAGER, first.holder, MembershipRole.MANAGER),
        (ENTERPRISE_MEMBER, first.holder, MembershipRole.MEMBER),
        (BODY_USER, first.body, MembershipRole.MANAGER),
    ]
    if len(busy) > 1:
        wanted.append((ENTERPRISE_MANAGER, busy[1].holder, MembershipRole.MANAGER))
    return [line for name, organisation, role in wanted if (line := _bind(actor, now, name, organisation, role))]


def _busy_holders(on: dt.date) -> list[Certificate]:
    """One certificate each of two holders with several certificates, one of which ends soon."""
    ending = Q(certificates_held__status__in=RUNNING, certificates_held__valid_to__gte=on)
    organisations = Certificate.holder.field.related_model._default_manager
    busy = (
        organisations.filter(source=DEMO_SOURCE, kind="enterprise", merged_into=None)
        .annotate(
            running=Count("certificates_held", filter=ending), first=Min("certificates_held__valid_to", filter=ending)
        )
        .filter(running__gte=3, first__lte=on + dt.timedelta(days=SOON))
        .order_by("pk")[:2]
    )
    found = [Certificate.objects.filter(holder=holder).select_related("holder", "body").first() for holder in busy]
    return [certificate for certificate in found if certificate is not None]


def _bind(actor: Actor, now: dt.datetime, username: str, organisation: Any, role: str) -> str:
    person = get_user_model().objects.filter(username=username, demo=True).first()
    if person is None:
        return ""
    try:
        with transaction.atomic():
            begin_membership(
                actor=actor, now=now, user=person, organisation=organisation, role=role, ends_on=None, cause="demo"
            )
    except Refused:
        return ""  # bound by an earlier run
    return f"{username}: {organisation.name}"
