"""Pages over HTTP: what each person sees and may do, and what a hostile one gets."""

import datetime as dt
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry
from apps.notifications.channels import EmailAdapter, Letter
from apps.notifications.constants import MessageState
from apps.notifications.mailbox import mails, read_mail
from apps.notifications.models import CalendarFeed, Message, MessageTemplate, Preference, ReminderRule
from apps.notifications.selectors import unread_count
from apps.notifications.services import deliver, enqueue, plan_reminders
from apps.notifications.sources import registered
from tests import factories as make

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"notifications:{name}", args=args)


@pytest.fixture
def manager(rules, client):
    """A signed-in person with a certificate that runs out in forty days, reminded."""
    user, holder = make.person(), make.organisation()
    make.member(user, holder)
    today = timezone.localdate()
    make.certificate(holder, number="00126Q77777R0S", valid_to=today + dt.timedelta(days=40))
    plan_reminders()
    client.force_login(user)
    return user


@pytest.fixture
def supervisor(rules, client):
    user = make.staff(Role.SUPERVISOR)
    client.force_login(user)
    return user


@pytest.fixture
def mailbox(settings, tmp_path) -> Path:
    settings.EMAIL_BACKEND = "apps.notifications.mailbox.FileMailboxBackend"
    settings.MAILBOX_DIR = tmp_path
    return tmp_path


def message(state: str, user=None, **fields) -> Message:
    now = timezone.now()
    defaults = {"topic": "parties.membership.ended", "channel": "email", "day": now.date(), "next_at": now}
    values = {**defaults, "created_at": now, "recipient": user or make.person(), "state": state, **fields}
    return Message.objects.create(key=f"{Message.objects.count():040d}", **values)


# the centre


def test_the_centre_shows_and_counts_what_is_unread(manager, client) -> None:
    assert unread_count(manager) == 1
    page = client.get(url("centre")).content.decode()
    assert "00126Q77777R0S" in page
    client.post(url("read", Message.objects.get(channel="in_app").pk))
    assert unread_count(manager) == 0
    assert "00126Q77777R0S" not in client.get(url("centre") + "?show=unread").content.decode()


def test_nobody_reads_or_marks_anothers_message(manager, client) -> None:
    client.force_login(make.person())
    assert "00126Q77777R0S" not in client.get(url("centre")).content.decode()
    assert client.post(url("read", Message.objects.get(channel="in_app").pk)).status_code == 404
    client.post(url("read_all"))
    assert unread_count(manager) == 1


def test_the_centre_speaks_the_language_of_the_page(manager, client) -> None:
    page = client.get(url("centre"), headers={"accept-language": "en"}).content.decode()
    assert "Matters due: 1" in page


def test_hostile_pages_of_the_list(manager, client) -> None:
    for page in ("10" * 9, "-1", "x", "\0"):
        assert client.get(url("centre"), {"page": page}).status_code == 200


# preferences and the calendar


def test_preferences_are_kept_and_a_stale_form_is_refused(manager, client) -> None:
    values = {"language": "en", "channels": ["sms"], "version": 1}
    assert client.post(url("preferences"), values).status_code == 302
    found = Preference.objects.get(user=manager)
    assert (found.language, found.channels_off) == ("en", ["email"])
    assert client.post(url("preferences"), values).status_code == 422
    assert AuditEntry.objects.filter(action="notifications.preference.save").count() == 1


def test_in_app_cannot_be_switched_off(manager, client) -> None:
    values = {"language": "", "channels": ["in_app"], "version": 1}
    assert client.post(url("preferences"), values).status_code == 422


def renewed(client) -> str:
    client.post(url("calendar_renew"))
    return client.get(url("preferences")).context["secret_url"].partition("/messages/")[2]


def test_the_calendar_by_its_secret(manager, client) -> None:
    path = "/messages/" + renewed(client)
    client.logout()
    response = client.get(path)
    events = Calendar.from_ical(response.content).walk("VEVENT")
    assert response.headers["Content-Type"].startswith("text/calendar")
    assert [str(event["summary"])[-14:] for event in events] == ["00126Q77777R0S"]
    assert events[0]["uid"].startswith("certificate.expiry-")
    assert events[0]["dtstart"].dt == timezone.localdate() + dt.timedelta(days=40)
    assert path.split("/")[-1][:-4] not in CalendarFeed.objects.get().secret_hash


def test_a_renewed_or_revoked_calendar_address_is_dead(manager, client) -> None:
    first = "/messages/" + renewed(client)
    second = "/messages/" + renewed(client)
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    client.post(url("calendar_revoke"))
    assert client.get(second).status_code == 404


def test_the_calendar_of_a_disabled_account_is_dead(manager, client) -> None:
    path = "/messages/" + renewed(client)
    manager.is_active = False
    manager.save()
    assert client.get(path).status_code == 404


# rules and texts


