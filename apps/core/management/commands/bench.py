"""Run the benchmarks that the apps registered and print each measurement as one line of JSON."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import autodiscover_modules

from apps.core import bench


class Command(BaseCommand):
    help = "manage.py bench [name ...]: one JSON line per measurement, beside its yardstick. --list names the benches."

    def add_arguments(self, parser):
        parser.add_argument("names", nargs="*")
        parser.add_argument("--list", action="store_true")

    def handle(self, *args, **options):
        autodiscover_modules("benches")
        known = bench.names()
        unknown = set(options["names"]) - set(known)
        if unknown:
            raise CommandError(
                f"No bench called {', '.join(sorted(unknown))}; there are: {', '.join(known) or 'none'}."
            )
        if options["list"]:
            self.stdout.write("\n".join(known))
            return
        for name in options["names"] or known:
            for measured in bench.run(name):
                self.stdout.write(json.dumps(measured, ensure_ascii=False))
                self.stdout.flush()
