"""Plumbing that writes: gapless numbers, one after the other, and the record of each periodic job's runs."""

from apps.core.services.jobs import job_run
from apps.core.services.numbering import next_number
from apps.core.services.turns import one_at_a_time

__all__ = ["job_run", "next_number", "one_at_a_time"]
