"""Record what has expired: `manage.py sweep_expiry`. Safe to run at any time and beside another sweep."""

from django.core.management.base import BaseCommand

from apps.certifications.tasks import run_expiry_sweep


class Command(BaseCommand):
    help = "Moves certificates past their valid-to day to 过期失效, with history, trail and public fact."

    def handle(self, *args, **options):
        self.stdout.write(f"expired: {run_expiry_sweep()}")
