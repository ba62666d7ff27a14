"""The local mailbox: mail as files under var/mail, for a machine without a mail server."""

from django.core.mail.backends.filebased import EmailBackend


class FileMailboxBackend(EmailBackend):
    pass
