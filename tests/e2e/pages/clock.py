"""Calendar days and statutory limits."""

from types import SimpleNamespace

from django.utils import timezone

from apps.accounts.constants import Role
from apps.clock.models import StatutoryLimit
from apps.clock.services import load_calendar
from apps.core.actors import Actor
from tests.e2e.pages import row

ROWS = [
    row("/clock/", Role.SUPERVISOR),
    row("/clock/2026-10-10/", Role.SUPERVISOR),
    row("/clock/limits/", Role.SUPERVISOR),
    row("/clock/limits/{limit.pk}/", Role.SUPERVISOR),
]

NOT_PAGES: dict[str, str] = {}


def seed(city: SimpleNamespace) -> None:
    load_calendar(actor=Actor.system("demo"), years=[2026, 2027], now=timezone.now())
    city.limit = StatutoryLimit.objects.first()
