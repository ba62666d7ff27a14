"""The pages of the rules, and the step that only the holder sees."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role
from apps.certifications.selectors.schemes import open_rule
from apps.certifications.services.reference import load_reference
from apps.core.actors import Actor
from apps.schemes.models import RuleProposal
from tests import factories

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def loaded() -> None:
    load_reference(actor=Actor.system("test"), now=timezone.now())


def test_one_proposes_another_approves() -> None:
    first, second = signed_in(factories.staff(Role.SUPERVISOR)), signed_in(factories.staff(Role.LEADER))
    rule = open_rule("qms", "surveillance_gap_months")
    sent = {"value": "10", "effective_from": "2030-01-01", "basis": "示例公告", "reason": "间隔改变"}
    url = reverse("schemes:rule_change", args=[rule.pk])
    assert first.post(url, {**sent, "effective_from": "2020-01-01"}).status_code == 422
    assert first.post(url, sent).status_code == 302
    made = RuleProposal.objects.get()
    page = reverse("schemes:proposal", args=[made.pk])
    assert first.post(page, {"version": 1, "approve": "1"}).status_code == 409
    assert second.post(page, {"version": 1, "reject": "1"}).status_code == 422
    assert second.post(page, {"version": 1, "approve": "1"}).status_code == 302
    assert open_rule("qms", "surveillance_gap_months").value == 10
    assert second.post(page, {"version": 2, "approve": "1"}).status_code == 409


def test_a_rule_that_a_scheme_has_not_yet() -> None:
    first = signed_in(factories.staff(Role.SUPERVISOR))
    sent = {"scheme": "energy", "code": "bar_months_after_fault", "unit": "month", "value": "12"}
    sent |= {"effective_from": "2030-01-01", "basis": "示例公告", "reason": "新规则"}
    assert first.post(reverse("schemes:rule_new"), {**sent, "scheme": "nobody"}).status_code == 422
    assert first.post(reverse("schemes:rule_new"), sent).status_code == 302
    assert RuleProposal.objects.get().scheme == "energy"
    assert signed_in(factories.staff(Role.WINDOW_CLERK)).post(reverse("schemes:rule_new"), sent).status_code == 403


def test_the_next_step_is_shown_to_the_holder_alone() -> None:
    firm, person = factories.organisation(), factories.person()
    factories.member(person, firm)
    due = timezone.localdate() + dt.timedelta(days=40)
    held = factories.certificate(firm, surveillance_due=due)
    url = reverse("portal:certificate", args=[held.token])
    assert "贵单位的下一步" in signed_in(person).get(url).content.decode()
    for other in (Client(), signed_in(factories.person()), signed_in(factories.staff(Role.SUPERVISOR))):
        assert "贵单位的下一步" not in other.get(url).content.decode()
    home = signed_in(person).get(reverse("portal:obligations")).content.decode()
    assert "每张证书的下一步" in home
    assert due.isoformat() in home
