"""Load cases about certificates after issue: `manage.py demo_certificate_lives`, after demo_city."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.certifying.demo.lives import lives_are_loaded, load_lives
from apps.institutions.services.applications import bureau


class Command(BaseCommand):
    help = "Loads certificates of the demo body, one in each state of life, made by the services of real ones."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("demo data belong to a demo installation: the settings say DEMO = False")
        if lives_are_loaded():
            self.stdout.write("demo lives of certificates: already loaded, nothing to do")
        else:
            self.stdout.write(f"demo lives of certificates loaded: {load_lives(now=timezone.now(), unit=bureau())}")
