"""Load the table of the guided choice and the changes of the CCC catalogue: `manage.py load_guide`. Idempotent."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.core.actors import Actor
from apps.schemes.services.guide import load_guide


class Command(BaseCommand):
    help = "Loads the rules of the guided choice and the changes of the CCC catalogue; what people changed stays."

    def handle(self, *args, **options):
        counts = load_guide(actor=Actor.system("load_guide"), now=timezone.now())
        self.stdout.write("guide: " + ", ".join(f"{name} {rows}" for name, rows in counts.items()))
