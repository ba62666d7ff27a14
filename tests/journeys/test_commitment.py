"""The commitment route to a revoked end, over HTTP, with everybody: signed, granted at once, found untrue, revoked.

Ten people: the institution's manager, clerk, approver, seal keeper, supervisor, two officers, leader, reviewer, and the
approver who revokes. Documents are typeset by the worker's own function.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.clock.models import Deadline
from apps.core.calendar import today
from apps.core.events import subscribe, unsubscribe
from apps.documents.models import GeneratedDocument
from apps.documents.services import render_due
from apps.institutions.licence_constants import Topic
from apps.institutions.models import Application, InformedCommitment, Licence, LifeCase, PostCheck
from apps.parties.models import Organisation
from apps.workflow.models import File
from tests import factories
from tests.institutions.casework import BASICS, with_scope
from tests.journeys.test_licence import House

pytestmark = pytest.mark.django_db(transaction=True)
CHAPTERS = ("body", "people", "premises", "equipment", "system")
SIGNED = {"signer": BASICS["legal_representative"], "capacity": "representative"}


class Bureau(House):
    """The people of the first story, and those who supervise."""

    def __init__(self) -> None:
        super().__init__()
        Organisation.objects.filter(pk=self.lab.pk).update(uscc="91520602MA0STORYXY", org_code="MA0STORYX")
        self.lab.refresh_from_db()
        with_scope(self.lab)
        self.supervisor, self.chief = factories.staff(Role.SUPERVISOR), factories.staff(Role.LEADER)
        self.one, self.two = factories.staff(Role.OFFICER), factories.staff(Role.OFFICER)
        self.revoker = factories.staff(Role.APPROVER)

    def step(self, user: User, file: File, step: str, status: int = 302, **data: Any) -> str:
        """A step by its plain form."""
        file.refresh_from_db()
        address = reverse("workflow:step", args=[file.pk, step])
        response = self.browser(user).post(address, {"version": file.version, **data})
        page = response.content.decode()
        assert response.status_code == status, f"{step}: {response.status_code} {page[:200]}"
        return page


@pytest.fixture
def bureau(settings, tmp_path) -> Bureau:
    settings.MEDIA_ROOT = tmp_path
    return Bureau()


@pytest.fixture
def credit() -> Iterator[list[str]]:
    """What a later credit app would hear, in order."""
    heard: list[str] = []
    handlers = {topic: lambda _payload, topic=topic: heard.append(str(topic)) for topic in Topic}
    for topic, handler in handlers.items():
        subscribe(topic, handler)
    yield heard
    for topic, handler in handlers.items():
        unsubscribe(topic, handler)


def granted(bureau: Bureau) -> Licence:
    """Chosen, signed at a second look, accepted, granted at once, sealed; the public page says how."""
    file = bureau.begin("first")
    bureau.post(bureau.applicant, "basics", file.pk, version=1, **BASICS)
    bureau.hand_in_all(file)
    version = Application.objects.get(file=file).version
    assert "现在不能选择" not in bureau.get(bureau.applicant, "route", file.pk)
    bureau.post(bureau.applicant, "route", file.pk, route="commitment", version=version)
    assert "告知承诺书尚未签署" in bureau.take(bureau.applicant, file, "submit", status=422)
    second = bureau.post(bureau.applicant, "informed", file.pk, status=200, **SIGNED)
    seal = second.partition('name="seen" value="')[2].partition('"')[0]
    assert len(seal) == 64
    bureau.post(bureau.applicant, "informed", file.pk, seen=seal, **SIGNED)
    assert InformedCommitment.objects.get().sha256 == seal
    bureau.take(bureau.applicant, file, "submit")
    assert render_due() == 1
    bureau.take(bureau.clerk, file, "accept_informed")
    bureau.take(bureau.approver, file, "grant_informed", reason="承诺书齐全，形式符合要求")
    assert "证书尚未生成" in bureau.take(bureau.seal_keeper, file, "seal", status=422)
    render_due()
    bureau.take(bureau.seal_keeper, file, "seal")
    return Licence.objects.get()


def found_untrue(bureau: Bureau, check: File) -> None:
    """Planned, two officers named, found, signed, judged. The approver who granted is kept off."""
    bureau.post(bureau.supervisor, "check_plan", check.pk, visit_on=today(timezone.now()).isoformat())
    for officer in (bureau.one, bureau.two):
        bureau.post(bureau.supervisor, "checker_add", check.pk, user=officer.pk)
    bureau.step(bureau.supervisor, check, "plan")
    for chapter in CHAPTERS:
        verdict = "false" if chapter == "equipment" else "true"
        text = "承诺的仪器设备不存在" if verdict == "false" else "与承诺一致"
        bureau.post(bureau.one, "check_finding", check.pk, criterion=chapter, verdict=verdict, text=text)
    for officer in (bureau.one, bureau.two):
        seen = bureau.get(officer, "check", check.pk).partition('name="seen" value="')[2].partition('"')[0]
        bureau.post(officer, "check_sign", check.pk, seen=seen)
    bureau.step(bureau.one, check, "report")
    assert "仪器设备不存在" not in bureau.get(bureau.applicant, "check", check.pk)
    bureau.step(bureau.chief, check, "order", status=422, reason="x")
    bureau.step(bureau.chief, check, "hand_over", reason="主要仪器设备不存在，承诺严重不实")
    assert "仪器设备不存在" in bureau.get(bureau.applicant, "check", check.pk)
    bureau.step(bureau.reviewer, check, "start_revocation")


def revoked(bureau: Bureau, case: File) -> None:
    """Told, heard, proposed, decided by somebody else."""
    bureau.step(bureau.reviewer, case, "notify")
    render_due()
    assert GeneratedDocument.objects.get(template="notice_revocation").state == "done"
    bureau.step(bureau.applicant, case, "defend", reason="设备正在采购，请求从轻")
    case.refresh_from_db()
    given = {"version": case.version, "proposal": "do", "reason": "申辩不成立，承诺严重不实"}
    bureau.post(bureau.reviewer, "life_step", case.pk, "propose", **given)
    bureau.step(bureau.revoker, case, "revoke", reason="承诺严重不实，依法撤销")
    render_due()


def closed_to_the_next(bureau: Bureau) -> None:
    """After a revocation the next application takes the general route, and is told why."""
    again = bureau.begin("first")
    assert "再次申请须按一般程序" in bureau.get(bureau.applicant, "route", again.pk)
    version = Application.objects.get(file=again).version
    refused = bureau.post(bureau.applicant, "route", again.pk, status=422, route="commitment", version=version)
    assert "按一般程序重新取得许可后可以再选择" in refused
    bureau.post(bureau.applicant, "route", again.pk, route="general", version=version)


def test_a_commitment_that_was_untrue_ends_in_revocation(bureau: Bureau, credit: list[str]) -> None:
    licence = granted(bureau)
    public = reverse("institutions:certificate", args=[licence.token])
    assert "以告知承诺方式取得" in Client().get(public).content.decode()
    check = PostCheck.objects.get().file
    assert Deadline.objects.get(subject_id=check.pk).code == "CMA.COMMITMENT.CHECK"
    assert check.number in bureau.get(bureau.applicant, "applications")
    worklist = bureau.browser(bureau.supervisor).get(reverse("workflow:worklist"), {"tab": "all"}).content.decode()
    assert check.number in worklist
    found_untrue(bureau, check)
    assert "核查已完成，处理中" in Client().get(public).content.decode()  # nothing against a holder not yet heard
    revoked(bureau, LifeCase.objects.get().file)
    licence.refresh_from_db()
    assert licence.status == "revoked"
    page = Client().get(public).content.decode()
    assert "已被撤销" in page
    assert "核查已完成，许可已撤销" in page
    assert credit == [Topic.COMMITMENT_REVOKED]
    failed = GeneratedDocument.objects.exclude(state="done")
    assert [(each.template, each.failure) for each in failed] == []
    check.refresh_from_db()
    assert (check.status, check.closed_at is not None) == ("handed_over", True)
    assert not Deadline.objects.filter(ended_on=None).exists()
    closed_to_the_next(bureau)
