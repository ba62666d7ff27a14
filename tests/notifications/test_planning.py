"""What is planned, for whom, how often, and when it closes."""

import datetime as dt

import pytest
from django.db import connection

from apps.accounts.constants import Role
from apps.certifications.constants import Shape, Status
from apps.core.problems import Refused
from apps.notifications.constants import MessageState
from apps.notifications.models import Message, Preference, Reminder, ReminderRule, Watermark
from apps.notifications.services import plan_reminders, reconcile, would_create
from tests import factories as make
from tests.notifications.conftest import DAY

pytestmark = pytest.mark.django_db


def days(n: int) -> dt.date:
    return DAY + dt.timedelta(days=n)


def held(user, **fields):
    """A certificate whose holder `user` manages."""
    holder = make.organisation()
    make.member(user, holder)
    return make.certificate(holder, **fields)


def told(**filters) -> list[tuple[int, str]]:
    found = Reminder.objects.filter(**filters).order_by("due_on", "threshold", "channel")
    return list(found.values_list("threshold", "channel"))


def keys() -> set[tuple]:
    return set(Reminder.objects.values_list("rule_code", "subject_id", "threshold", "due_on", "recipient", "channel"))


def test_who_enters_with_forty_days_left_gets_one_threshold_not_three(rules, stand_on) -> None:
    held(make.person(), valid_to=days(40))
    stand_on(DAY)
    done = plan_reminders()
    assert told() == [(60, "email"), (60, "in_app")]
    assert (done.reminders, done.messages) == (2, 2)


def test_twice_is_once(rules, stand_on) -> None:
    held(make.person(), valid_to=days(40))
    stand_on(DAY)
    plan_reminders()
    before = keys()
    assert plan_reminders().reminders == 0
    assert keys() == before
    assert Message.objects.count() == 2


def test_five_days_late_gives_the_rows_of_the_daily_runs(rules, stand_on) -> None:
    user = make.person()
    for left in (92, 61, 33, 9):
        held(user, valid_to=days(left))
    stand_on(DAY)
    plan_reminders()
    start = keys()
    stand_on(days(5))
    plan_reminders()
    late = keys()
    Reminder.objects.all().delete()
    Watermark.objects.all().delete()
    for n in range(6):
        stand_on(days(n))
        plan_reminders()
    assert keys() == late
    assert len(late) == len(start) + 8  # each of the four passed a threshold meanwhile, on two channels


def test_a_long_silence_tells_only_what_still_matters(rules, stand_on) -> None:
    held(make.person(), valid_to=days(-20))
    held(make.person(), valid_to=days(-200))
    stand_on(DAY)
    plan_reminders()
    assert told() == [(-1, "email"), (-1, "in_app")]


@pytest.mark.parametrize(
    ("fields", "threshold", "code"),
    [
        ({"shape": Shape.CCC}, 90, "certificate.expiry:ccc"),
        ({}, 60, "certificate.expiry"),
    ],
)
def test_variants_have_their_own_thresholds(rules, stand_on, fields, threshold, code) -> None:
    held(make.person(), valid_to=days(45), **fields)
    stand_on(DAY)
    plan_reminders()
    assert set(Reminder.objects.values_list("threshold", "rule_code")) == {(threshold, code)}


def test_organic_follows_its_own_rule(rules, stand_on) -> None:
    project = make.project("B0301", Shape.FOOD)
    project.group = "organic"
    project.save()
    held(make.person(), valid_to=days(150), project=project, shape=Shape.FOOD)
    stand_on(DAY)
    assert plan_reminders().reminders == 0  # 150 days: the general rule would have told at 180


def test_suspension_tells_managers_body_and_the_officers_of_the_closest_unit(rules, stand_on) -> None:
    manager, auditor = make.person(), make.person()
    bureau = make.staff(Role.OFFICER)
    branch = make.staff(Role.SUPERVISOR, at=make.unit("bijiang", "520602", "branch"))
    make.staff(Role.OFFICER, at=make.unit("wanshan", "520603", "branch"))
    make.staff(Role.LEADER, at=make.unit("bijiang", "520602", "branch"))
    certificate = held(manager, status=Status.SUSPENDED, suspended_until=days(20))
    make.member(auditor, certificate.body, role="member")
    far = make.organisation(division_code="520628")
    make.certificate(far, status=Status.SUSPENDED, suspended_until=days(20), division_code="520628")
    stand_on(DAY)
    plan_reminders()
    people = set(Reminder.objects.values_list("recipient", "subject_id"))
    assert {pk for pk, subject in people if subject == certificate.pk} == {manager.pk, auditor.pk, branch.pk}
    assert {pk for pk, subject in people if subject != certificate.pk} == {bureau.pk}


@pytest.mark.parametrize("fields", [{"status": Status.REVOKED}, {"status": Status.CANCELLED}])
def test_settled_certificates_remind_nobody(rules, stand_on, fields) -> None:
    held(make.person(), valid_to=days(40), **fields)
    stand_on(DAY)
    assert plan_reminders().reminders == 0


def test_a_successor_ends_the_reminders_of_its_predecessor(rules, stand_on) -> None:
    old = held(make.person(), valid_to=days(40))
    stand_on(DAY)
    plan_reminders()
    make.certificate(old.holder, predecessor=old, valid_to=days(1000))
    stand_on(days(11))
    done = plan_reminders()
    assert (done.closed, done.reminders) == (2, 0)


