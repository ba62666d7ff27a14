"""Load a fictional city, province or nation: `manage.py demo_city [--scale small] [--seed 1]`."""

import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.certifications.demo.city import SCALES, city_is_loaded, load_city
from apps.certifications.demo.people import bind_demo_people
from apps.core.actors import Actor


class Command(BaseCommand):
    help = "Loads fictional organisations and certificates (示例·…), always the same for one seed and day."

    def add_arguments(self, parser):
        parser.add_argument("--scale", choices=SCALES, default="small", help="how much to load (default: small)")
        parser.add_argument("--seed", type=int, default=1, help="another seed, another city (default: 1)")

    def handle(self, *args, scale, seed, **options):
        if not settings.DEMO:
            raise CommandError("demo data belong to a demo installation: the settings say DEMO = False")
        if city_is_loaded():
            self.stdout.write("demo city: already loaded, nothing to do")
        else:
            self._load(scale, seed)
        for line in bind_demo_people(actor=Actor.system("demo_city"), now=timezone.now()):
            self.stdout.write(f"  {line}")

    def _load(self, scale, seed):
        call_command("load_reference", stdout=self.stdout)  # certificates point at projects and sources
        started = time.monotonic()
        written = load_city(SCALES[scale], seed=seed, now=timezone.now(), progress=self._progress(SCALES[scale]))
        for table, rows in written.items():
            self.stdout.write(f"  {table:<42}{rows:>12,}")
        self.stdout.write(f"demo city ({scale}, seed {seed}) loaded in {time.monotonic() - started:.1f} s")

    def _progress(self, scale):
        """One line that is written over on a terminal, one line per tenth otherwise."""
        tty, shown = self.stdout.isatty(), [-1]

        def show(organisations, certificates):
            tenth = 10 * organisations // scale.organisations
            if tty or tenth != shown[0]:
                shown[0] = tenth
                text = f"demo city: {organisations:,} organisations, {certificates:,} certificates"
                self.stdout.write(f"\r{text}" if tty else text, ending="" if tty else "\n")
                self.stdout.flush()

        return show
