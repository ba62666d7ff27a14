"""What lower apps tell becomes a message in the same transaction; the pacemaker and the jobs around it."""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse

from apps.core.events import publish_event
from apps.core.models import JobRun
from apps.notifications import jobs, pacemaker
from apps.notifications.models import Message, Reminder, Watermark
from apps.notifications.rules import fill, one_line, threshold_reached
from apps.notifications.services.composing import Item, compose, compose_digest
from tests import factories as make
from tests.notifications.conftest import DAY

pytestmark = pytest.mark.django_db


def said(message: Message) -> str:
    composed = compose(message, today=DAY)
    return f"{composed.subject}\n{composed.text}"


def test_a_claim_reaches_the_managers_and_its_decision_the_claimant(rules, now) -> None:
    claimant, manager = make.person(), make.person()
    common = {"claim_id": 7, "claimant_id": claimant.pk, "uscc": "x", "organisation_id": 1, "now": now}
    common |= {"organisation_name": "示例·甲", "division_code": "520602"}
    with transaction.atomic():
        publish_event("parties.claim.submitted", {**common, "confirmer_ids": [manager.pk]})
        publish_event("parties.claim.decided", {**common, "confirmed": False, "reason": "章不清晰"})
        publish_event("parties.claim.decided", {**common, "confirmed": False, "reason": "章不清晰"})
    assert Message.objects.count() == 4
    asked = Message.objects.get(recipient=manager, channel="email")
    assert str(claimant) in said(asked)
    assert "/organisations/claims/7/" in said(asked)
    assert "章不清晰" in said(Message.objects.get(recipient=claimant, channel="in_app"))


def test_an_invitation_goes_to_an_address_without_an_account(rules, now) -> None:
    payload = {"invitation_id": 3, "email": "new@example.org", "organisation_id": 1, "organisation_name": "示例·甲"}
    payload |= {"role": "member", "role_label": "成员", "ends_on": "", "inviter_name": "示例·乙", "path": "/i/t0ken/"}
    with transaction.atomic():
        publish_event("parties.invitation.sent", {**payload, "expires_at": now + dt.timedelta(days=14), "now": now})
    message = Message.objects.get()
    assert (message.recipient, message.address) == (None, "new@example.org")
    assert "/i/t0ken/" in said(message)


def test_the_end_of_a_membership_is_told(rules, now) -> None:
    user = make.person()
    payload = {"membership_id": 1, "user_id": user.pk, "organisation_id": 1, "organisation_name": "示例·甲"}
    with transaction.atomic():
        publish_event("parties.membership.ended", {**payload, "role": "member", "cause": "removed", "now": now})
    assert "示例·甲" in said(Message.objects.get(channel="email"))


def test_what_is_rolled_back_was_never_promised(rules, now) -> None:
    user = make.person()
    payload = {"membership_id": 1, "user_id": user.pk, "organisation_id": 1, "organisation_name": "示例·甲"}
    with transaction.atomic():
        publish_event("parties.membership.ended", {**payload, "role": "member", "cause": "left", "now": now})
        transaction.set_rollback(True)
    assert not Message.objects.exists()


@pytest.fixture
def paced(rules, stand_on, monkeypatch):
    """A pacemaker whose database clock stands, and whose nudges are counted instead of sent."""
    nudges: list[int] = []
    monkeypatch.setattr(pacemaker, "_nudge", lambda: nudges.append(1) or True)

    def at(day: dt.date, hour: int):
        now = stand_on(day, hour)
        monkeypatch.setattr(pacemaker, "database_now", lambda: now)
        return pacemaker.Pacemaker()

    at.nudges = nudges
    return at


def reminded() -> int:
    user, holder = make.person(), make.organisation()
    make.member(user, holder)
    make.certificate(holder, valid_to=DAY + dt.timedelta(days=40))
    return Reminder.objects.count()


def test_the_pacemaker_plans_in_the_morning_and_nudges(paced) -> None:
    paced(DAY - dt.timedelta(days=1), 12).look()
    reminded()
    paced(DAY, 2).look()
    assert not Reminder.objects.exists()  # nobody is written to at night
    paced(DAY, 8).look()
    assert Reminder.objects.count() == 2
    assert Watermark.objects.get().day == DAY
    assert JobRun.objects.get(name="notifications.pacemaker").succeeded_at


def test_a_missed_day_is_made_good_at_any_hour(paced) -> None:
    paced(DAY - dt.timedelta(days=5), 12).look()
    reminded()
    paced(DAY, 2).look()
    assert Reminder.objects.count() == 2


def test_the_recount_alarms_by_failing_its_job(rules, stand_on, monkeypatch) -> None:
    reminded()
    now = stand_on(DAY)
    monkeypatch.setattr(jobs, "database_now", lambda: now)
    assert jobs.recount().nothing
    monkeypatch.setattr(jobs, "plan", lambda **_how: None)
    Reminder.objects.all().delete()
    with pytest.raises(jobs.Disagreement):
        jobs.recount()
    assert "Disagreement" in JobRun.objects.get(name="notifications.reconcile").failure


@pytest.mark.parametrize(
    ("left", "threshold"), [(91, None), (90, 90), (61, 90), (40, 60), (30, 30), (1, 30), (0, 0), (-1, -1), (-31, -1)]
)
def test_the_threshold_reached(left: int, threshold: int | None) -> None:
    assert threshold_reached(DAY + dt.timedelta(days=left), DAY, [90, 60, 30, 0, -1]) == threshold


def test_old_history_is_left_in_peace() -> None:
    assert threshold_reached(DAY - dt.timedelta(days=32), DAY, [90, 0, -1]) is None


def test_a_value_is_never_read_as_a_template() -> None:
    assert fill("{a}-{b}-{c}", {"a": "{b}", "b": "2"}) == "{b}-2-"


def test_one_line_keeps_no_control_characters() -> None:
    assert one_line("a\r\nb\x1b[31mc\x00d\u2028e") == "a b[31mc d e"


def test_a_long_digest_names_the_most_urgent_and_counts_the_rest(rules) -> None:
    items = [Item("e", "到期", f"第 {n} 项", f"N{n:03d}", "示例", DAY, 1, "", "due") for n in range(1, 54)]
    mail = compose_digest(items, name="示例", language="zh-hans")
    for body in (mail.text, mail.html):
        assert "N051" not in body
        assert "另有 3 项未列出" in body
        assert reverse("notifications:centre") in body
    assert "50. 第 50 项" in mail.text
    assert "and 3 more" in compose_digest(items, name="Example", language="en").text
    assert "未列出" not in compose_digest(items[:50], name="示例", language="zh-hans").text
