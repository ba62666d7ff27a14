"""`manage.py load_divisions`: administrative divisions, current and repealed, and the development zones."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.core.actors import Actor
from apps.parties.services.divisions import load_divisions


class Command(BaseCommand):
    help = "Load the administrative divisions (GB/T 2260) with their history. Running it again changes nothing."

    def handle(self, *args, **options):
        outcome = load_divisions(actor=Actor.system("load_divisions"), now=timezone.now())
        self.stdout.write("{divisions} divisions, {changed} changed, {jurisdictions} zones".format(**outcome))
