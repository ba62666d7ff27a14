"""From a draft to a public certificate, over HTTP: applicant, clerk, reviewer, two experts, a leader, approver, seal.

The scope of 800 rows is imported on the institution's own pages (tests/institutions).
"""

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.clock.models import Deadline
from apps.core.calendar import today
from apps.documents.models import GeneratedDocument
from apps.documents.services import render_due
from apps.institutions.models import Application, Capability, Institution, Licence, ScopeRow, ScopeVersion
from apps.parties.constants import OrganisationKind
from apps.workflow.models import File
from tests import factories
from tests.parties.papers import upload

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "贵州省铜仁市碧江区示例路1号"
BASICS = {
    "contact_name": "示例联系人",
    "contact_phone": "0856-0000000",
    "address": ADDRESS,
    "field": "12",
    "legal_representative": "示例负责人",
    "statement": "首次申请",
}


def said(page: str) -> str:
    """What an error summary says."""
    return page.partition("data-error-summary")[2].partition("</div>")[0]


class House:
    """Everybody of the story, each with a browser of their own."""

    def __init__(self) -> None:
        call_command("load_calendar", verbosity=0)
        call_command("load_items", verbosity=0)
        call_command("load_rules", verbosity=0)
        factories.unit("bureau", division_code="520600")
        self.lab = factories.organisation(
            "示例·碧江检测有限公司", kind=OrganisationKind.INSTITUTION, division_code="520602", address=ADDRESS
        )
        self.applicant = factories.person()
        factories.member(self.applicant, self.lab)
        self.clerk, self.reviewer = factories.staff(Role.WINDOW_CLERK), factories.staff(Role.REVIEWER)
        self.leader, self.first = factories.staff(Role.REVIEW_EXPERT), factories.staff(Role.REVIEW_EXPERT)
        self.second, self.approver = factories.staff(Role.REVIEW_EXPERT), factories.staff(Role.APPROVER)
        self.seal_keeper = factories.staff(Role.SEAL_KEEPER)
        self.browsers: dict[int, Client] = {}

    def browser(self, user: User) -> Client:
        if user.pk not in self.browsers:
            self.browsers[user.pk] = Client()
            self.browsers[user.pk].force_login(user)
        return self.browsers[user.pk]

    def get(self, user: User, name: str, *args: object) -> str:
        response = self.browser(user).get(reverse(f"institutions:{name}", args=args))
        assert response.status_code == 200, (name, response.status_code)
        return response.content.decode()

    def post(self, by: User, name: str, *args: object, status: int = 302, **data: object) -> str:
        response = self.browser(by).post(reverse(f"institutions:{name}", args=args), data)
        page = response.content.decode()
        assert response.status_code == status, f"{name} {args}: {response.status_code} {said(page)}"
        return page

    def take(self, user: User, file: File, step: str, status: int = 302, **data: object) -> str:
        file.refresh_from_db()
        return self.post(user, "take", file.pk, step, status=status, **{"version": file.version, **data})

    def begin(self, item: str) -> File:
        self.post(self.applicant, "apply", item=item)
        return File.objects.order_by("-pk")[0]

    def hand_in_all(self, file: File) -> None:
        for material in Application.objects.get(file=file).item.materials.filter(required=True):
            self.post(
                self.applicant, "materials", file.pk, kind=material.kind, upload=upload(name=f"{material.kind}.pdf")
            )


@pytest.fixture
def house(settings, tmp_path) -> House:
    settings.MEDIA_ROOT = tmp_path
    return House()


@pytest.fixture
def scope(house: House) -> ScopeVersion:
    """A draft of 800 rows. How it is imported is tested with the institution's own pages."""
    now = timezone.now()
    lab = Institution.objects.create(organisation=house.lab, token="T00000000001", created_at=now, updated_at=now)
    draft = ScopeVersion.objects.create(institution=lab, n=1, rows_count=800, made_at=now)
    texts = {"field": "12", "object": "水和废水", "standard": "GB/T 5750.4-2023"}
    folded = {"object_text": "x", "parameter_text": "x", "standard_text": "x"}
    made = Capability.objects.bulk_create(
        Capability(key=f"k{n}", parameter=f"参数{n}", **texts, **folded) for n in range(1, 801)
    )
    ScopeRow.objects.bulk_create(ScopeRow(scope=draft, n=n, capability=each) for n, each in enumerate(made, 1))
    return draft


def drafted(house: House) -> File:
    """A first application, complete, with a try too early that says what is missing."""
    file = house.begin("first")
    page = house.get(house.applicant, "case", file.pk)
    assert "还缺：" in page
    refused = house.take(house.applicant, file, "submit", status=422)
    assert "申请尚未填写完整" in refused
    house.post(house.applicant, "basics", file.pk, version=1, **BASICS)
    house.hand_in_all(file)
    assert "还缺：" not in house.get(house.applicant, "case", file.pk)
    return file


