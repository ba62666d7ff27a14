from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.clock.constants import FIRST_YEAR
from apps.clock.services import load_calendar
from apps.core.actors import Actor
from apps.core.calendar import today


class Command(BaseCommand):
    help = "Fill the official calendar up to next year, and the statutory limits. What was edited is left alone."

    def handle(self, **options):
        now = timezone.now()
        years = range(FIRST_YEAR, today(now).year + 2)
        counts = load_calendar(actor=Actor.system("load_calendar"), years=years, now=now)
        self.stdout.write("calendar days added: {days}, changed: {changed}, limits added: {limits}".format(**counts))
