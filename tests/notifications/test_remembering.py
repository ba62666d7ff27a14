"""A sweep that looks only at what changed finds the same as one that looks at everything."""

import datetime as dt
from collections.abc import Callable

import pytest

from apps.accounts.constants import Role
from apps.accounts.models import RoleGrant, User
from apps.certifications.constants import Shape, Status
from apps.certifications.models import Certificate
from apps.notifications.models import Preference, Reminder, ReminderRule, SeenMatter, SeenPerson
from apps.notifications.services import plan_reminders, reconcile
from apps.parties.models import Membership
from tests import factories as make
from tests.notifications.conftest import DAY
from tests.reference import load_rules, once

pytestmark = pytest.mark.django_db


def days(n: int) -> dt.date:
    return DAY + dt.timedelta(days=n)


@pytest.fixture
def city(db):
    """Firms with managers and a member, a body, two units with officers; certificates of each variant and event."""
    once("city", populate)


@pytest.fixture
def swept(db, stand_on):
    """The same on `DAY`, after the sweep of that day."""

    def sweep() -> None:
        populate()
        plan_reminders()

    stand_on(DAY)
    once("swept", sweep)


def populate() -> None:
    load_rules()
    body = make.body()
    make.member(make.person(), body, role="member")
    make.staff(Role.OFFICER)
    make.staff(Role.SUPERVISOR, at=make.unit("bijiang", "520602", "branch"))
    for n in range(6):
        holder = make.organisation(division_code=("520602", "520603")[n % 2])
        make.member(make.person(), holder)
        make.member(make.person(), holder, role="member")
        common = {"body": body, "division_code": holder.division_code}
        make.certificate(holder, valid_to=days(7 * n - 2), **common)
        make.certificate(holder, valid_to=days(30 * n + 1), shape=Shape.CCC, **common)
        make.certificate(holder, valid_to=days(500), surveillance_due=days(15 * n), **common)
        make.certificate(holder, status=Status.SUSPENDED, suspended_until=days(9 * n), valid_to=days(400), **common)


def first(model, **filters):
    return model.objects.filter(**filters).order_by("pk").first()


def a_member_becomes_manager() -> None:
    Membership.objects.filter(pk=first(Membership, role="member").pk).update(role="manager")


def a_manager_joins() -> None:
    make.member(make.person(), first(Certificate).holder)


def a_membership_begins_on_its_day() -> None:
    begun = make.member(make.person(), first(Certificate).holder)
    Membership.objects.filter(pk=begun.pk).update(starts_on=days(2))


def somebody_of_the_body_joins() -> None:
    make.member(make.person(), first(Certificate).body, role="member")


def the_officers_of_a_branch_leave() -> None:
    RoleGrant.objects.filter(role=Role.SUPERVISOR).update(ends_on=days(0))


def a_branch_gets_an_officer() -> None:
    make.staff(Role.OFFICER, at=make.unit("wanshan", "520603", "branch"))


def somebody_turns_mail_off_and_on_again() -> None:
    Preference.objects.create(user=first(User, realm="external"), channels_off=["email"])
    plan_reminders()
    Preference.objects.update(channels_off=[])


def somebody_gets_an_address() -> None:
    User.objects.filter(pk=first(User, realm="external").pk).update(email="")
    plan_reminders()
    User.objects.filter(email="").update(email="new@example.org")


def an_account_comes_back() -> None:
    User.objects.filter(realm="external").update(is_active=False)
    plan_reminders()
    User.objects.filter(realm="external").update(is_active=True)


def a_certificate_comes_in() -> None:
    make.certificate(first(Certificate).holder, valid_to=days(50))


def a_certificate_changes_hands() -> None:
    heir = make.organisation(division_code="520603")
    make.member(make.person(), heir)
    Certificate.objects.filter(pk=first(Certificate, valid_to__gt=days(3)).pk).update(holder=heir)


def a_certificate_moves_to_another_county() -> None:
    suspended = first(Certificate, status=Status.SUSPENDED, suspended_until__gt=days(3))
    Certificate.objects.filter(pk=suspended.pk).update(division_code="520603")


