"""Plumbing that writes: gapless numbers, one after the other, the record of each periodic job's runs, and drafts."""

from apps.core.services.drafts import DraftConflict, discard_draft, drop_old_drafts, save_draft
from apps.core.services.jobs import job_run
from apps.core.services.numbering import next_number
from apps.core.services.turns import one_at_a_time

__all__ = [
    "DraftConflict",
    "discard_draft",
    "drop_old_drafts",
    "job_run",
    "next_number",
    "one_at_a_time",
    "save_draft",
]
