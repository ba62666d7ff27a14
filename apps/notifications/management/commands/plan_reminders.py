from django.core.management.base import BaseCommand, CommandError

from apps.core.problems import Refused
from apps.notifications.jobs import plan


class Command(BaseCommand):
    help = "Plan every reminder that is due and not yet told. Twice does nothing more."

    def handle(self, **options):
        try:
            done = plan(thorough=True)
        except Refused as refusal:
            raise CommandError(f"nothing was planned: {refusal.code} {refusal.reason}") from refusal
        self.stdout.write(
            f"{done.day}: {done.reminders} reminders in {done.messages} messages, {done.closed} closed as settled"
        )