def a_certificate_is_renewed() -> None:
    Certificate.objects.filter(pk=first(Certificate, valid_to__gt=days(3)).pk).update(valid_to=days(170))


def a_certificate_is_revoked() -> None:
    Certificate.objects.filter(pk=first(Certificate, valid_to__gt=days(3)).pk).update(status=Status.REVOKED)


def a_rule_gets_an_offset() -> None:
    ReminderRule.objects.filter(event="certificate.expiry", variant="default").update(offsets=[180, 45, 20, 3, 0, -1])


def a_rule_gets_recipients() -> None:
    ReminderRule.objects.filter(event="certificate.expiry").update(recipients=["managers", "body", "officers"])


def a_rule_loses_a_channel() -> None:
    ReminderRule.objects.filter(event="certificate.surveillance").update(channels=["in_app"])


def a_variant_loses_its_rule() -> None:
    ReminderRule.objects.filter(variant="ccc").update(effective_to=days(0))


CHANGES = [
    a_member_becomes_manager,
    a_manager_joins,
    a_membership_begins_on_its_day,
    somebody_of_the_body_joins,
    the_officers_of_a_branch_leave,
    a_branch_gets_an_officer,
    somebody_turns_mail_off_and_on_again,
    somebody_gets_an_address,
    an_account_comes_back,
    a_certificate_comes_in,
    a_certificate_changes_hands,
    a_certificate_moves_to_another_county,
    a_certificate_is_renewed,
    a_certificate_is_revoked,
    a_rule_gets_an_offset,
    a_rule_gets_recipients,
    a_rule_loses_a_channel,
    a_variant_loses_its_rule,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_nothing_that_changes_escapes_it(swept, stand_on, change: Callable[[], None]) -> None:
    """After each change and on days after it, a thorough sweep finds nothing that the quick one left.

    The days: the same, the next, that on which a membership of the list begins, and one after a long gap.
    """
    change()
    for n in (0, 1, 2, 40):
        stand_on(days(n))
        plan_reminders()
        before = Reminder.objects.filter(closed_at=None).count()
        left = plan_reminders(thorough=True)
        assert (left.reminders, left.closed) == (0, 0), f"{n} days later"
        assert Reminder.objects.filter(closed_at=None).count() == before
        assert not reconcile(day=days(n)).missing


def test_every_change_of_the_list_leaves_something_to_do(swept) -> None:
    """Else the test above could not fail: without its memory of the day before, a sweep does what a change asks for."""
    a_manager_joins()
    a_certificate_comes_in()
    assert plan_reminders().reminders > 2


def test_it_looks_at_nothing_where_nothing_changed(swept) -> None:
    seen = set(SeenMatter.objects.values_list("pk", flat=True)), set(SeenPerson.objects.values_list("pk", flat=True))
    done = plan_reminders()
    assert (done.reminders, done.closed, done.messages) == (0, 0, 0)
    again = set(SeenMatter.objects.values_list("pk", flat=True)), set(SeenPerson.objects.values_list("pk", flat=True))
    assert again == seen
    assert all(seen)


def test_a_lost_reminder_comes_back_with_the_thorough_sweep_of_the_night(swept) -> None:
    Reminder.objects.filter(pk=first(Reminder).pk).delete()
    assert plan_reminders().reminders == 0
    assert plan_reminders(thorough=True).reminders == 1
    assert reconcile(day=DAY).nothing


def test_a_sweep_that_fails_remembers_nothing(city, stand_on, monkeypatch) -> None:
    from apps.notifications.services import planning

    stand_on(DAY)

    def fail(*args: object, **kwargs: object) -> int:
        raise RuntimeError("the last step")

    monkeypatch.setattr(planning, "_digest", fail)
    with pytest.raises(RuntimeError):
        plan_reminders()
    assert not SeenMatter.objects.exists()
    assert not SeenPerson.objects.exists()
    monkeypatch.undo()
    stand_on(DAY)
    assert plan_reminders().reminders
