"""Load applications for a licence: `manage.py demo_licences`, after demo_institutions."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.institutions.demo.commitments import load_commitments
from apps.institutions.demo.licences import applications_are_loaded, load_applications


class Command(BaseCommand):
    help = "Loads applications of the demo institutions in different states, made by the services of real ones."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("demo data belong to a demo installation: the settings say DEMO = False")
        if applications_are_loaded():
            self.stdout.write("demo applications: already loaded, nothing to do")
        else:
            self.stdout.write(f"demo applications loaded: {load_applications(now=timezone.now())}")
            self.stdout.write(f"demo commitments loaded: {load_commitments(now=timezone.now())}")
