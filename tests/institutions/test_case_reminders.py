"""Who is reminded of a case about a licence: the holder of what they were told only, a check's people of its clock."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.management import call_command

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.clock.models import Deadline
from apps.core.calendar import today
from apps.notifications.calendar_feed import calendar_of
from apps.notifications.models import Reminder, ReminderRule
from apps.notifications.services import plan_reminders, reconcile
from apps.workflow.models import File
from tests import factories
from tests.institutions.lifework import Life
from tests.institutions.promising import OnSite, prepare
from tests.notifications.conftest import stand_on as stand_on

pytestmark = pytest.mark.django_db
Stand = Callable[[dt.date], dt.datetime]


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()
    call_command("load_rules", verbosity=0)


def due_of(file: File, code: str) -> Deadline:
    return Deadline.objects.get(subject_id=file.pk, code=code)


def plan_on(stand: Stand, day: dt.date) -> None:
    stand(day)
    plan_reminders()
    assert reconcile(day=day).nothing


def reminded(user: User, deadline: Deadline) -> bool:
    return Reminder.objects.filter(recipient=user, subject_id=deadline.pk, closed_at=None, channel="in_app").exists()


def test_a_rule_that_tells_managers_tells_nothing_of_a_case_that_they_were_not_told_of(stand_on: Stand) -> None:
    ReminderRule.objects.filter(event="workflow.deadline").update(recipients=["holder", "leader", "managers"])
    life = Life("cma_revoke", "fraud")
    holder, owed = life.person("holder"), due_of(life.file, "CMA.REVOKE.DECIDE")
    assert owed.due_on is not None
    plan_on(stand_on, owed.due_on)
    assert reminded(life.person(Role.REVIEWER), owed)
    assert not reminded(holder, owed)
    assert life.file.number not in calendar_of(holder, now=life.now).decode()
    life.take(Role.REVIEWER, "notify")
    plan_on(stand_on, owed.due_on)
    assert reminded(holder, owed)
    assert life.file.number in calendar_of(holder, now=life.now).decode()


def test_whoever_has_a_case_in_hand_has_its_limit_in_the_calendar() -> None:
    life = Life("cma_revoke", "fraud")
    reviewer, colleague = life.person(Role.REVIEWER), factories.staff(Role.REVIEWER)
    File.objects.filter(pk=life.file.pk).update(holder=reviewer)
    assert life.file.number in calendar_of(reviewer, now=life.now).decode()
    assert life.file.number not in calendar_of(colleague, now=life.now).decode()


def test_the_clock_of_a_check_reminds_who_plans_it(stand_on: Stand) -> None:
    site = OnSite()
    supervisor = site.person(Role.SUPERVISOR)
    owed = due_of(site.file, "CMA.COMMITMENT.CHECK")
    assert owed.due_on is not None
    plan_on(stand_on, owed.due_on)
    assert reminded(supervisor, owed)
    assert not reminded(factories.staff(Role.WINDOW_CLERK), owed)


def test_the_clock_of_a_check_reminds_the_officers_once_they_are_named(stand_on: Stand) -> None:
    site = OnSite().plan()
    owed = due_of(site.file, "CMA.COMMITMENT.CHECK")
    assert owed.due_on is not None
    plan_on(stand_on, owed.due_on)
    assert [reminded(site.person(who), owed) for who in ("one", "two")] == [True, True]
    assert today(site.case.now) < owed.due_on
