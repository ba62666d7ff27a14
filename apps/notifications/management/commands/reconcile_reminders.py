from django.core.management.base import BaseCommand, CommandError

from apps.notifications.jobs import recount


class Command(BaseCommand):
    help = "Work out once more what ought to have been planned today; fails if anything differs."

    def handle(self, **options):
        found = recount()
        self.stdout.write(f"expected {found.expected}")
        if not found.nothing:
            raise CommandError(
                f"missing {len(found.missing)}, unexpected {len(found.unexpected)}; "
                f"first: {(found.missing + found.unexpected)[0]}"
            )
