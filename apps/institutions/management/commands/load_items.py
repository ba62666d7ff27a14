from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.core.actors import Actor
from apps.institutions.services.commitment_route import load_informed_texts
from apps.institutions.services.items import load_items


class Command(BaseCommand):
    help = "Fill the items that can be applied for, and the informed commitment's text. What is there is left alone."

    def handle(self, **options):
        added = load_items(actor=Actor.system("load_items"), now=timezone.now())
        self.stdout.write(f"items added: {added}")
        texts = load_informed_texts(actor=Actor.system("load_items"), now=timezone.now())
        self.stdout.write(f"texts of the informed commitment added: {texts}")
