from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.core.actors import Actor
from apps.institutions.services.reference import load_reference


class Command(BaseCommand):
    help = "Load when institutions' duties fall due, and a small library of standards. What was edited is left alone."

    def handle(self, **options):
        added = load_reference(actor=Actor.system("load_institutions"), now=timezone.now())
        self.stdout.write("duty rules added: {duties}, standards added: {standards}".format(**added))
