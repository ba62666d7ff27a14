"""The name of an uploaded file: for people only, never for the disk."""

import unicodedata
from pathlib import PurePosixPath

from django.utils.translation import gettext as _


def shown_name(name: str) -> str:
    """The name as people see it: the last part of any path, printable, at most 200 characters, its end kept."""
    last = PurePosixPath(name.replace("\\", "/").replace("\0", "")).name
    printable = "".join(ch for ch in unicodedata.normalize("NFC", last) if ch.isprintable() and ch not in '"<>|*?:')
    return printable[-200:] or _("未命名文件")