def test_a_new_period_closes_the_old_date_and_reminds_of_the_new_one(rules, stand_on) -> None:
    certificate = held(make.person(), valid_to=days(40))
    stand_on(DAY)
    plan_reminders()
    certificate.valid_to = days(170)
    certificate.save()
    done = plan_reminders()
    assert done.closed == 2
    assert told(closed_at=None) == [(180, "email"), (180, "in_app")]


def test_one_digest_per_person_day_and_channel(rules, stand_on) -> None:
    user = make.person()
    for n in range(30):
        held(user, valid_to=days(n))
    stand_on(DAY)
    plan_reminders()
    assert Message.objects.count() == 2
    assert Reminder.objects.filter(message=None).count() == 0


def test_what_comes_later_in_the_day_waits_for_tomorrows_digest(rules, stand_on) -> None:
    user = make.person()
    held(user, valid_to=days(40))
    stand_on(DAY)
    plan_reminders()
    Message.objects.filter(channel="email").update(state=MessageState.SENT, attempts=1)
    held(user, valid_to=days(50))
    stand_on(DAY, hour=11)
    plan_reminders()
    assert Message.objects.count() == 2
    assert Reminder.objects.filter(message=None).count() == 2
    stand_on(days(1))
    plan_reminders()
    assert Message.objects.count() == 4
    assert Reminder.objects.filter(message=None).count() == 0


def test_people_who_left_or_switched_off_get_nothing(rules, stand_on) -> None:
    quiet, inactive, silent = make.person(), make.person(is_active=False), make.person()
    silent.email = ""
    silent.save()
    Preference.objects.create(user=quiet, channels_off=["email"])
    gone = make.person()
    certificate = held(quiet, valid_to=days(40))
    for user in (inactive, silent):
        make.member(user, certificate.holder)
    make.member(gone, certificate.holder, ended_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    stand_on(DAY)
    plan_reminders()
    assert set(Reminder.objects.values_list("recipient", "channel")) == {(quiet.pk, "in_app"), (silent.pk, "in_app")}


def test_in_app_is_delivered_by_being_planned(rules, stand_on) -> None:
    held(make.person(), valid_to=days(40))
    now = stand_on(DAY)
    plan_reminders()
    message = Message.objects.get(channel="in_app")
    assert (message.state, message.sent_at) == (MessageState.SENT, now)


def test_planning_waits_while_the_clocks_disagree_and_goes_on_when_they_agree(rules, stand_on, monkeypatch) -> None:
    from apps.notifications.services import fence

    held(make.person(), valid_to=days(40))
    now = stand_on(days(-1))
    plan_reminders()
    steady = now.timestamp()
    Reminder.objects.all().delete()
    stand_on(days(0))
    monkeypatch.setattr(fence, "steady_seconds", lambda: steady + 60)  # one minute passed, the wall says a day
    with pytest.raises(Refused, match="86"):
        plan_reminders()
    assert not Reminder.objects.exists()
    stand_on(days(-1), hour=10)
    plan_reminders(thorough=True)
    assert Reminder.objects.count() == 2


def test_a_day_before_the_watermark_plans_nothing(rules, stand_on) -> None:
    stand_on(DAY)
    plan_reminders()
    stand_on(days(-1))
    with pytest.raises(Refused, match="2026-06-01"):
        plan_reminders()


def test_the_recount_agrees_and_finds_what_was_lost(rules, stand_on) -> None:
    user = make.person()
    make.staff(Role.OFFICER)
    for n in (-1, 0, 6, 40, 170):
        held(user, valid_to=days(n), surveillance_due=days(20))
    held(user, valid_to=days(30), shape=Shape.CCC)
    held(user, status=Status.SUSPENDED, suspended_until=days(10), valid_to=days(400))
    stand_on(DAY)
    plan_reminders()
    found = reconcile(day=DAY)
    assert found.nothing
    assert found.expected > 14
    lost = Reminder.objects.order_by("pk").first()
    lost.delete()
    assert len(reconcile(day=DAY).missing) == 1


def test_a_changed_rule_says_beforehand_what_it_would_create(rules, stand_on) -> None:
    user = make.person()
    held(user, valid_to=days(40))
    stand_on(DAY)
    plan_reminders()
    rule = ReminderRule.objects.get(event="certificate.expiry", variant="default")
    assert would_create(rule, day=DAY) == (0, 0)
    rule.offsets = [90, 45, 0]
    assert would_create(rule, day=DAY) == (2, 1)
    assert Reminder.objects.count() == 2


def test_the_planner_knows_the_columns_it_reads() -> None:
    """It joins tables of lower apps in SQL; a renamed column must fail here and not at night."""
    columns = {
        "parties_membership": {"user_id", "organisation_id", "role", "starts_on", "ends_on", "ended_at"},
        "accounts_user": {"id", "email", "phone", "is_active", "unit_id"},
        "accounts_unit": {"id", "division_code"},
        "accounts_rolegrant": {"user_id", "role", "starts_on", "ends_on", "ended_at"},
    }
    with connection.cursor() as cursor:
        for table, wanted in columns.items():
            found = {column.name for column in connection.introspection.get_table_description(cursor, table)}
            assert wanted <= found
