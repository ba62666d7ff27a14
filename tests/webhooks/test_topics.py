"""What is pushed when a file moves on or a certificate's status changes, and to whom it is not."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from apps.certifications.constants import ReasonClass, Status
from apps.certifications.models import Certificate
from apps.certifications.services.expiry import expire_due
from apps.certifications.services.reference import load_reference
from apps.core.actors import Actor
from apps.webhooks.models import Delivery, Endpoint
from apps.workflow import bindings
from tests import factories
from tests.certifications.importing import csv_bytes, row, take
from tests.certifications.test_status import move
from tests.workflow.bodywork import BINDING, HANDLED, brought_to, step_by
from tests.workflow.conftest import calendar  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


def listens(organisation, *topics):
    return Endpoint.objects.create(
        organisation=organisation,
        name="系统",
        url="https://hooks.example.org/",
        topics=list(topics),
        made_by=factories.person(),
        made_at=timezone.now(),
    )


def heard(endpoint):
    rows = Delivery.objects.filter(endpoint=endpoint).order_by("pk")
    return [json.loads(row.body)["data"] for row in rows]


@pytest.fixture
def handled(calendar):  # noqa: F811
    bindings.register(HANDLED, BINDING)
    yield
    bindings.unregister(HANDLED.code)


@pytest.mark.usefixtures("handled")
def test_each_side_of_a_file_hears_what_it_may():
    body = factories.body("CNCA-R-2026-111")
    file = brought_to("submit", body)
    ours, theirs = listens(file.organisation, "file.step"), listens(body, "file.step")
    stranger = listens(factories.body("CNCA-R-2026-112"), "file.step")
    for step in ("submit", "accept", "plan"):
        step_by(file, step)
    assert [said["step"] for said in heard(theirs)] == ["submit", "accept", "plan"]
    assert [said["step"] for said in heard(ours)] == ["submit", "accept"]  # nobody tells the applicant of the plan
    assert heard(stranger) == []
    first = heard(ours)[0]
    assert (first["file"], first["status"], first["status_label"]) == (file.number, "submitted", "待受理")
    assert not {"reason", "person", "actor"} & first.keys()


def test_holder_and_body_hear_of_a_suspension_and_nobody_else():
    certificate = factories.certificate()
    holder, body = (listens(each, "certificate.status") for each in (certificate.holder, certificate.body))
    other = listens(factories.organisation("示例·别家"), "certificate.status")
    deaf = Endpoint.objects.create(
        organisation=certificate.holder, name="另一", url="https://x.example.org/", topics=["file.step"],
        made_by=factories.person(), made_at=timezone.now(),
    )  # fmt: skip
    move(certificate, reason="不公开的细节", reason_class=ReasonClass.NONCONFORMITY)
    [said] = heard(holder)
    assert [said] == heard(body)
    assert (said["number"], said["from"], said["to"]) == (certificate.number, Status.VALID, Status.SUSPENDED)
    assert "不公开的细节" not in json.dumps(said, ensure_ascii=False)
    assert heard(other) == heard(deaf) == []


def test_the_sweep_of_expired_certificates_tells_those_who_listen():
    ended, quiet = (factories.certificate(valid_to=dt.date(2026, 11, 1)) for _n in range(2))
    ear = listens(ended.holder, "certificate.status")
    assert expire_due(now=dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC), actor=SYSTEM) == 2
    assert [(said["number"], said["to"]) for said in heard(ear)] == [(ended.number, Status.EXPIRED)]
    assert quiet.holder_id != ended.holder_id
    assert Delivery.objects.count() == 1


def test_an_import_that_moves_a_status_tells_of_it(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    load_reference(actor=SYSTEM, now=timezone.now())
    take(csv_bytes([row()]))
    certificate = Certificate.objects.get()
    ear = listens(certificate.holder, "certificate.status")
    take(csv_bytes([row(certiStatus="02")]))
    take(csv_bytes([row(certiStatus="02")]))
    assert [said["to"] for said in heard(ear)] == [Status.SUSPENDED]
