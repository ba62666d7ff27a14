"""Plumbing without business words: counters for gapless numbers, the last run of each periodic job, drafts."""

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


class Draft(models.Model):
    """What a person typed into a long form and has not sent yet. Nobody but that person ever reads it.

    People and organisations are plain numbers: core knows neither. `organisation_id` is whom the person acts for, 0 for
    nobody: what was written for one organisation never turns up in a form for another. `data` maps the name of a form
    field to the list of its values as posted; it holds no file and no password (drafts.py leaves them out).
    """

    person_id = models.BigIntegerField()
    organisation_id = models.BigIntegerField(default=0)
    key = models.CharField(max_length=120, help_text="which form, and of which record: app.form[.id]")
    title = models.CharField(max_length=200, help_text="as the person reads it in the list of drafts")
    path = models.CharField(max_length=300, help_text="where to go on writing")
    data = models.JSONField(default=dict)
    base = models.CharField(max_length=40, blank=True, help_text="version of the record that the form was opened on")
    version = models.IntegerField(default=1)
    page = models.CharField(max_length=32, blank=True, help_text="the opened page that saved last")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id", "organisation_id", "key"], name="one_draft_per_form"),
        ]
        indexes = [models.Index(fields=["saved_at"], name="draft_saved")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.key}"
