"""Load cases of the bureau's own matters: `manage.py demo_matters`, after demo_city."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.matters.demo import cases_are_loaded, load_cases


class Command(BaseCommand):
    help = "Loads cases of matters in different states, made by the services of real ones."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("demo data belong to a demo installation: the settings say DEMO = False")
        if cases_are_loaded():
            self.stdout.write("demo cases of matters: already loaded, nothing to do")
        else:
            self.stdout.write(f"demo cases of matters loaded: {load_cases(now=timezone.now())}")
