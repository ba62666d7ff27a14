"""The demo institutions: what is promised is there, counts add up, and the manager finds something to do."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.test import override_settings

from apps.accounts.demo import INSTITUTION_MANAGER
from apps.accounts.models import User
from apps.audit.models import PublicFact
from apps.institutions.demo.city import Scale, load_institutions
from apps.institutions.models import Capability, Holding, Institution, ScopeRow, ScopeVersion
from apps.institutions.rules.asking import ask
from apps.institutions.rules.cma import check_cma_number
from apps.institutions.rules.scope import Line
from apps.institutions.selectors.capabilities import who_may_test
from apps.institutions.services.scopes import know_capabilities
from apps.parties.rules.codes import check_uscc
from tests.institutions.house import NOW, TODAY, browse, url

pytestmark = pytest.mark.django_db


def test_the_small_city_by_command() -> None:
    call_command("load_divisions", stdout=StringIO())
    call_command("demo_people", stdout=StringIO())
    printed = StringIO()
    call_command("demo_institutions", stdout=printed)
    assert Institution.objects.count() == 20
    assert ScopeVersion.objects.order_by("-rows_count").first().rows_count >= 500
    assert (
        ScopeRow.objects.count() == Holding.objects.count() == sum(Capability.objects.values_list("holders", flat=True))
    )
    counted = dict(Holding.objects.values_list("capability").annotate(n=Count("pk")))
    assert counted == dict(Capability.objects.filter(holders__gt=0).values_list("pk", "holders"))
    assert PublicFact.objects.filter(kind="scope.approved").count() == 20
    for made in Institution.objects.select_related("organisation"):
        assert check_cma_number(made.cma_number, today=TODAY).problems == []
        assert check_uscc(made.organisation.uscc).ok
        assert made.organisation.name.startswith("示例·")
    assert who_may_test(ask(q="谁能检 玩具 铅", division="5206")).total
    manager = User.objects.get(username=INSTITUTION_MANAGER)
    page = browse(manager).get(url("mine"), follow=True).content.decode()
    assert "待办义务" in page
    call_command("demo_institutions", stdout=printed)
    assert Institution.objects.count() == 20
    assert "already loaded" in printed.getvalue()


def test_what_is_made_by_hand_afterwards_has_its_own_ids() -> None:
    call_command("load_divisions", stdout=StringIO())
    load_institutions(Scale(3, 20, "5206"), seed=2, now=NOW)
    assert know_capabilities([Line("00", "示例新对象", "示例新参数", "GB 1-2020")])
    Institution.objects.first().scopes.create(n=2, made_at=NOW)


@override_settings(DEMO=False)
def test_refused_outside_a_demo() -> None:
    with pytest.raises(CommandError, match="DEMO = False"):
        call_command("demo_institutions")