def corrected(house: House, file: File) -> None:
    """The clerk corrects once, listing everything; the applicant answers point by point."""
    point = {"about": "仪器设备一览表", "problem": "缺少校准日期", "remedy": "补充校准日期"}
    house.post(house.clerk, "demand_list", file.pk, **point)
    house.post(house.clerk, "demand_list", file.pk, **{**point, "about": "人员一览表"})
    assert "还有 2 项" in house.take(house.clerk, file, "accept", status=422)
    house.take(house.clerk, file, "correct")
    assert Deadline.objects.get(subject_id=file.pk, code="CMA.ACCEPT").state == "paused"
    one, two = Application.objects.get(file=file).demands.order_by("n")
    house.post(house.applicant, "answer", file.pk, one.pk, answer="已补充", version=one.version)
    assert "还有 1 项没有答复" in house.take(house.applicant, file, "answer", status=422)
    house.post(house.applicant, "answer", file.pk, two.pk, answer="已补充", version=two.version)
    house.take(house.applicant, file, "answer")
    house.post(house.clerk, "demand_list", file.pk, status=409, **point)  # told once
    house.take(house.clerk, file, "accept")


def reviewed(house: House, file: File) -> None:
    """Plan, team, a rectification that comes back once, opinions in order, the conclusion."""
    house.post(
        house.reviewer, "plan", file.pk, mode="on_site", review_from=today(timezone.now()).isoformat(), review_days=5
    )
    for user, duty in ((house.leader, "leader"), (house.first, "expert"), (house.second, "expert")):
        house.post(house.reviewer, "member_add", file.pk, user=user.pk, duty=duty, field="环境")
    house.take(house.reviewer, file, "plan")
    finding = {"about": "采样记录", "criterion": "system", "problem": "记录不全", "remedy": "补全记录"}
    house.post(house.first, "demand_list", file.pk, **finding)
    house.take(house.leader, file, "demand_rectification")
    point = Application.objects.get(file=file).demands.get(kind="rectification")
    house.post(house.applicant, "answer", file.pk, point.pk, answer="已整改", version=point.version)
    house.take(house.applicant, file, "rectify")
    point.refresh_from_db()
    house.post(house.first, "demand_act", file.pk, point.pk, "settle", version=point.version)
    opinion = {"conclusion": "after_rectification", "text": "整改后符合要求"}
    house.post(house.leader, "opinion", file.pk, status=409, **opinion)  # the experts sign first
    for user in (house.first, house.second, house.leader):
        house.post(user, "opinion", file.pk, **opinion)
    house.post(house.first, "opinion", file.pk, **{**opinion, "text": "补充意见"})
    assert "请组长重新签署" in house.take(house.leader, file, "conclude", status=422)
    house.post(house.leader, "opinion", file.pk, **opinion)
    house.take(house.leader, file, "conclude")


def test_from_a_draft_to_a_public_certificate(house: House, scope: ScopeVersion) -> None:
    file = drafted(house)
    house.take(house.applicant, file, "submit")
    corrected(house, file)
    reviewed(house, file)
    house.take(house.reviewer, file, "propose", proposal="grant", reason="符合许可条件")
    house.take(house.approver, file, "grant", reason="符合许可条件")
    licence = Licence.objects.get()
    assert licence.number[2:8] == "241234"
    assert licence.number[8:] == "0001"
    assert (
        house.browser(house.applicant).get(reverse("institutions:certificate", args=[licence.token])).status_code == 404
    )
    assert "证书尚未生成" in house.take(house.seal_keeper, file, "seal", status=422)
    assert render_due() >= 5
    failed = GeneratedDocument.objects.exclude(state="done")
    assert [(each.template, each.failure) for each in failed] == []
    house.take(house.seal_keeper, file, "seal")
    public = Client().get(reverse("institutions:certificate", args=[licence.token]))
    assert public.status_code == 200
    assert "示例·碧江检测有限公司" in public.content.decode()
    assert "参数800" in public.content.decode()
    file.refresh_from_db()
    assert (file.status, file.holder_id) == ("issued", None)
    assert not Deadline.objects.filter(subject_id=file.pk, ended_on=None).exists()
    for user in (house.applicant, house.clerk, house.approver):
        assert licence.number in house.get(user, "case", file.pk)


def test_nobody_takes_two_desks_and_strangers_see_nothing(house: House, scope: ScopeVersion) -> None:
    file = drafted(house)
    stranger = factories.person()
    factories.member(stranger, factories.organisation())
    assert house.browser(stranger).get(reverse("institutions:case", args=[file.pk])).status_code == 404
    assert house.browser(house.clerk).get(reverse("institutions:case", args=[file.pk])).status_code == 404  # a draft
    house.take(house.applicant, file, "submit")
    both = factories.staff(Role.WINDOW_CLERK, Role.REVIEWER)
    house.take(both, file, "accept")
    page = house.get(both, "case", file.pk)
    assert "不能" in page or "不得" in page
    house.post(house.approver, "take", file.pk, "grant", status=409, version=99, reason="x")
    assert house.browser(house.first).get(reverse("institutions:case", args=[file.pk])).status_code == 404


def test_a_refusal_says_why_and_what_can_be_done(house: House, scope: ScopeVersion) -> None:
    file = drafted(house)
    house.take(house.applicant, file, "submit")
    house.take(house.clerk, file, "not_accept", status=422)
    house.take(house.clerk, file, "not_accept", reason="不属于本机关职权范围")
    render_due()
    paper = GeneratedDocument.objects.get(template="notice_non_acceptance")
    assert (paper.state, paper.params["reasons"]) == ("done", ["不属于本机关职权范围"])
    assert paper.params["reconsideration_authority"]