def rule() -> ReminderRule:
    return ReminderRule.objects.get(event="certificate.expiry", variant="default")


def rule_values(**changes) -> dict:
    day = timezone.localdate().isoformat()
    values = {"offsets": "90, 45，0", "recipients": ["managers"], "channels": ["email", "in_app"]}
    return {**values, "effective_from": day, "legal_basis": "", "version": rule().version, **changes}


def test_a_change_shows_its_consequence_before_it_is_confirmed(supervisor, manager, client) -> None:
    client.force_login(supervisor)
    page = url("rule_edit", rule().pk)
    assert client.get(page).status_code == 200
    response = client.post(page, rule_values())
    assert response.context["effect"] == {"reminders": 2, "people": 1}
    assert rule().offsets[0] == 180
    before = rule().pk
    assert client.post(page, rule_values(confirm="1")).status_code == 302
    running = ReminderRule.objects.get(event="certificate.expiry", variant="default", effective_to=None)
    assert (running.offsets, running.effective_from) == ([90, 45, 0], timezone.localdate())
    ended = ReminderRule.objects.get(pk=before)
    assert ended.effective_to == timezone.localdate() - dt.timedelta(days=1)
    assert AuditEntry.objects.filter(action="notifications.rule.edit").count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"offsets": "abc"},
        {"offsets": "99999"},
        {"offsets": "1e309"},
        {"recipients": ["everybody"]},
        {"channels": []},
        {"effective_from": "2001-01-01"},
        {"effective_from": "2026-02-30"},
        {"version": 77},
    ],
)
def test_faulty_changes_write_nothing(supervisor, client, changes) -> None:
    before = list(ReminderRule.objects.order_by("pk").values())
    response = client.post(url("rule_edit", rule().pk), rule_values(confirm="1", **changes))
    assert response.status_code == (409 if "version" in changes else 422)
    assert list(ReminderRule.objects.order_by("pk").values()) == before


def test_a_clerk_reads_rules_but_changes_none(rules, client) -> None:
    client.force_login(make.staff(Role.WINDOW_CLERK))
    assert client.get(url("rules")).status_code == 200
    assert client.post(url("rule_edit", rule().pk), rule_values(confirm="1")).status_code == 403


def text() -> MessageTemplate:
    return MessageTemplate.objects.get(topic="reminder.digest", language="zh-hans")


@pytest.mark.parametrize("body", ["{{settings.SECRET_KEY}}", "{secret}", "{items.__class__}", "{% load x %}{0}"])
def test_a_text_reaches_nothing_but_its_variables(supervisor, client, body, settings) -> None:
    """Attempt 46: template injection."""
    values = {"subject": "标题", "body": body, "version": text().version, "save": "1"}
    response = client.post(url("template_edit", text().pk), values)
    assert response.status_code == 422
    assert settings.SECRET_KEY not in response.content.decode()
    assert text().version == 1


def test_a_text_is_saved_previewed_and_tested(supervisor, client) -> None:
    page = url("template_edit", text().pk)
    values = {"subject": "共 {count} 项", "body": "{items}\n{bureau}", "version": 1}
    shown = client.post(page, {**values, "preview": "1"}).context["preview_subject"]
    assert shown == f"共 {len(registered())} 项"  # a sample of each event
    assert text().version == 1
    client.post(page, {**values, "test": "1"})
    assert set(Message.objects.values_list("topic", "recipient")) == {("template.test", supervisor.pk)}
    assert client.post(page, {**values, "save": "1"}).status_code == 302
    assert text().subject == "共 {count} 项"
    assert client.post(page, {**values, "save": "1"}).status_code == 409


# deliveries


def test_the_monitor_filters_and_names_failures(supervisor, client) -> None:
    dead = message(MessageState.DEAD, failure="550 示例")
    message(MessageState.SENT)
    page = client.get(url("deliveries"), {"state": "dead"})
    assert [row.pk for row, _label in page.context["rows"]] == [dead.pk]
    assert "550 示例" in page.content.decode()
    for hostile in ({"state": "x"}, {"day": "2026-13-45"}, {"q": "%_\0'"}, {"page": "9" * 30}):
        assert client.get(url("deliveries"), hostile).status_code == 200


def test_a_dead_message_is_retried_once(supervisor, client) -> None:
    dead = message(MessageState.DEAD, attempts=20)
    client.post(url("retry", dead.pk))
    client.post(url("retry", dead.pk))
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == (MessageState.PLANNED, 0)
    assert AuditEntry.objects.filter(action="notifications.message.retry").count() == 1


@pytest.mark.parametrize(("decision", "state"), [("arrived", "sent"), ("send_again", "planned"), ("drop", "closed")])
def test_a_person_decides_what_is_unknown(supervisor, client, decision, state) -> None:
    unknown = message(MessageState.UNKNOWN)
    assert client.post(url("decide", unknown.pk), {"decision": decision}).status_code == 422
    client.post(url("decide", unknown.pk), {"decision": decision, "reason": "已致电核实"})
    unknown.refresh_from_db()
    assert unknown.state == state
    assert AuditEntry.objects.get(action="notifications.message.decide").reason == "已致电核实"


