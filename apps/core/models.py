"""Plumbing without business words: counters for gapless numbers, and the last run of each periodic job."""

from django.db import models


class Counter(models.Model):
    """The last number given under a key. Allocate through services.next_number only (row lock, no gaps)."""

    key = models.CharField(max_length=64, primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class JobRun(models.Model):
    """The latest run of a periodic job, one row per job; /readyz and the staff home read it."""

    name = models.CharField(max_length=64, primary_key=True)
    promised_every = models.DurationField(help_text="a run older than twice this is late")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)
    outcome = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name
