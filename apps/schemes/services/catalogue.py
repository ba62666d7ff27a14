"""Entering what an announcement changed in the CCC catalogue."""

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.constants import Permission
from apps.accounts.policies import require
from apps.audit.services import record
from apps.core.actors import Actor
from apps.core.problems import Problem, ProblemsFound
from apps.schemes.models import CatalogueChange


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """A change as a person types it from the announcement."""

    announcement: str
    code: str
    kind: str
    compulsory_from: dt.date | None
    note: str
    note_en: str
    industries: str
    verified: bool = False


def enter_change(*, actor: Actor, now: dt.datetime, facts: ChangeFacts) -> CatalogueChange:
    """Whoever it reaches is reminded by the next sweep, and each threshold once. Writes the change and the trail."""
    require(actor, Permission.SCHEME_EDIT)
    if facts.compulsory_from is not None and not facts.verified:
        rule = _("填写强制实施日期前须核对公告原文，否则不会发送提醒")
        raise ProblemsFound(Problem("unverified", "verified", "", rule, _("请核对后勾选，或留空日期")))
    try:
        with transaction.atomic():
            made = CatalogueChange.objects.create(**asdict(facts))
            record(
                actor=actor,
                now=now,
                action="schemes.catalogue.enter",
                subject_kind="catalogue_change",
                subject_id=made.pk,
                after={**asdict(facts), "compulsory_from": str(facts.compulsory_from or "")},
            )
    except IntegrityError as fault:
        rule = _("该公告的这一产品代码已经登记")
        raise ProblemsFound(Problem("known", "code", facts.code, rule, _("请核对公告和产品代码"))) from fault
    return made
