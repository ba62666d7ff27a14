"""Load the registry's reference data: `manage.py load_reference`. Idempotent."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.certifications.services.reference import load_reference
from apps.core.actors import Actor


class Command(BaseCommand):
    help = "Loads sources, projects, standards, sectors, industries, the CCC catalogue and the certification bodies."

    def handle(self, *args, **options):
        counts = load_reference(actor=Actor.system("load_reference"), now=timezone.now())
        self.stdout.write("reference data: " + ", ".join(f"{name} {rows}" for name, rows in counts.items()))
