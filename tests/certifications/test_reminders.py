"""The links of a rendered reminder lead to pages that its reader can open."""

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.constants import Role
from apps.certifications import reminders
from apps.notifications.models import Message, Reminder
from apps.notifications.services.composing import compose_digest, digest_items, to_staff
from tests import factories

pytestmark = pytest.mark.django_db


def links(staff: bool) -> list[str]:
    """The links of one digest about a certificate's expiry, without the one to the notification centre."""
    certificate = factories.certificate()
    reminder = Reminder(event=reminders.EXPIRY, subject_id=certificate.pk, due_on=certificate.valid_to, threshold=30)
    today = timezone.localdate()
    items = digest_items([reminder], today=today, language="zh-hans", staff=staff)
    mail = compose_digest(items, name="示例", language="zh-hans")
    found = re.findall(r"https?://[^\s\"<>]+", mail.text)
    assert items[0].url in mail.html
    return [urlsplit(link).path for link in found if items[0].url == link]


def test_an_enterprise_is_led_to_the_public_page() -> None:
    (path,) = links(staff=False)
    assert path.startswith("/c/")
    assert Client().get(path).status_code == 200


def test_staff_are_led_to_the_file() -> None:
    (path,) = links(staff=True)
    client = Client()
    client.force_login(factories.staff(Role.SUPERVISOR))
    assert client.get(path).status_code == 200
    assert client.get(path).resolver_match.view_name == "certifications:staff_file"


def test_who_counts_as_staff() -> None:
    assert to_staff(Message(recipient=factories.staff(Role.OFFICER)))
    assert not to_staff(Message(recipient=factories.person()))
    assert not to_staff(Message(recipient=None, address="body@example.org"))
