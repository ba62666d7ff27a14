"""manage.py found_administrator: the first holder of one of the three administrator roles, invited by mail."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.accounts.constants import ADMINISTRATORS, Role
from apps.accounts.invitations import send_invitation
from apps.accounts.selectors import units
from apps.accounts.services.founding import found_administrator
from apps.core.actors import Actor
from apps.core.problems import ProblemsFound, Refused


class Command(BaseCommand):
    help = "Open the first account of an administrator role and mail its owner a link that sets the password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", choices=[str(role) for role in ADMINISTRATORS])
        parser.add_argument("username")
        parser.add_argument("email")
        parser.add_argument("display_name")
        parser.add_argument("--unit", required=True, help="code of the unit (manage.py open_unit)")

    def handle(self, *args: Any, **options: Any) -> None:
        unit = units().filter(code=options["unit"]).first()
        if unit is None:
            raise CommandError(f"No unit has the code {options['unit']!r}; record it first: manage.py open_unit")
        asked = {key: options[key] for key in ("username", "email", "display_name")}
        try:
            user = found_administrator(
                actor=Actor.system("found_administrator"),
                now=timezone.now(),
                role=Role(options["role"]),
                unit=unit,
                **asked,
            )
        except (ProblemsFound, Refused) as refused:
            raise CommandError(str(refused)) from refused
        send_invitation(user)
        self.stdout.write(f"{user.username}: an invitation went to {user.email}")
