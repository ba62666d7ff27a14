"""Ways out of the house. An adapter says honestly what it can do, and delivery behaves accordingly.

`keyed`: the other side drops a second sending of the same key. `askable`: it can say whether a key arrived. A channel
that can do neither is never sent to twice by a machine: where the outcome is unknown, a person decides.
"""

import json
import os
import smtplib
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.module_loading import import_string

from apps.notifications.constants import Channel
from apps.notifications.rules import one_line


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to go. `text` is what an SMS shows; mail carries both forms."""

    key: str
    to: str
    subject: str
    text: str
    html: str = ""
    language: str = "zh-hans"


class NotSent(Exception):
    """It certainly did not go out; trying again cannot double it. Anything else that is raised leaves doubt."""


class NotConfigured(NotSent):
    """This installation has no way out on the channel."""


class Adapter(Protocol):
    keyed: bool
    askable: bool

    def send(self, letter: Letter) -> str:
        """Send, and return the other side's reference. Raises NotSent where that is certain."""
        ...

    def find(self, key: str) -> str | None:
        """The reference under which the key arrived, or None. Only asked where `askable`."""
        ...


class EmailAdapter:
    """Mail by Django's back end, with a Message-ID made of the key.

    Mail systems drop or thread a second copy by Message-ID; an installation whose relay does not sets
    EMAIL_KEYED=False, and a mail with an unknown outcome then waits for a person.
    """

    def __init__(self) -> None:
        backend = get_connection()
        self._backend = backend
        self.askable = hasattr(backend, "find")
        self.keyed = settings.EMAIL_KEYED or self.askable

    def send(self, letter: Letter) -> str:
        identity = message_id(letter.key)
        mail = EmailMultiAlternatives(
            subject=one_line(letter.subject),
            body=letter.text,
            to=[one_line(letter.to, 254)],
            headers={"Message-ID": identity, "Auto-Submitted": "auto-generated", "Content-Language": letter.language},
            connection=self._backend,
        )
        if letter.html:
            mail.attach_alternative(letter.html, "text/html")
        try:
            mail.send()
        except (ConnectionRefusedError, smtplib.SMTPConnectError, smtplib.SMTPResponseException) as fault:
            raise NotSent(str(fault)) from fault
        except smtplib.SMTPRecipientsRefused as fault:
            raise NotSent(str(fault.recipients)) from fault
        return identity

    def find(self, key: str) -> str | None:
        found: str | None = self._backend.find(message_id(key))  # type: ignore[attr-defined]
        return found


class SmsFileAdapter:
    """The SMS port of a machine without a gateway: one file per message, named by its key, so doubles cannot be."""

    keyed = True
    askable = True

    def __init__(self) -> None:
        self._folder = Path(settings.MAILBOX_DIR) / "sms"

    def send(self, letter: Letter) -> str:
        self._folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"to": letter.to, "text": letter.text}, ensure_ascii=False)
        try:
            handle = os.open(self._folder / f"{letter.key}.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return letter.key
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        return letter.key

    def find(self, key: str) -> str | None:
        return key if (self._folder / f"{key}.json").exists() else None


def configured(channel: str) -> bool:
    """Whether messages can leave on the channel at all. In the portal they always arrive."""
    return channel == Channel.IN_APP or bool(settings.NOTIFICATION_CHANNELS.get(channel))


def configured_among(channels: Iterable[str]) -> list[str]:
    """Those of the channels that exist here: nothing is planned for the others, so nothing counts as sent on them."""
    return [channel for channel in channels if configured(channel)]


def adapter_for(channel: str) -> Adapter:
    """The adapter that the settings name for a channel. NotConfigured if they name none."""
    path = settings.NOTIFICATION_CHANNELS.get(Channel(channel))
    if not path:
        raise NotConfigured(f"no adapter is configured for {channel}")
    adapter: Adapter = import_string(path)()
    return adapter


def message_id(key: str) -> str:
    """The Message-ID of a key. The domain is the sender's, so that it stays the same on every worker."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or urlsplit(settings.PUBLIC_URL).hostname
    return f"<{key}@{domain}>"
