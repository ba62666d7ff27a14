"""Everything a database needs before the portal serves from it: what `make run` and a deployment call."""

import datetime as dt
import io
import time
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

from apps.core.models import JobRun
from apps.core.services import job_run

DEMO_JOB = "setup.demo"
NEVER_AGAIN = dt.timedelta(days=36_500)


class Command(BaseCommand):
    help = (
        "Migrate, compile the translations, load the reference data (settings.REFERENCE_COMMANDS); with --demo also "
        "the demo people and city, once, into an empty database. Every step may be repeated."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--demo", action="store_true")
        parser.add_argument("--accounts-file", type=Path, help="write what demo_people printed here")

    def handle(self, *args, **options):
        self.step("migrations", "migrate", verbosity=0)
        self.step("translations", "messages", compile=True, verbosity=0)
        for command in settings.REFERENCE_COMMANDS:
            self.step(f"reference data: {command}", command)
        if options["demo"]:
            self.demo(options["accounts_file"])

    def demo(self, accounts_file):
        """People always (their list is shown at every start), the city until one run of it was completed."""
        row = JobRun.objects.filter(name=DEMO_JOB).first()
        empty = not get_user_model().objects.filter(demo=False).exists()
        if row is None and not empty:
            self.stdout.write("» demo city: left out, this database holds people of its own")
            return
        printed = self.step("demo people", "demo_people")
        if accounts_file:
            accounts_file.write_text(printed, encoding="utf-8")
        if row is None or row.succeeded_at is None:
            with job_run(DEMO_JOB, every=NEVER_AGAIN):
                for command in settings.DEMO_COMMANDS:
                    self.step(f"demo: {command}", command)

    def step(self, title, command, **options):
        """Run one command that exists, say how long it took, and return what it printed."""
        if command not in get_commands():
            return ""
        self.stdout.write(f"» {title} ", ending="")
        self.stdout.flush()
        started, printed = time.monotonic(), io.StringIO()
        call_command(command, stdout=printed, **options)
        self.stdout.write(f"({time.monotonic() - started:.1f} s)")
        return printed.getvalue()
