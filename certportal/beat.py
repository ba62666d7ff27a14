"""Beat's schedule: the declared jobs, and nothing else (apps.core.jobs)."""

from celery.beat import Scheduler

from apps.core.jobs import beat_schedule


class DeclaredScheduler(Scheduler):
    """Asks once, when beat starts: by then Django is set up, and every app has declared its jobs."""

    def setup_schedule(self) -> None:
        self.install_default_entries(self.data)  # type: ignore[attr-defined]  # missing in the stub
        self.merge_inplace(beat_schedule())  # type: ignore[arg-type]  # entries as the settings would have them
