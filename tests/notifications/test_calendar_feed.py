"""Whose due dates stand in whose calendar: what the reminder rules would tell them of, and nothing else."""

import datetime as dt

import pytest
from django.utils import timezone
from icalendar import Calendar

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.certifications.constants import Status
from apps.notifications.calendar_feed import calendar_of
from tests import factories

pytestmark = pytest.mark.django_db


def events_for(user: User) -> list[str]:
    """The numbers in a person's calendar."""
    content = calendar_of(user, now=timezone.now())
    return [str(event["summary"]).split(" ")[-1] for event in Calendar.from_ical(content).walk("VEVENT")]


def test_a_body_sees_what_it_must_do_and_not_the_expiry_of_its_clients(rules) -> None:
    issuer = factories.body("CNCA-R-2026-777")
    soon = timezone.localdate() + dt.timedelta(days=20)
    due = factories.certificate(number="DUE", body=issuer, surveillance_due=soon)
    factories.certificate(number="ELSE", surveillance_due=soon)
    factories.certificate(number="ENDS", body=issuer, valid_to=soon)
    suspended = factories.certificate(
        number="SUSP", body=issuer, status=Status.SUSPENDED, suspended_until=soon + dt.timedelta(days=1)
    )
    worker = factories.person()
    factories.member(worker, issuer)
    assert events_for(worker) == [due.number, suspended.number]


def test_an_officer_sees_the_suspensions_of_the_own_county(rules) -> None:
    soon = timezone.localdate() + dt.timedelta(days=20)
    suspended = {"status": Status.SUSPENDED, "suspended_until": soon}
    here = factories.certificate(number="HERE", division_code="520621", **suspended)
    factories.certificate(number="THERE", division_code="520628", **suspended)
    branch = factories.unit("branch", "520621")
    officer = factories.staff(Role.OFFICER, at=branch)
    assert events_for(officer) == [here.number]
    assert f"/registry/staff/{here.pk}/" in calendar_of(officer, now=timezone.now()).decode()
    assert events_for(factories.staff(Role.SEAL_KEEPER, at=branch)) == []
    assert len(events_for(factories.staff(Role.SUPERVISOR))) == 2
