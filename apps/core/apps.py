import datetime as dt

from django.apps import AppConfig
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    """`started_at`: when this process, or the one that it was forked from, began. gunicorn loads before it forks, so a
    worker that is replaced is no new start."""

    name = "apps.core"
    started_at: dt.datetime

    def ready(self) -> None:
        self.started_at = timezone.now()
        autodiscover_modules("periodic")  # each app's declarations of its periodic jobs (apps.core.jobs)
