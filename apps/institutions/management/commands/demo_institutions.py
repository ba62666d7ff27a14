"""Load fictional testing institutions: `manage.py demo_institutions [--scale small] [--seed 1]`."""

import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.core.actors import Actor
from apps.institutions.demo.city import SCALES, institutions_are_loaded, load_institutions
from apps.institutions.demo.people import bind_demo_manager


class Command(BaseCommand):
    help = "Loads fictional testing institutions (示例·…) with scopes, always the same for one seed and day."

    def add_arguments(self, parser):
        parser.add_argument("--scale", choices=SCALES, default="small", help="how much to load (default: small)")
        parser.add_argument("--seed", type=int, default=1, help="another seed, other institutions (default: 1)")

    def handle(self, *args, scale, seed, **options):
        if not settings.DEMO:
            raise CommandError("demo data belong to a demo installation: the settings say DEMO = False")
        if institutions_are_loaded():
            self.stdout.write("demo institutions: already loaded, nothing to do")
        else:
            call_command("load_institutions", stdout=self.stdout)
            started = time.monotonic()
            for table, rows in load_institutions(SCALES[scale], seed=seed, now=timezone.now()).items():
                self.stdout.write(f"  {table:<42}{rows:>12,}")
            spent = time.monotonic() - started
            self.stdout.write(f"demo institutions ({scale}, seed {seed}) loaded in {spent:.1f} s")
        if line := bind_demo_manager(actor=Actor.system("demo_institutions"), now=timezone.now()):
            self.stdout.write(f"  {line}")
