from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.core.actors import Actor
from apps.notifications.services import load_rules


class Command(BaseCommand):
    help = "Add the reminder rules and message texts that are missing. What was changed is left alone."

    def handle(self, **options):
        added = load_rules(actor=Actor.system("load_rules"), now=timezone.now())
        self.stdout.write("reminder rules added: {rules}, texts added: {templates}".format(**added))
