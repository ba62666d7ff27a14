"""From an outbox row to the words that go out, in the reader's language."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from apps.notifications.channels import Letter
from apps.notifications.constants import DIGEST, DIGEST_LINES, TEST, Channel
from apps.notifications.models import Message, MessageTemplate, Preference, Reminder
from apps.notifications.rules import fill, one_line
from apps.notifications.sources import Subject, registered, source_of

FALLBACK_LANGUAGE = "zh-hans"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a digest. `state` is over, due or wait, as the chips name them."""

    event: str
    label: str
    text: str
    number: str
    holder: str
    due_on: dt.date
    days_left: int
    url: str
    state: str
    closed: bool = False

    @property
    def days_past(self) -> int:
        return -self.days_left


@dataclass(frozen=True, slots=True)
class Composed:
    subject: str
    text: str
    html: str
    language: str
    items: tuple[Item, ...] = ()


def language_of(message: Message) -> str:
    """What the recipient chose for messages, else for pages; Chinese for somebody without an account."""
    if message.recipient is None:
        return FALLBACK_LANGUAGE
    chosen = Preference.objects.filter(user=message.recipient).values_list("language", flat=True).first()
    return chosen or message.recipient.language or FALLBACK_LANGUAGE


def open_reminders(message: Message) -> list[Reminder]:
    """The reminders of a digest whose matter is still open, asked of its source again at this moment."""
    mine = list(message.reminders.filter(closed_at=None).order_by("due_on", "subject_id"))
    by_event: dict[str, list[Reminder]] = {}
    for reminder in mine:
        by_event.setdefault(reminder.event, []).append(reminder)
    still: set[int] = set()
    for event, reminders in by_event.items():
        still |= _still_open(event, reminders)
    return [reminder for reminder in mine if reminder.pk in still]


def compose(message: Message, *, today: dt.date, language: str = "") -> Composed | None:
    """The words of a message, or None if it has nothing left to say."""
    language = language or language_of(message)
    with override(language):
        if message.topic == TEST:
            subject, text = one_line(message.params["subject"]), message.params["body"]
            return Composed(subject, text, _html(subject, text, (), "", language), language)
        if message.topic != DIGEST:
            return compose_direct(message.topic, language, direct_values(message))
        items = digest_items(open_reminders(message), today=today, language=language, staff=to_staff(message))
        return compose_digest(items, name=_name(message), language=language) if items else None


def compose_digest(items: Sequence[Item], *, name: str, language: str) -> Composed:
    """A digest of the items: of many, the most urgent. The same items stand in the text and in the HTML form."""
    template = template_of(DIGEST, language)
    shown, left = items[:DIGEST_LINES], len(items) - DIGEST_LINES
    lines = "\n".join(f"{n}. {item.text}\n   {item.url}".rstrip() for n, item in enumerate(shown, 1))
    more = _more(left, language) if left > 0 else ""
    values: dict[str, Any] = {
        "name": name,
        "count": len(items),
        "items": f"{lines}\n{more}".strip(),
        "link": absolute(reverse("notifications:centre")),
        "bureau": bureau(language),
    }
    text = fill(template.body, values)
    before, _sep, after = template.body.partition("{items}")
    html = _html(
        one_line(fill(template.subject, values)),
        fill(before, values).strip(),
        shown,
        f"{more}\n\n{fill(after, values)}".strip(),
        language,
    )
    return Composed(one_line(fill(template.subject, values)), text, html, language, tuple(items))


def _more(left: int, language: str) -> str:
    """How many lines a long digest leaves out, and where they are."""
    with override(language):
        words = ngettext("另有 %(n)d 项未列出，请到消息中心查看：", "另有 %(n)d 项未列出，请到消息中心查看：", left)
        return f"{words % {'n': left}}{absolute(reverse('notifications:centre'))}"


def compose_direct(topic: str, language: str, values: dict[str, Any]) -> Composed:
    """A message about one event."""
    template = template_of(topic, language)
    subject = one_line(fill(template.subject, values))
    text = fill(template.body, values)
    return Composed(subject, text, _html(subject, text, (), "", language), language)


def direct_values(message: Message) -> dict[str, Any]:
    """What a direct message's template may say."""
    values = {key: value for key, value in message.params.items() if key != "path"}
    path = message.params.get("path", "")
    return {
        **values,
        "name": _name(message),
        "bureau": bureau(language_of(message)),
        "link": absolute(path) if path else "",
    }


def to_staff(message: Message) -> bool:
    """Whether the reader works in the bureau: their links lead to the file, everybody else's to the public page."""
    return message.recipient is not None and message.recipient.is_staff_member


def digest_items(reminders: Sequence[Reminder], *, today: dt.date, language: str, staff: bool = False) -> list[Item]:
    """The lines of a digest: per subject and due date only the most urgent reminder, most urgent line first."""
    latest: dict[tuple[str, int, dt.date], Reminder] = {}
    for reminder in reminders:
        key = (reminder.event, reminder.subject_id, reminder.due_on)
        if key not in latest or reminder.threshold < latest[key].threshold:
            latest[key] = reminder
    with override(language):
        subjects = {event: _subjects(event, latest.values()) for event in {key[0] for key in latest}}
        about = [(r, subjects[r.event].get(r.subject_id)) for r in latest.values()]
        items = [
            item_of(r.event, subject, r.due_on, today, language, closed=bool(r.closed_at), staff=staff)
            for r, subject in about
        ]
    return sorted((item for item in items if item), key=lambda item: (item.due_on, item.number))


