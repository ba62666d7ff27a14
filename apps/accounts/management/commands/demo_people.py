"""manage.py demo_people: one demo account for every role, with a known password."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.accounts.demo import DEMO_ACCOUNTS, DEMO_PASSWORD, create_demo_people
from apps.core.actors import Actor


class Command(BaseCommand):
    help = "Create the demo people: one account for every role and three outside. Refused unless settings.DEMO."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo accounts have a public password; this installation is not a demo (settings.DEMO).")
        create_demo_people(actor=Actor.system("demo_people"), now=timezone.now())
        for account in DEMO_ACCOUNTS:
            role = account.role.label if account.role else "社会用户"
            self.stdout.write(f"{account.username:<20}{DEMO_PASSWORD:<18}{role}")
