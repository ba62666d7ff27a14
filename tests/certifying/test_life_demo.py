"""The demo body's certificates: one in each state of life, and loaded once."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.accounts.demo import BODY_USER, ENTERPRISE_MANAGER, create_demo_people
from apps.accounts.models import User
from apps.certifications.services.reference import load_reference
from apps.certifying.demo.lives import LIVES, lives_are_loaded, load_lives
from apps.certifying.models import CertificateCase
from apps.core.actors import Actor
from tests import factories
from tests.certifying.lifework import prepare

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


def test_one_certificate_in_each_state_of_life(settings, tmp_path) -> None:
    settings.MEDIA_ROOT, settings.DEMO = tmp_path, True
    prepare()
    load_reference(actor=SYSTEM, now=timezone.now())
    factories.source("demo")
    assert load_lives(now=timezone.now(), unit=factories.unit()) == 0  # nobody there
    create_demo_people(actor=SYSTEM, now=timezone.now())
    body, firm = factories.body("CNCA-R-2026-960"), factories.organisation()
    factories.body("CNCA-R-2026-961")
    factories.member(User.objects.get(username=BODY_USER), body)
    factories.member(User.objects.get(username=ENTERPRISE_MANAGER), firm)
    call_command("demo_certificate_lives")
    assert lives_are_loaded()
    states = CertificateCase.objects.values_list("file__process", "file__status")
    assert {"noticed", "suspended", "resumed", "asked", "cancelled", "revoked", "reported", "found"} == {
        status for _process, status in states
    }
    assert firm.certificates_held.count() == len(LIVES)
    assert sorted(firm.certificates_held.values_list("status", flat=True)) == [
        "cancelled",
        "revoked",
        *["suspended"] * 3,
        *["valid"] * 5,
    ]
    call_command("demo_certificate_lives")
    assert firm.certificates_held.count() == len(LIVES)
