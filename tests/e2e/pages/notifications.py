"""Messages, reminder rules, deliveries, the local mailbox."""

from types import SimpleNamespace

from django.core.mail import EmailMultiAlternatives

from apps.accounts.constants import Role
from apps.notifications.mailbox import FileMailboxBackend, mails
from apps.notifications.models import Message, MessageTemplate, ReminderRule
from tests.e2e.pages import ENTERPRISE, row

SUPERVISOR = Role.SUPERVISOR

ROWS = [
    row("/messages/", ENTERPRISE, Role.LEGAL_REVIEWER),
    row("/messages/settings/", ENTERPRISE),
    row("/messages/rules/", SUPERVISOR, Role.WINDOW_CLERK),
    row("/messages/rules/{rule.pk}/", SUPERVISOR),
    row("/messages/templates/{template.pk}/", SUPERVISOR),
    row("/messages/deliveries/", SUPERVISOR),
    row("/messages/deliveries/{message.pk}/", SUPERVISOR),
    row("/messages/mailbox/", Role.SYSTEM_ADMIN),
    row("/messages/mailbox/{mail}/", Role.SYSTEM_ADMIN),
]

NOT_PAGES = {
    "notifications:calendar": "an ICS feed",
    "notifications:mail_html": "a mail in its own words, shown in a frame",
    "notifications:mail_raw": "a download",
}


def seed(city: SimpleNamespace) -> None:
    Message.objects.filter(channel="email").update(state="unknown", failure="TimeoutError: 示例")
    city.rule = ReminderRule.objects.first()
    city.template = MessageTemplate.objects.get(topic="reminder.digest", language="en")
    city.message = Message.objects.filter(channel="email").first()
    letter = EmailMultiAlternatives("示例·提醒", "您有一张证书即将到期。", to=["person@example.org"])
    letter.attach_alternative("<p>您有一张证书即将到期。</p>", "text/html")
    FileMailboxBackend().send_messages([letter])
    city.mail = mails()[0]
