"""The local mailbox: mail as files under var/mail, for a machine without a mail server.

A mail is one file named after its Message-ID. The file appears by a hard link, which either exists or not: a second
sending of the same mail, from whichever process, finds it and does nothing, and `find` can be asked.
"""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class FileMailboxBackend(BaseEmailBackend):
    """Django's e-mail back end that writes into MAILBOX_DIR."""

    def __init__(self, *args: object, **options: object) -> None:
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
