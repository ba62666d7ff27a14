"""The rules of the schemes and their changes."""

import datetime as dt
from types import SimpleNamespace

from django.utils import timezone

from apps.accounts.constants import Role
from apps.certifications.constants import Shape
from apps.certifications.models import CccDetail
from apps.certifications.selectors.schemes import open_rule
from apps.certifications.services.schemes import NewValue
from apps.core.actors import Actor
from apps.schemes.selectors.catalogue import changes, get_change
from apps.schemes.selectors.guide import get_guide_rule, rules_of_guide
from apps.schemes.services.guide import load_guide
from apps.schemes.services.proposals import propose_rule
from tests import factories
from tests.e2e.pages import ENTERPRISE, PUBLIC, row

SUPERVISOR, LEADER = Role.SUPERVISOR, Role.LEADER

ROWS = [
    row("/schemes/rules/", SUPERVISOR, Role.WINDOW_CLERK),
    row("/schemes/rules/new/", SUPERVISOR),
    row("/schemes/rules/{scheme_rule.pk}/", SUPERVISOR),
    row("/schemes/changes/", LEADER),
    row("/schemes/ccc/", SUPERVISOR, Role.OFFICER),
    row("/schemes/ccc/?state=suspended", SUPERVISOR),
    row("/schemes/catalogue/", PUBLIC, SUPERVISOR),
    row("/schemes/catalogue/new/", SUPERVISOR),
    row("/schemes/catalogue/{catalogue_change.pk}/", SUPERVISOR),
    row("/c/{stopped.token}", PUBLIC),
    row("/schemes/guide/", SUPERVISOR),
    row("/schemes/guide/new/", SUPERVISOR),
    row("/schemes/guide/{guide_rule.pk}/", SUPERVISOR),
    row("/guide/", PUBLIC, ENTERPRISE),
    row("/guide/?industry=C24&product=2201&activity=make&county=520602", PUBLIC),
    row("/guide/?county=520602", PUBLIC, status=400),
    row("/schemes/changes/{rule_proposal.pk}/", LEADER),
]
NOT_PAGES: dict[str, str] = {}


def seed(city: SimpleNamespace) -> None:
    """A rule whose change waits for a second person."""
    load_guide(actor=Actor.system("demo"), now=timezone.now())
    city.catalogue_change = get_change(changes()[0].pk)
    city.stopped = factories.certificate(
        city.organisation,
        shape=Shape.CCC,
        project=factories.project("W2", Shape.CCC),
        number="2026012202000009",
        status="suspended",
    )
    CccDetail.objects.create(certificate=city.stopped, factory=city.organisation, product_code="2202")
    city.guide_rule = get_guide_rule(rules_of_guide()[0].pk)
    city.scheme_rule = open_rule("qms", "surveillance_gap_months")
    person = factories.staff(SUPERVISOR)
    new = NewValue("qms", "surveillance_gap_months", "month", 10, dt.date(2030, 1, 1), "示例公告 2029 年第 1 号")
    city.rule_proposal = propose_rule(
        actor=Actor(str(person), user=person), now=timezone.now(), new=new, reason="示例·公告改变了间隔"
    )
