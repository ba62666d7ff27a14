"""How long the daily sweep takes on the certificates at hand, and how many messages a worker delivers in a second."""

import datetime as dt
import os
import tempfile
import time
from collections.abc import Iterator

from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.test.utils import override_settings
from django.utils import timezone

from apps.core.actors import Actor
from apps.core.bench import Measured, bench
from apps.core.calendar import today
from apps.notifications.channels import message_id
from apps.notifications.constants import TEST, Channel
from apps.notifications.models import Message, Reminder
from apps.notifications.rules import message_key, window
from apps.notifications.selectors import rules_in_force
from apps.notifications.services import deliver, load_rules
from apps.notifications.services.planning import plan_for
from apps.notifications.sources import source_of

MAILS = 500

# One person in twenty organisations' worth of accounts, so that every certificate has somebody to remind.
_PEOPLE = """
INSERT INTO accounts_user (password, is_superuser, username, first_name, last_name, email, is_staff, is_active,
    date_joined, realm, display_name, phone, language, demo)
SELECT '', false, 'bench' || n, '', '', 'bench' || n || '@example.org', false, true, now(), 'external', '', '',
    'zh-hans', false FROM generate_series(1, greatest((SELECT count(*) / 20 FROM parties_organisation), 1)) n
"""
_MEMBERS = """
INSERT INTO parties_membership (user_id, organisation_id, role, starts_on)
SELECT u.id, o.id, 'manager', '2020-01-01' FROM (
    SELECT id, row_number() OVER (ORDER BY id) AS n FROM parties_organisation WHERE kind <> 'body') o
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM accounts_user WHERE username LIKE 'bench%') u
  ON u.n = 1 + o.n % (SELECT count(*) FROM accounts_user WHERE username LIKE 'bench%')
ON CONFLICT DO NOTHING
"""


@bench("reminders_sweep")
def sweep() -> Iterator[Measured]:
    """The first sweep over everything, the sweep of the next day (what runs every morning), and the thorough one of
    that night. All rolled back."""
    now = timezone.now()
    load_rules(actor=Actor.system("bench"), now=now)
    day = today(now)
    with transaction.atomic():
        certificates, yardstick, due = _prepare(day)
        first, first_seconds = _timed(day, now, thorough=True)
        tomorrow = (day + dt.timedelta(days=1), now + dt.timedelta(days=1))
        daily, daily_seconds = _timed(*tomorrow, thorough=False)
        nightly, nightly_seconds = _timed(*tomorrow, thorough=True)
        assert not nightly, f"the daily sweep left out {nightly} reminders"
        transaction.set_rollback(True)
    common = {"unit": "s", "yardstick": "plain SELECT of the due rows", "yardstick_figure": yardstick}
    common |= {"certificates": certificates, "due_rows": due, "load": round(os.getloadavg()[0], 1)}
    yield {**common, "name": "reminders_first_sweep", "figure": first_seconds, "reminders": first}
    yield {**common, "name": "reminders_daily_sweep", "figure": daily_seconds, "reminders": daily}
    yield {**common, "name": "reminders_thorough_sweep", "figure": nightly_seconds, "reminders": nightly}


@bench("reminders_delivery")
def delivery() -> Measured:
    """One worker, mails into a local mailbox, beside the same mails written without an outbox."""
    with tempfile.TemporaryDirectory() as folder:
        backend = "apps.notifications.mailbox.FileMailboxBackend"
        with override_settings(EMAIL_BACKEND=backend, MAILBOX_DIR=folder):
            keys = _outbox()
            started = time.perf_counter()
            deliver(limit=MAILS, seconds=300)
            figure = round(MAILS / (time.perf_counter() - started), 1)
            Message.objects.filter(key__in=keys).delete()
            started = time.perf_counter()
            for n in range(MAILS):
                identity = message_id(message_key("plain", n))
                EmailMessage("主题", "正文" * 50, to=["b@example.org"], headers={"Message-ID": identity}).send()
            plain = round(MAILS / (time.perf_counter() - started), 1)
    return {"figure": figure, "unit": "messages/s", "yardstick": "send() in a loop", "yardstick_figure": plain}


def _prepare(day: dt.date) -> tuple[int, float, int]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '128MB'")
        cursor.execute(_PEOPLE)
        cursor.execute(_MEMBERS)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("ANALYZE accounts_user, parties_membership")
        cursor.execute("SELECT count(*) FROM certifications_certificate")
        certificates = cursor.fetchone()[0]
        started, due = time.perf_counter(), 0
        for rule in rules_in_force(day):
            source = source_of(rule.event)
            if source is None:
                continue
            first, last = window(day, rule.offsets)
            sql = f"SELECT count(*) FROM ({source.sql}) m WHERE variant = %(variant)s"  # noqa: S608
            cursor.execute(sql, {"first": first, "last": last, "variant": rule.variant})
            due += cursor.fetchone()[0]
    return certificates, round(time.perf_counter() - started, 2), due


def _timed(day: dt.date, now: dt.datetime, *, thorough: bool) -> tuple[int, float]:
    Reminder.objects.filter(pk=0).exists()  # the connection is warm
    started = time.perf_counter()
    done = plan_for(day, now, thorough=thorough)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    return done.reminders, round(time.perf_counter() - started, 2)


def _outbox() -> list[str]:
    now = timezone.now()
    user = get_user_model().objects.exclude(email="").order_by("pk").first()
    rows = [
        Message(
            key=message_key("bench", now.isoformat(), n),
            topic=TEST,
            channel=Channel.EMAIL,
            recipient=user,
            day=today(now),
            params={"subject": "主题", "body": "正文" * 50},
            next_at=now,
            created_at=now,
        )
        for n in range(MAILS)
    ]
    Message.objects.bulk_create(rows)
    return [row.key for row in rows]
