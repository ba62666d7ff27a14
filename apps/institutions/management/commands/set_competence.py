"""manage.py set_competence: say who decides an item, once somebody has read the province's delegation."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.core.actors import Actor
from apps.institutions.selectors.applications import item_by_code, items
from apps.institutions.services.items import set_competence
from apps.workflow.constants import Competence


class Command(BaseCommand):
    help = "Say who decides an item of licensing; marks it as verified. Open files keep what they began under."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("item", help="its code, e.g. renewal")
        parser.add_argument("competence", choices=Competence.values)
        parser.add_argument("--reason", required=True, help="the document that says so, with its number")

    def handle(self, *args: Any, **options: Any) -> None:
        item = item_by_code(options["item"])
        if item is None:
            known = ", ".join(items().values_list("code", flat=True))
            raise CommandError(f"no item {options['item']!r}; known are {known}")
        changed = set_competence(
            actor=Actor.system("set_competence"),
            now=timezone.now(),
            code=item.code,
            competence=Competence(options["competence"]),
            before=item.competence,
            reason=options["reason"],
        )
        self.stdout.write(f"{changed.code}: {item.competence} -> {changed.competence}")
