from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.core.actors import Actor
from apps.matters.services.configuration import load_matters


class Command(BaseCommand):
    help = "Add the matters that the portal ships. What the bureau has already is left alone."

    def handle(self, **options):
        self.stdout.write(f"matters added: {load_matters(actor=Actor.system('load_matters'), now=timezone.now())}")
