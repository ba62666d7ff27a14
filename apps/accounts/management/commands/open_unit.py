"""manage.py open_unit: record a bureau, county branch or joint department."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.accounts.constants import UnitKind
from apps.accounts.services.founding import open_unit
from apps.core.actors import Actor
from apps.core.problems import ProblemsFound


class Command(BaseCommand):
    help = "Record a unit whose staff will have accounts: code, name, kind, division code (GB/T 2260)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code")
        parser.add_argument("name")
        parser.add_argument("kind", choices=UnitKind.values)
        parser.add_argument("division_code")
        parser.add_argument("--parent", default="", help="code of the unit above")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = {key: options[key] for key in ("code", "name", "division_code", "parent")}
        try:
            unit = open_unit(
                actor=Actor.system("open_unit"), now=timezone.now(), kind=UnitKind(options["kind"]), **asked
            )
        except ProblemsFound as found:
            raise CommandError(str(found)) from found
        self.stdout.write(f"{unit.code} {unit.name}")