def item_of(
    event: str,
    subject: Subject | None,
    due_on: dt.date,
    today: dt.date,
    language: str,
    *,
    closed: bool = False,
    staff: bool = False,
) -> Item | None:
    """One line; None if the subject is gone."""
    source = source_of(event)
    if subject is None or source is None:
        return None
    left = (due_on - today).days
    path = subject.path_for(staff=staff)
    url = absolute(path) if path else ""
    values = {
        "number": subject.number,
        "holder": subject.holder,
        "about": subject.about,
        "due": formats.date_format(due_on, "Y-m-d"),
        "days": days_phrase(left),
        "link": url,
    }
    text = one_line(fill(template_of(event, language).body, values), 500)
    state = "over" if left < 0 else "due" if left <= 30 else "wait"
    label = str(source.label)
    label = f"{label}{_('：')}{subject.about}" if subject.about else label
    return Item(event, label, text, subject.number, subject.holder, due_on, left, url, state, closed)


def days_phrase(left: int) -> str:
    """How far away a due date is, in words of the active language."""
    if left == 0:
        return _("就在今天")
    if left > 0:
        return ngettext("还有 %(n)d 天", "还有 %(n)d 天", left) % {"n": left}
    return ngettext("已过 %(n)d 天", "已过 %(n)d 天", -left) % {"n": -left}


def template_of(topic: str, language: str) -> MessageTemplate:
    """The template in the language, else in Chinese. `manage.py load_rules` puts both in place."""
    found = {t.language: t for t in MessageTemplate.objects.filter(topic=topic)}
    template = found.get(language) or found.get(FALLBACK_LANGUAGE)
    return template or MessageTemplate(topic=topic, language=language, subject=topic, body="{items}{link}")


def letter(message: Message, composed: Composed) -> Letter:
    """The message as an adapter takes it."""
    return Letter(
        key=message.key,
        to=address_of(message),
        subject=composed.subject,
        text=composed.subject if message.channel == Channel.SMS else composed.text,
        html="" if message.channel == Channel.SMS else composed.html,
        language=composed.language,
    )


def address_of(message: Message) -> str:
    """Where the message goes: the person's present address or number."""
    if message.recipient is None:
        return message.address
    return str(message.recipient.phone if message.channel == Channel.SMS else message.recipient.email)


def absolute(path: str) -> str:
    """A link as mail shows it: from PUBLIC_URL, never from a request's Host header."""
    base: str = settings.PUBLIC_URL
    return base.rstrip("/") + path


def bureau(language: str) -> str:
    """The bureau's name in the language."""
    name: str = settings.BUREAU_NAME_EN if language.startswith("en") else settings.BUREAU_NAME
    return name


def _name(message: Message) -> str:
    return str(message.recipient) if message.recipient is not None else message.address


def _html(subject: str, before: str, items: Sequence[Item], after: str, language: str) -> str:
    context = {"subject": subject, "before": before, "items": items, "after": after, "bureau": bureau(language)}
    with override(language):
        return render_to_string("email/message.html", {**context, "language": language})


def _subjects(event: str, reminders: Any) -> dict[int, Subject]:
    source = source_of(event)
    return source.describe([r.subject_id for r in reminders if r.event == event]) if source else {}


def _still_open(event: str, reminders: Sequence[Reminder]) -> set[int]:
    source = source_of(event)
    if source is None:
        return set()
    days = [reminder.due_on for reminder in reminders]
    values: dict[str, Any] = {
        "first": min(days),
        "last": max(days),
        "ids": [reminder.subject_id for reminder in reminders],
    }
    with connection.cursor() as cursor:
        sql = f"SELECT subject_id, due_on FROM ({source.sql}) m WHERE subject_id = ANY(%(ids)s)"  # noqa: S608
        cursor.execute(sql, values)
        found = set(cursor.fetchall())
    return {reminder.pk for reminder in reminders if (reminder.subject_id, reminder.due_on) in found}


def sample_values(topic: str, language: str) -> dict[str, Any]:
    """Plainly fictional values for a preview."""
    with override(language):
        item = {
            "number": "00126Q00000R0S",
            "holder": _("示例·梵净山翠峰茶业有限公司"),
            "due": "2027-01-15",
            "days": days_phrase(30),
            "about": _("许可决定"),
        }
        link = absolute("/")
        lines = "\n".join(
            f"{n}. {fill(template_of(event, language).body, {**item, 'link': link})}"
            for n, event in enumerate(sorted(registered()), 1)
        )
        return {
            **item,
            "name": _("示例·张三"),
            "person": _("示例·李四"),
            "organisation": item["holder"],
            "reason": _("材料不清晰"),
            "role": _("成员"),
            "until": "2027-01-31",
            "count": len(registered()),
            "items": lines,
            "link": link,
            "bureau": bureau(language),
        }


def preview(subject: str, body: str, topic: str, language: str) -> tuple[str, str]:
    """Subject and text of a template filled with sample values."""
    values = sample_values(topic, language)
    return one_line(fill(subject, values)), fill(body, values)