def test_a_branch_sees_its_own_division_only(rules, client) -> None:
    here, there = make.person(), make.person()
    make.member(here, make.organisation(division_code="520602"))
    make.member(there, make.organisation(division_code="520628"))
    mine, foreign = message("dead", here), message("dead", there)
    client.force_login(make.staff(Role.SUPERVISOR, at=make.unit("bijiang", "520602", "branch")))
    assert client.get(url("delivery", mine.pk)).status_code == 200
    assert client.get(url("delivery", foreign.pk)).status_code == 404
    assert client.post(url("retry", foreign.pk)).status_code == 404


@pytest.mark.parametrize("over", [{"ended_at": timezone.now()}, {"ends_on": dt.date(2026, 1, 1)}])
def test_whose_membership_is_over_is_no_more_of_the_branch(rules, client, over) -> None:
    former = make.person()
    membership = make.member(former, make.organisation(division_code="520602"))
    type(membership).objects.update(**over)
    theirs = message("dead", former)
    client.force_login(make.staff(Role.SUPERVISOR, at=make.unit("bijiang", "520602", "branch")))
    assert client.get(url("delivery", theirs.pk)).status_code == 404


def test_a_channel_that_is_not_configured_says_so(supervisor, client, settings) -> None:
    settings.NOTIFICATION_CHANNELS = {**settings.NOTIFICATION_CHANNELS, "sms": ""}
    for page in (url("preferences"), url("rule_edit", rule().pk), url("deliveries")):
        assert "未配置，不会发送" in client.get(page).content.decode(), page


# mail


def test_mail_is_plain_and_html_in_the_readers_language(manager, mailbox) -> None:
    Preference.objects.create(user=manager, language="en")
    Message.objects.filter(channel="email").update(next_at=timezone.now())
    deliver()
    mail = message_from_bytes(next(mailbox.glob("*.eml")).read_bytes(), policy=default)
    plain, html = mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()
    assert mail["Subject"] == "Matters due: 1"
    assert "00126Q77777R0S" in plain
    assert "00126Q77777R0S" in html
    assert "40 days left" in plain
    assert "http://127.0.0.1:8000/messages/" in plain
    assert "<img" not in html
    assert Message.objects.get(channel="email").provider_ref == mail["Message-ID"]


def test_line_breaks_in_a_name_add_no_header(mailbox) -> None:
    """Attempt 48."""
    EmailAdapter().send(Letter("k" * 40, "a@example.org", "甲\r\nBcc: evil@example.org\u2028乙", "正文"))
    mail = message_from_bytes(next(mailbox.glob("*.eml")).read_bytes(), policy=default)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "甲 Bcc: evil@example.org 乙"


def test_names_are_inert_in_html(rules, mailbox) -> None:
    """Attempts 44 and 45."""
    name = '<script>alert(1)</script><b hx-get="/x">{bureau}'
    with transaction.atomic():
        enqueue(
            topic="parties.membership.ended",
            key=(1,),
            params={"organisation": name},
            user_ids=[make.person().pk],
            channels=["email"],
            now=timezone.now() - dt.timedelta(minutes=1),
        )
    deliver()
    mail = message_from_bytes(next(mailbox.glob("*.eml")).read_bytes(), policy=default)
    html = mail.get_body(("html",)).get_content()
    assert "<script" not in html
    assert "<b hx-get" not in html
    assert "{bureau}" in html


def test_the_mailbox_drops_a_second_copy_and_can_be_asked(mailbox) -> None:
    adapter, letter = EmailAdapter(), Letter("k" * 40, "a@example.org", "题", "文")
    assert adapter.find(letter.key) is None
    adapter.send(letter)
    adapter.send(letter)
    assert len(mails()) == 1
    assert adapter.find(letter.key)


def test_the_mailbox_page_shows_mail_safely(mailbox, client) -> None:
    mail = EmailMessage("<b>题", "文 http://127.0.0.1:8000/x", to=["a@example.org"])
    mail.send()
    name = mails()[0]
    client.force_login(make.staff(Role.SYSTEM_ADMIN))
    assert "&lt;b&gt;题" in client.get(url("mailbox")).content.decode()
    assert client.get(url("mail", name)).status_code == 200
    assert "sandbox" in client.get(url("mail_html", name)).headers["Content-Security-Policy"]
    assert client.get(url("mail_raw", name)).headers["Content-Type"].startswith("text/plain")
    assert read_mail(name).to == "a@example.org"
    (mailbox / "secret.eml").write_text("x")
    for foreign in ("secret", "..", "0" * 32, "%2e%2e"):
        assert client.get(f"/messages/mailbox/{foreign}/raw/").status_code == 404
