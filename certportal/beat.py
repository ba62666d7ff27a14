"""Beat's schedule: the declared jobs, and nothing else (apps.core.jobs)."""

from celery.beat import Scheduler

from apps.core.jobs import beat_schedule


class DeclaredScheduler(Scheduler):
    """Asks once, when beat starts: by then Django is set up, and every app has declared its jobs."""

    def setup_schedule(self) -> None:
        self.install_default_entries(self.data)
        self.merge_inplace(beat_schedule())
