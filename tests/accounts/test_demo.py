"""The demo people: one for every role, idempotent, and only in a demo."""

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from apps.accounts.constants import Role
from apps.accounts.demo import DEMO_ACCOUNTS, DEMO_PASSWORD
from apps.accounts.models import RoleGrant, Unit, User
from apps.accounts.selectors import roles_held
from apps.core.calendar import today

pytestmark = pytest.mark.django_db


def test_every_role_has_a_person_and_a_second_run_changes_nothing(capsys) -> None:
    call_command("demo_people")
    call_command("demo_people")
    assert User.objects.filter(demo=True).count() == len(DEMO_ACCOUNTS) == RoleGrant.objects.count() + 7
    held = {role for user in User.objects.all() for role in roles_held(user, today(timezone.now()))}
    assert held == set(Role)
    assert Unit.objects.filter(kind="branch").count() == 10
    assert DEMO_PASSWORD in capsys.readouterr().out
    assert all(user.check_password(DEMO_PASSWORD) for user in User.objects.all())


@override_settings(DEMO=False)
def test_refused_outside_a_demo() -> None:
    with pytest.raises(CommandError, match="public password"):
        call_command("demo_people")
    assert not User.objects.exists()
