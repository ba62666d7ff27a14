"""Check every template without rendering it."""

from django.core.management.base import BaseCommand, CommandError

from apps.core import templatecheck


class Command(BaseCommand):
    help = (
        "Every template compiles, names only URLs and templates that exist, loads only what it uses, and holds nothing "
        "that the CSP forbids."
    )
    requires_system_checks = []

    def handle(self, *args, **options):
        found = templatecheck.faults()
        for fault in found:
            self.stderr.write(fault)
        if found:
            raise CommandError(f"{len(found)} faults in the templates.")
        self.stdout.write(f"{len(templatecheck.template_files())} templates are in order")
