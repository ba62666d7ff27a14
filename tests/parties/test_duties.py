"""Duties in a certification body: who gives them, to whom, how long they hold, and what the page shows."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.selectors import actor_for
from apps.audit.models import AuditEntry
from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import ProblemsFound, Refused
from apps.parties.constants import MembershipRole
from apps.parties.models import DutyGrant, Organisation
from apps.parties.selectors import duties_held, duty_holders
from apps.parties.services.bans import record_ban
from apps.parties.services.duties import end_duty, grant_duty
from apps.parties.services.memberships import begin_membership, end_membership
from tests import factories

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now()


@pytest.fixture
def body() -> Organisation:
    return factories.body("CNCA-R-2026-201")


@pytest.fixture
def manager(body: Organisation) -> User:
    user = factories.person()
    factories.member(user, body)
    return user


@pytest.fixture
def colleague(body: Organisation) -> User:
    user = factories.person()
    factories.member(user, body, MembershipRole.MEMBER)
    return user


def grant(by: User, body: Organisation, to: User, now: dt.datetime, duty: str = "audit", **more) -> DutyGrant:
    return grant_duty(actor=actor_for(by), now=now, organisation_id=body.pk, user_id=to.pk, duty=duty, **more)


def test_a_manager_gives_and_takes_back(body, manager, colleague, now) -> None:
    made = grant(manager, body, colleague, now)
    on = today(now)
    assert duties_held(colleague, body.pk, on) == {"audit"}
    assert list(duty_holders(body.pk, ["audit", "decision"], on)) == [colleague]
    with pytest.raises(Refused, match="已有此职责"):
        grant(manager, body, colleague, now)
    end_duty(actor=actor_for(manager), now=now, grant_id=made.pk)
    assert duties_held(colleague, body.pk, on) == frozenset()
    acts = AuditEntry.objects.filter(action__startswith="parties.duty.").order_by("pk")
    assert list(acts.values_list("action", flat=True)) == ["parties.duty.grant", "parties.duty.end"]


def test_nobody_else_does(body, manager, colleague, now) -> None:
    made = grant(manager, body, colleague, now)
    other = factories.person()
    factories.member(other, factories.body("CNCA-R-2026-202"))
    for by in (colleague, other, factories.staff()):
        with pytest.raises(Refused):
            grant(by, body, colleague, now, "decision")
        with pytest.raises(Refused):
            end_duty(actor=actor_for(by), now=now, grant_id=made.pk)
    with pytest.raises(Refused):
        end_duty(actor=actor_for(manager), now=now, grant_id=0)


def test_every_problem_at_once(manager, now) -> None:
    firm = factories.organisation()
    factories.member(manager, firm)
    with pytest.raises(ProblemsFound) as found:
        grant(manager, firm, factories.person(), now, "cleaning", ends_on=today(now) - DAY)
    assert {problem.code for problem in found.value.problems} == {
        "duty.kind",
        "duty.unknown",
        "duty.past",
        "duty.member",
    }


def test_the_barred_get_none(body, manager, colleague, now) -> None:
    barred = factories.ban_facts(person_name=colleague.display_name)
    record_ban(actor=Actor.system("test"), now=now, facts=barred)
    with pytest.raises(ProblemsFound) as found:
        grant(manager, body, colleague, now)
    assert [problem.code for problem in found.value.problems] == ["person.barred"]


def test_it_holds_until_its_day_and_as_long_as_the_membership(body, manager, colleague, now) -> None:
    grant(manager, body, colleague, now, ends_on=today(now))
    assert duties_held(colleague, body.pk, today(now)) == {"audit"}
    assert duties_held(colleague, body.pk, today(now) + DAY) == frozenset()
    grant(manager, body, colleague, now + DAY, ends_on=None)  # the one that ran out gives way
    membership = colleague.memberships.get()
    end_membership(actor=actor_for(manager), now=now, membership_id=membership.pk)
    assert duties_held(colleague, body.pk, today(now) + DAY) == frozenset()
    joining = {"user": colleague, "organisation": body, "role": "member", "ends_on": None, "cause": "test"}
    begin_membership(actor=actor_for(manager), now=now, **joining)
    assert duties_held(colleague, body.pk, today(now) + DAY) == frozenset(), "a later membership brings nothing back"


def test_the_page(body, manager, colleague) -> None:
    page, client = f"/organisations/mine/{body.pk}/duties/", Client()
    client.force_login(manager)
    assert client.post(page, {"user_id": colleague.pk, "duty": "planning"}).status_code == 302
    answer = client.get(page)
    assert str(colleague) in answer.content.decode()
    assert client.post(page, {"user_id": colleague.pk, "duty": "planning"}).status_code == 409
    assert client.post(page, {"user_id": 0, "duty": "x"}).status_code == 422
    made = DutyGrant.objects.get()
    member = Client()
    member.force_login(colleague)
    assert member.get(page).status_code == 200
    assert member.post(page, {"user_id": colleague.pk, "duty": "audit"}).status_code == 404
    assert member.post(f"/organisations/duties/{made.pk}/end/").status_code == 404
    assert client.post(f"/organisations/duties/{made.pk}/end/").status_code == 302
    assert client.post(f"/organisations/duties/{made.pk}/end/").status_code == 404
    firm = factories.organisation()
    factories.member(manager, firm)
    assert client.get(f"/organisations/mine/{firm.pk}/duties/").status_code == 404
