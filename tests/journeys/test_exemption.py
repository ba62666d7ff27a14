"""An exemption for 20 imported samples, over HTTP: the decision with its QR, proof of destruction late, told to the
leader and to supervision, then handed in and closed.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.clock.services import sweep
from apps.core.events import subscribe, unsubscribe
from apps.documents.models import GeneratedDocument
from apps.documents.services import render_due
from apps.matters.constants import Topic
from apps.matters.models import MatterCase
from apps.notifications.models import Message
from apps.workflow.models import File
from tests import factories
from tests.matters.casework import SYSTEM, prepare
from tests.parties.papers import upload

pytestmark = pytest.mark.django_db
ANSWERS = {
    "ground": "research",
    "lot": "示例提单 SL-2026-07",
    "arrives_on": "",
    "value": "4000",
    "purpose": "跌落和温升试验，试验后全部销毁",
    "place": "贵州省铜仁市碧江区示例路1号试验室",
    "contact_name": "示例联系人",
    "contact_phone": "0856-0000000",
}
LINES = {
    "lines-TOTAL_FORMS": "2",
    "lines-INITIAL_FORMS": "0",
    "lines-0-code": "0710",
    "lines-0-name": "电熨斗",
    "lines-0-model": "SL-20",
    "lines-0-quantity": "20",
    "lines-0-unit": "台",
}


class House:
    """Everybody of the story, each with a browser of their own; signing in anew on each day, as people do."""

    def __init__(self) -> None:
        self.firm = factories.organisation("示例·乌江电器有限公司", division_code="520602")
        self.applicant = factories.person()
        factories.member(self.applicant, self.firm)
        self.people = {role: factories.staff(role) for role in Role.values}

    def browser(self, user: User) -> Client:
        client = Client()
        User.objects.filter(pk=user.pk).update(password_changed_at=timezone.now())  # staff change theirs in time
        client.force_login(user)
        return client

    def get(self, user: User, name: str, *args: object) -> str:
        response = self.browser(user).get(reverse(f"matters:{name}", args=args))
        assert response.status_code == 200, (name, response.status_code)
        return response.content.decode()

    def post(self, user: User, path: str, status: int = 302, **data: Any) -> str:
        response = self.browser(user).post(path, data)
        page = response.content.decode()
        told = page.partition("data-error-summary")[2].partition("</div>")[0]
        assert response.status_code == status, f"{path}: {response.status_code} {told}"
        return page

    def take(self, user: User, file: File, step: str, status: int = 302, **data: Any) -> str:
        """Press the button that the case page shows for a step: by its own address, wherever that leads."""
        file.refresh_from_db()
        page = self.get(user, "case", file.pk)
        found = re.search(rf'href="([^"]*/{step}/)"', page)
        assert found, f"no button for {step}"
        return self.post(user, found[1], status=status, version=file.version, **data)


@pytest.fixture
def leads() -> Iterator[list[dict[str, Any]]]:
    heard: list[dict[str, Any]] = []
    listener = heard.append
    subscribe(Topic.DUTY_UNFULFILLED, listener)  # type: ignore[arg-type]
    yield heard
    unsubscribe(Topic.DUTY_UNFULFILLED, listener)  # type: ignore[arg-type]


def test_twenty_samples_whose_destruction_is_proved_late(leads: list[dict[str, Any]]) -> None:
    begun = timezone.now().replace(hour=3) - dt.timedelta(days=150)
    with time_machine.travel(begun, tick=False) as clock:
        prepare()
        house = House()
        file = _applied(house)
        _decided(house, file)
        case = MatterCase.objects.get(file=file)
        _public(case, "义务待履行")
        clock.shift(dt.timedelta(days=100))
        sweep(actor=SYSTEM, now=timezone.now())
        file.refresh_from_db()
        assert (file.status, leads) == ("overdue", [])
        told = set(Message.objects.filter(topic="workflow.told").values_list("recipient_id", flat=True))
        assert {house.applicant.pk, house.people[Role.LEADER].pk, house.people[Role.SUPERVISOR].pk} <= told
        clock.shift(dt.timedelta(days=15))
        for _again in range(2):
            sweep(actor=SYSTEM, now=timezone.now())
        file.refresh_from_db()
        assert file.status == "escalated"
        assert [(lead["number"], lead["duties"]) for lead in leads] == [(file.number, ["use_proof", "disposal"])]
        _public(case, "义务逾期未履行")
        _closed(house, file, case)
        _public(case, "义务逾期履行")


def _applied(house: House) -> File:
    house.post(house.applicant, reverse("matters:begin", args=["ccc_exemption"]))
    file = File.objects.get(process="matter")
    version = MatterCase.objects.get(file=file).version
    house.post(house.applicant, reverse("matters:form", args=[file.pk]), **ANSWERS, **LINES, version=version)
    house.take(house.applicant, file, "submit", status=422)  # the papers are missing, and the page says which
    for kind in ("ground_proof", "guarantee", "conformity", "trade"):
        paper = {"kind": kind, "upload": upload(name=f"{kind}.pdf")}
        house.post(house.applicant, reverse("matters:documents", args=[file.pk]), **paper)
    house.take(house.applicant, file, "submit")
    return file


def _decided(house: House, file: File) -> None:
    people = house.people
    house.take(people[Role.WINDOW_CLERK], file, "accept")
    house.take(people[Role.REVIEWER], file, "propose", proposal="grant", reason="符合科研测试情形")
    house.take(people[Role.APPROVER], file, "grant_on_duties", reason="用途和数量有试验方案佐证。")
    render_due()
    paper = GeneratedDocument.objects.get(template="matter_decision")
    token = MatterCase.objects.get(file=file).token
    assert paper.state == "done", paper.failure
    assert paper.params["verify_url"].endswith(reverse("matters:decision", args=[token]))
    assert paper.params["products"] == [
        {"code": "0710", "name": "电熨斗", "model": "SL-20", "quantity": "20", "unit": "台"}
    ]


def _public(case: MatterCase, said: str) -> None:
    """Anybody reads the decision by its code, and how it stands with its duties; no names of people."""
    response = Client().get(reverse("matters:decision", args=[case.token]))
    page = response.content.decode()
    assert response.status_code == 200
    assert said in page
    assert "示例联系人" not in page
    assert Client().get(reverse("matters:decision", args=["000000000000"])).status_code == 404


def _closed(house: House, file: File, case: MatterCase) -> None:
    house.take(house.applicant, file, "show", status=422)  # nothing was shown yet
    for duty in case.duties.order_by("pk"):
        done = {"done_on": timezone.localdate().isoformat(), "statement": "20 台样品试验后全部销毁", "version": 1}
        house.post(house.applicant, reverse("matters:duty", args=[file.pk, duty.pk]), **done)
        proof = {"kind": f"duty_{duty.code}", "upload": upload(name="证明.pdf")}
        house.post(house.applicant, reverse("matters:documents", args=[file.pk]), **proof)
    house.take(house.applicant, file, "show")
    house.take(house.people[Role.SUPERVISOR], file, "close_late", reason="销毁证明齐全，逾期十余日")
    file.refresh_from_db()
    assert file.status == "closed"
    assert file.closed_at is not None
