"""The renewal window is reminded of in time, by the rule of three calendar months, until a renewal is handed in."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from apps.core.calendar import add_months, today
from apps.institutions.models import Licence
from apps.notifications.models import Reminder
from apps.notifications.services import plan_reminders, reconcile
from apps.notifications.sources import source_of
from tests import factories
from tests.institutions.casework import Case, prepare
from tests.institutions.lifework import held

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()
    call_command("load_rules", verbosity=0)


def test_a_reminder_before_the_last_day_to_apply() -> None:
    case = Case().to("decided")
    on = today(case.now)
    expiry = add_months(on + dt.timedelta(days=25), 3)
    Licence.objects.update(valid_to=expiry)
    plan_reminders()
    found = Reminder.objects.filter(rule_code__startswith="cma.renewal").values_list("due_on", "threshold")
    assert set(found) == {(on + dt.timedelta(days=25), 30)}
    assert reconcile(day=on).nothing


def test_the_reminder_leads_to_the_licence_with_its_press_to_renew() -> None:
    licence = held()
    source = source_of("cma.renewal")
    assert source is not None
    page = reverse("institutions:licence_page", args=[licence.pk])
    assert source.describe([licence.pk])[licence.pk].path == page


def test_a_renewal_on_its_way_settles_it() -> None:
    case = Case().to("decided")
    Licence.objects.update(valid_to=today(case.now) + dt.timedelta(days=120))
    Case("renewal", lab=case.lab).to("submitted")
    plan_reminders()
    assert not Reminder.objects.filter(rule_code__startswith="cma.").exists()
    assert reconcile(day=today(case.now)).nothing


@pytest.mark.parametrize(("status", "reminded"), [("revoked", True), ("cancelled", True), ("valid", False)])
def test_only_a_later_licence_that_lives_settles_it(status: str, reminded: bool) -> None:
    on = today(timezone.now())
    licence = held(valid_to=add_months(on + dt.timedelta(days=25), 3))
    factories.member(factories.person(), licence.organisation)
    held(licence.organisation, status=status)
    plan_reminders()
    assert Reminder.objects.filter(rule_code__startswith="cma.renewal").exists() == reminded
    assert reconcile(day=on).nothing
