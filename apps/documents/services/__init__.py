"""What other apps and interfaces may do with documents."""

from apps.documents.services.generating import check, render_due, request, retry, waiting_count
from apps.documents.services.packing import pack
from apps.documents.services.resuming import append, begin, cancel, complete, sweep_uploads
from apps.documents.services.scanning import scan_due
from apps.documents.services.storing import purge_removed, remove, retain, reuse, store

__all__ = [
    "append",
    "begin",
    "cancel",
    "check",
    "complete",
    "pack",
    "purge_removed",
    "remove",
    "render_due",
    "request",
    "retain",
    "retry",
    "reuse",
    "scan_due",
    "store",
    "sweep_uploads",
    "waiting_count",
]
