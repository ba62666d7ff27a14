"""The life of certificates over HTTP: a toy maker is suspended and resumed; a certificate passes between bodies; a firm
that was revoked learns when it may apply again. Everybody in a browser of their own."""

import datetime as dt
import re

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.certifications.models import Certificate
from apps.certifications.services.records import CertificateData, record_certificate
from apps.certifying.services.life_transfer import begin_successor
from apps.core.actors import Actor
from apps.core.calendar import add_months, today
from apps.schemes.services import may_apply
from apps.workflow.models import File
from tests import factories
from tests.certifying.lifework import body_with_people, ccc, prepare, qms
from tests.parties.papers import upload

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


class Browser:
    """One person's browser."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    def page(self, name: str, *args: object) -> str:
        response = self.client.get(reverse(name, args=args))
        assert response.status_code == 200, (name, response.status_code)
        return response.content.decode()

    def send(self, address: str, **given: object) -> str:
        """Open the form, keep its version, send it; the page that follows."""
        shown = self.client.get(address)
        assert shown.status_code == 200, (address, shown.status_code)
        version = re.search(r'name="version" value="(\d+)"', shown.content.decode())
        sent = {"version": version.group(1)} if version else {}
        response = self.client.post(address, {**sent, **given}, follow=True)
        text = response.content.decode()
        assert response.redirect_chain, said(text)
        return text

    def refused(self, address: str, **given: object) -> str:
        shown = self.client.get(address)
        version = re.search(r'name="version" value="(\d+)"', shown.content.decode())
        response = self.client.post(address, {**({"version": version.group(1)} if version else {}), **given})
        assert response.status_code in (403, 409, 422), response.status_code
        return said(response.content.decode())

    def begin(self, certificate: Certificate, process: str, **given: object) -> File:
        self.send(reverse("certifying:life_begin", args=[certificate.pk, process]), **given)
        return File.objects.filter(process=process).latest("pk")

    def step(self, file: File, step: str, **given: object) -> str:
        """Through the button of the case page."""
        case = self.page("certifying:life_case", file.pk)
        found = re.search(rf'href="([^"]*/steps/{step}/)"', case)
        assert found, f"{step} is not offered: {re.findall(r'/steps/([a-z_]+)/', case)}"
        return self.send(found.group(1), **given)

    def hand_in(self, file: File) -> None:
        address = reverse("certifying:life_evidence", args=[file.pk])
        assert self.client.post(address, {"upload": upload(name="检测报告.pdf")}).status_code == 302


def said(page: str) -> str:
    """What an error summary says."""
    return page.partition("data-error-summary")[2].partition("</div>")[0] or page[:400]


def in_days(days: int) -> str:
    return (today(timezone.now()) + dt.timedelta(days=days)).isoformat()


def holder_of(certificate: Certificate) -> Browser:
    user = factories.person()
    factories.member(user, certificate.holder)
    return Browser(user)


def test_a_toy_maker_is_suspended_told_what_may_be_sold_and_resumed() -> None:
    body, people = body_with_people()
    planner, decider = Browser(people["planning"]), Browser(people["decision"])
    certificate = ccc(body, factories.organisation("示例·碧江玩具有限公司"))
    maker = holder_of(certificate)
    assert "库存和使用" not in maker.page("certifying:certificate", certificate.pk)

    facts = "省级监督抽查的样品小零件项目不合格"
    case = planner.begin(certificate, "cert_suspend", reason="spot_check_failed", facts=facts)
    told = maker.page("certifying:life_case", case.pk)
    assert facts in told
    maker.step(case, "state", reason="不合格的是旧批次，新批次已经改进。")
    planner.step(case, "propose", proposal="do", until=in_days(120), reason="抽查报告有效")
    assert (
        "暂停证书"
        not in planner.page("certifying:life_case", case.pk).partition("case-actions")[2].partition("</section>")[0]
    )
    decider.step(case, "suspend", reason="不再符合认证要求")

    page = maker.page("certifying:certificate", certificate.pk)
    stock = page.partition('id="stock"')[2].partition("</section>")[0]
    factory, shipped = stock.split("<li>")[1:3]
    assert "库存，可以出厂吗" in factory
    assert "不可以" in factory
    assert "可以继续销售吗" in shipped
    assert "由发证机构评价" in shipped
    assert "2008年第19号" in stock
    assert in_days(120) in page.partition('id="next"')[2].partition("</section>")[0]  # the last day of the next step

    public = Client().get(reverse("portal:certificate", args=[certificate.token])).content.decode()
    assert "监督抽查不合格" in public
    assert "旧批次" not in public

    resume = maker.begin(certificate, "cert_resume", facts="模具已经修改，产品已经复检")
    maker.hand_in(resume)
    maker.step(resume, "ask", reason="请恢复证书")
    planner.step(resume, "verify", proposal="do", reason="复检合格")
    decider.step(resume, "resume", reason="整改有效")
    page = maker.page("certifying:certificate", certificate.pk)
    assert "证书有效" in page
    assert "库存和使用" not in page
    assert Certificate.objects.get().status == "valid"


def test_a_certificate_passes_between_bodies_without_a_gap() -> None:
    old_body, people = body_with_people()
    new_body, theirs = body_with_people("CNCA-R-2026-902")
    certificate = qms(old_body, factories.organisation("示例·江口机械有限公司"), ago=500)
    certificate.surveillance.create(
        activity="监督审核", on=today(timezone.now()) - dt.timedelta(days=200), result="minor", source_code="test"
    )
    planner, decider, receiving = (
        Browser(people["planning"]),
        Browser(people["decision"]),
        Browser(theirs["planning"]),
    )
    maker = holder_of(certificate)
    address = reverse("certifying:life_begin", args=[certificate.pk, "cert_release"])
    asked = {"facts": "合并到同一家机构认证", "receiving": str(new_body.pk)}
    assert "本认证周期的审核记录" in maker.refused(address, **asked)  # no consent, no transfer
    case = maker.begin(certificate, "cert_release", **asked, consent="on")

    assert certificate.number in receiving.page("certifying:certificates")
    history = receiving.page("certifying:transfer_history", case.pk)
    assert "监督审核" in history
    assert "轻微不符合" in history
    planner.step(case, "propose", proposal="do", reason="没有未关闭的不符合项")
    decider.step(case, "release", reason="符合转换条件")

    now = timezone.now()
    with transaction.atomic():
        data = CertificateData(
            body=new_body,
            holder=certificate.holder,
            number="90226Q00001R0M",
            project=certificate.project,
            issued_on=today(now),
            valid_from=today(now),
            valid_to=certificate.valid_to,
            first_issued_on=certificate.issued_on,
            predecessor=certificate,
        )
        successor = record_certificate(actor=SYSTEM, now=now, data=data, source_code=certificate.source_id)
        begin_successor(actor=SYSTEM, now=now, successor=successor)
    certificate.refresh_from_db()
    assert (certificate.status, certificate.status_since) == ("cancelled", successor.valid_from)
    assert successor.predecessor == certificate
    page = maker.page("certifying:certificate", certificate.pk)
    assert successor.number in page  # the history says by which certificate it goes on
    assert receiving.page("certifying:certificate", successor.pk)


def test_a_revoked_firm_is_told_the_day_on_which_it_may_apply_again() -> None:
    body, people = body_with_people()
    planner, decider = Browser(people["planning"]), Browser(people["decision"])
    certificate = qms(body, factories.organisation("示例·思南食品有限公司"))
    maker = holder_of(certificate)
    case = planner.begin(certificate, "cert_revoke", reason="nonconformity", facts="体系已经停止运行")
    maker.step(case, "state", reason="正在搬迁")
    planner.step(case, "propose", proposal="do", reason="现场已经停止运行")
    decider.step(case, "revoke", reason="严重不符合")
    on = today(timezone.now())
    barred = may_apply(certificate.holder_id, certificate.project_id, on)
    assert [each.changes_on for each in barred] == [add_months(on, 12) + dt.timedelta(days=1)]
    free = barred[0].changes_on
    assert free.isoformat() in maker.page("certifying:certificate", certificate.pk)
    assert may_apply(certificate.holder_id, certificate.project_id, free) == []
