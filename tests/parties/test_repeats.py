"""What the same person sends again a moment later."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.core.actors import Actor
from apps.core.problems import ProblemsFound
from apps.parties.constants import MembershipRole
from apps.parties.models import Invitation
from apps.parties.services.invitations import invite
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def test_a_second_click_sends_no_second_letter_but_other_terms_or_a_later_minute_do() -> None:
    boss = factories.member(factories.person(), factories.organisation())
    actor = Actor(label=str(boss.user), user=boss.user)

    def send(role: str = MembershipRole.MEMBER, now: dt.datetime = NOW) -> None:
        asked = {"email": "x@example.org", "role": role, "ends_on": None}
        invite(actor=actor, now=now, organisation_id=boss.organisation_id, **asked)

    send()
    with pytest.raises(ProblemsFound) as found:
        send()
    assert found.value.code == "invitation.just_sent"
    send(role=MembershipRole.MANAGER)
    send(now=NOW + dt.timedelta(minutes=2))
    assert Invitation.objects.count() == 3
    assert Invitation.objects.filter(revoked_at=None).count() == 1
