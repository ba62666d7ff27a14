"""Giving the demo manager an institution that has something to do."""

import datetime as dt

from django.contrib.auth import get_user_model
from django.db import transaction

from apps.accounts.demo import INSTITUTION_MANAGER
from apps.core.actors import Actor
from apps.core.problems import Refused
from apps.institutions.constants import DEMO_SOURCE
from apps.institutions.models import Institution
from apps.parties.constants import MembershipRole
from apps.parties.services.memberships import begin_membership


def bind_demo_manager(*, actor: Actor, now: dt.datetime) -> str:
    """Make the demo manager act for the first demo institution. Answers who acts for whom; empty if there is nobody."""
    person = get_user_model().objects.filter(username=INSTITUTION_MANAGER, demo=True).first()
    rows = Institution.objects.select_related("organisation").filter(organisation__source=DEMO_SOURCE)
    first = rows.order_by("pk").first()
    if person is None or first is None:
        return ""
    try:
        with transaction.atomic():
            begin_membership(
                actor=actor,
                now=now,
                user=person,
                organisation=first.organisation,
                role=MembershipRole.MANAGER,
                ends_on=None,
                cause="demo",
            )
    except Refused:
        return ""  # bound by an earlier run
    return f"{INSTITUTION_MANAGER}: {first.organisation.name}"
