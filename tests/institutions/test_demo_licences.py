"""The demo's applications stand where their stories end, and every step of them was a real one."""

from collections import Counter

import pytest
from django.utils import timezone

from apps.accounts.demo import create_demo_people
from apps.core.actors import Actor
from apps.institutions.constants import DEMO_SOURCE
from apps.institutions.demo.commitments import ENDS as PROMISED
from apps.institutions.demo.commitments import load_commitments
from apps.institutions.demo.licences import ENDS, applications_are_loaded, load_applications
from apps.institutions.demo.lives import LIVES
from apps.institutions.models import Licence
from apps.institutions.services.commitment_route import load_informed_texts
from apps.workflow.models import File
from tests import factories
from tests.institutions.casework import prepare, with_scope

pytestmark = pytest.mark.django_db(transaction=True)
PLACES = ("520602", "520621", "520628")  # the labs of a demo lie anywhere in the city


def test_every_story_ends_where_it_should(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()
    now = timezone.now()
    load_informed_texts(actor=Actor.system("test"), now=now)
    assert load_applications(now=now) == 0  # without the demo people
    create_demo_people(actor=Actor.system("test"), now=now)
    for n in range(len(ENDS) + len(LIVES)):
        with_scope(factories.organisation(f"示例·第{n}检测有限公司", source=DEMO_SOURCE, division_code=PLACES[n % 3]))
    assert not applications_are_loaded()
    assert load_applications(now=now) == len(ENDS) + len(LIVES)
    assert applications_are_loaded()
    asked = Counter(File.objects.filter(process="cma").values_list("status", flat=True))
    assert asked == Counter(["draft", "submitted", "correction", "accepted", "review", "proposed", "issued", "draft"])
    lives = Counter(File.objects.exclude(process="cma").values_list("process", "status"))
    assert set(lives) == {
        ("cma_revoke", "noticed"),
        ("cma_revoke", "revoked"),
        ("cma_rectify", "ordered"),
        ("cma_rectify", "lifted"),
        ("cma_cancel", "cancelled"),
    }
    assert not Licence.objects.filter(sealed_at=None).exists()
    states = Counter(Licence.objects.values_list("status", flat=True))
    assert states == Counter(["valid"] * 4 + ["revoked", "rectifying", "cancelled", "expired"])
    for n in range(len(PROMISED)):
        code = f"MA00D{n:03d}"
        codes = {"uscc": f"91520602{code}XY", "org_code": f"{code}X"}
        with_scope(
            factories.organisation(f"示例·诺{n}检测有限公司", source=DEMO_SOURCE, division_code="520602", **codes)
        )
    assert load_commitments(now=now) == len(PROMISED)
    checks = Counter(File.objects.filter(process="cma_check").values_list("status", flat=True))
    assert checks == Counter(["to_plan", "to_visit", "found", "rectification", "handed_over"])
