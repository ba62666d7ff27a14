"""Plumbing that writes: gapless numbers, and the record of each periodic job's runs."""

from apps.core.services.jobs import job_run
from apps.core.services.numbering import next_number

__all__ = ["job_run", "next_number"]
