"""An empty installation gets its units and its three administrators by command, and by no second command."""

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from apps.accounts.constants import ADMINISTRATORS, Role
from apps.accounts.models import RoleGrant, Unit, User
from apps.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


def bureau() -> None:
    call_command("open_unit", "bureau", "示例·市局", "bureau", "520600")


def found(role: str, name: str) -> None:
    call_command("found_administrator", role, name, f"{name}@example.org", "示例·管理员", unit="bureau")


def test_three_administrators_of_an_empty_installation() -> None:
    bureau()
    for role in ADMINISTRATORS:
        found(role, f"first-{role}")
    assert set(RoleGrant.objects.values_list("role", flat=True)) == {str(role) for role in ADMINISTRATORS}
    assert User.objects.count() == 3
    assert [message.to for message in mail.outbox] == [[f"first-{role}@example.org"] for role in ADMINISTRATORS]
    assert "http" in mail.outbox[0].body
    assert AuditEntry.objects.filter(action="accounts.role.grant").count() == 3


def test_a_role_is_founded_once() -> None:
    bureau()
    found("system_admin", "first")
    with pytest.raises(CommandError):
        found("system_admin", "second")
    assert not User.objects.filter(username="second").exists()
    assert len(mail.outbox) == 1


def test_a_taken_name_opens_nothing() -> None:
    bureau()
    found("system_admin", "first")
    with pytest.raises(CommandError):
        found("audit_admin", "first")
    assert not RoleGrant.objects.filter(role=Role.AUDIT_ADMIN).exists()


def test_a_unit_with_faults_names_them_all() -> None:
    bureau()
    with pytest.raises(CommandError) as refused:
        call_command("open_unit", "bureau", "示例", "branch", "5206", parent="nowhere")
    assert all(place in str(refused.value) for place in ("code", "division_code", "parent"))
    assert Unit.objects.count() == 1


def test_an_unknown_unit_is_named() -> None:
    with pytest.raises(CommandError, match="open_unit"):
        found("system_admin", "first")
