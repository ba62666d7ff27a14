"""The local mailbox: mail as files under var/mail, for a machine without a mail server.

A mail is one file named after its Message-ID. The file appears by a hard link, which either exists or not: a second
sending of the same mail, from whichever process, finds it and does nothing, and `find` can be asked.
"""

import datetime as dt
import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_binary_file
from email.message import EmailMessage as ParsedMail
from email.policy import default
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404


class FileMailboxBackend(BaseEmailBackend):
    """Django's e-mail back end that writes into MAILBOX_DIR."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.folder = Path(settings.MAILBOX_DIR)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return sum(self._write(mail) for mail in email_messages)

    def find(self, message_id: str) -> str | None:
        """The Message-ID if a mail with it lies in the mailbox."""
        return message_id if (self.folder / file_name(message_id)).exists() else None

    def _write(self, mail: EmailMessage) -> int:
        message = mail.message()
        target = self.folder / file_name(str(message["Message-ID"]))
        handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(message.as_bytes())
            os.link(temporary, target)
        except FileExistsError:
            return 0
        finally:
            Path(temporary).unlink()
        return 1


def file_name(message_id: str) -> str:
    """The file of a Message-ID; a hash, because a Message-ID may hold any character."""
    return hashlib.sha256(message_id.encode()).hexdigest()[:32] + ".eml"


_NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail of the local mailbox."""

    name: str
    subject: str
    sender: str
    to: str
    at: dt.datetime
    text: str
    has_html: bool


def mails() -> list[str]:
    """The names of the mails, newest first."""
    folder = Path(settings.MAILBOX_DIR)
    found = [path for path in folder.glob("*.eml") if _NAME.fullmatch(path.stem)] if folder.is_dir() else []
    return [path.stem for path in sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)]


def lies_in_mailbox(name: str) -> Path:
    """The file of a mail; 404 for a name that is no mail's, so no other file can be named."""
    path = Path(settings.MAILBOX_DIR) / f"{name}.eml"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise Http404
    return path


def read_mail(name: str) -> Mail:
    """A mail with its text part."""
    path = lies_in_mailbox(name)
    message = _parsed(path)
    text = message.get_body(("plain",))
    return Mail(
        name=name,
        subject=str(message["Subject"] or ""),
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        at=dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC),
        text=text.get_content() if text else "",
        has_html=message.get_body(("html",)) is not None,
    )


def attached_html(path: Path) -> str:
    """The HTML part of a mail, empty if it has none."""
    part = _parsed(path).get_body(("html",))
    return str(part.get_content()) if part else ""


def _parsed(path: Path) -> ParsedMail:
    with path.open("rb") as file:
        message = message_from_binary_file(file, policy=default)
    assert isinstance(message, ParsedMail), "the default policy makes this class"
    return message
