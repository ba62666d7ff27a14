"""The audit trail."""

from types import SimpleNamespace

from django.db import transaction
from django.utils import timezone

from apps.accounts.constants import Role
from apps.audit.services import record
from apps.core.actors import Actor
from tests.e2e.pages import row

ROWS = [
    row("/audit/", Role.AUDIT_ADMIN),
    row("/audit/?action=accounts.", Role.AUDIT_ADMIN),
    row("/audit/?action=x1", Role.AUDIT_ADMIN, status=422),
    row("/audit/{entry.pk}/", Role.AUDIT_ADMIN),
]

NOT_PAGES: dict[str, str] = {}


def seed(city: SimpleNamespace) -> None:
    with transaction.atomic():
        city.entry = record(
            actor=Actor.system("demo"),
            now=timezone.now(),
            action="accounts.account.move",
            subject_kind="user",
            subject_id=city.clerk.pk,
            before={"unit": "520602", "kept": "same"},
            after={"unit": "520621", "kept": "same"},
            reason="岗位调整",
        )
