"""The CCC register, the stock of a certificate that does not hold, and whom a change of the catalogue reaches."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role
from apps.certifications.constants import Shape, Status
from apps.certifications.models import CccDetail
from apps.certifications.selectors.ccc import ccc_register
from apps.certifications.services.reference import load_reference
from apps.core.actors import Actor
from apps.core.problems import ProblemsFound, Refused
from apps.notifications.models import Reminder
from apps.notifications.services import load_rules, plan_reminders
from apps.notifications.sources import source_of
from apps.schemes.models import CatalogueChange
from apps.schemes.reminders import EVENT
from apps.schemes.rules.stock import stock_duty
from apps.schemes.selectors.catalogue import affected_by, affected_ids, compared, parties_of
from apps.schemes.services.catalogue import ChangeFacts, enter_change
from apps.schemes.services.guide import load_guide
from tests import factories

D = dt.date
ON = D(2026, 11, 24)


def ccc(holder=None, *, code: str = "2202", factory=None, **fields):
    project = factories.project("B0101", Shape.CCC)
    made = factories.certificate(holder, shape=Shape.CCC, project=project, **fields)
    CccDetail.objects.create(certificate=made, product_code=code, factory=factory)
    return made


def test_goods_may_leave_only_under_a_certificate_that_holds_and_four_acts_differ() -> None:
    assert stock_duty(Shape.CCC, Status.VALID) is None
    assert stock_duty(Shape.MANAGEMENT, Status.REVOKED) is None
    duties = {status: stock_duty(Shape.CCC, status) for status in Status if status != Status.VALID}
    assert all("不得" in str(duty.in_factory) and str(duty.basis) for duty in duties.values())
    assert "可以继续销售" in str(duties[Status.CANCELLED].shipped)
    assert "发证机构" in str(duties[Status.REVOKED].shipped)
    assert len({str(duties[status].shipped) for status in ("suspended", "revoked", "cancelled")}) == 3


@pytest.mark.django_db
def test_the_register_finds_a_factory_of_the_city_under_a_certificate_of_elsewhere() -> None:
    home, away = factories.organisation(division_code="520602"), factories.organisation(division_code="110101")
    there = ccc(away, factory=home, valid_to=D(2026, 1, 1))
    ccc(away)
    own = ccc(home, status="suspended", code="0101", valid_to=D(2028, 1, 1))
    assert list(ccc_register("5206", on=ON)) == [there, own]
    assert list(ccc_register("5206", state="expired", on=ON)) == [there], "past its day, swept or not"
    assert list(ccc_register("5206", state="suspended", on=ON)) == [own]
    assert list(ccc_register("520602", code="0101", on=ON)) == [own]
    assert list(ccc_register("520621", on=ON)) == []


@pytest.mark.django_db
def test_one_who_has_every_role_is_named_once_and_a_certificate_without_details_is_listed() -> None:
    home, other = factories.organisation(division_code="520602"), factories.organisation(division_code="520602")
    mixed = ccc(home, factory=other)
    assert [(len(roles), name) for roles, name in parties_of(mixed)] == [(1, home.name), (1, other.name)]
    CccDetail.objects.filter(pk=mixed.pk).update(factory=home, applicant=home, manufacturer=home)
    mixed = ccc_register("5206", on=ON).get(pk=mixed.pk)
    assert [(len(roles), name) for roles, name in parties_of(mixed)] == [(4, home.name)]
    factories.certificate(
        home, shape=Shape.CCC, project=factories.project("B0101", Shape.CCC), number="2026012202000077"
    )
    client = Client()
    client.force_login(factories.staff(Role.SUPERVISOR))
    assert "2026012202000077" in client.get(reverse("schemes:register")).content.decode()


@pytest.mark.django_db
def test_the_stock_question_is_answered_on_the_certificate_page() -> None:
    held = ccc(factories.organisation(), status="suspended")
    fine = ccc(factories.organisation())
    assert "库存产品怎么办" in Client().get(reverse("portal:certificate", args=[held.token])).content.decode()
    assert "库存产品怎么办" not in Client().get(reverse("portal:certificate", args=[fine.token])).content.decode()


@pytest.mark.django_db
def test_two_editions_side_by_side() -> None:
    load_reference(actor=Actor.system("test"), now=timezone.now())
    found = compared()
    assert (found.newer.code, found.older.code) == ("2024", "2023")
    assert "2501" in dict(found.added)
    assert found.removed == []
    back = compared("2023", "2024")
    assert "2501" in dict(back.removed)
    url = reverse("schemes:catalogue")
    assert Client().get(url).status_code == 200
    assert Client().get(url, {"newer": "2024", "older": "1999"}).status_code == 404


def change(code: str = "2202", day: dt.date | None = None, **more) -> CatalogueChange:
    fields = {"announcement": "示例公告", "kind": "widened", "note": "示例变化", "industries": "C38", "verified": True}
    return CatalogueChange.objects.create(code=code, compulsory_from=day, **{**fields, **more})


@pytest.mark.django_db
def test_who_is_affected_is_told_by_codes_alone() -> None:
    factory, holder, maker, other = (factories.organisation(division_code="520602") for _n in range(4))
    ccc(holder, factory=factory)
    ccc(other, status="revoked")
    factories.certificate(maker, scope_codes=["IAF:19", "GB:C3831"])
    factories.certificate(other, scope_codes=["GB:C15"])
    made = change()
    assert affected_ids(made) == {holder.pk: True, factory.pk: True, maker.pk: False}
    assert [row.sure for row in affected_by(made, "5206")] == [True, True, False]
    assert affected_by(made, "520621") == []
    assert affected_ids(change("2203", kind="removed")) == {}


@pytest.mark.django_db
def test_they_are_reminded_once_and_the_recount_agrees() -> None:
    load_rules(actor=Actor.system("test"), now=timezone.now())
    day = timezone.localdate() + dt.timedelta(days=30)
    firm, person = factories.organisation(division_code="520602"), factories.person()
    maker, second = factories.organisation(division_code="520602"), factories.person()
    factories.member(person, firm)
    factories.member(second, maker)
    ccc(firm)
    factories.certificate(maker, scope_codes=["GB:C38"])
    change(day=day)
    change("2203", day=None)
    plan_reminders()
    plan_reminders(thorough=True)
    told = Reminder.objects.filter(event=EVENT)
    assert {row.recipient_id for row in told} == {person.pk, second.pk}
    assert len({(row.recipient_id, row.channel) for row in told}) == told.count(), "each once on each channel"
    source = source_of(EVENT)
    assert {matter.subject_id for matter in source.recount(day, day)} == {row.subject_id for row in told}
    subjects = source.describe([row.subject_id for row in told])
    assert {subject.holder for subject in subjects.values()} == {firm.name, maker.name}


@pytest.mark.django_db
def test_a_change_is_entered_from_its_announcement() -> None:
    person = factories.staff(Role.SUPERVISOR)
    actor = Actor(str(person), user=person)
    facts = ChangeFacts("示例公告", "2203", "added", D(2030, 1, 1), "示例", "", "C38", verified=True)
    enter_change(actor=actor, now=timezone.now(), facts=facts)
    with pytest.raises(ProblemsFound):
        enter_change(actor=actor, now=timezone.now(), facts=facts)
    unread = ChangeFacts("示例公告", "2204", "added", D(2030, 1, 1), "示例", "", "C38")
    with pytest.raises(ProblemsFound):
        enter_change(actor=actor, now=timezone.now(), facts=unread)
    clerk = factories.staff(Role.WINDOW_CLERK)
    with pytest.raises(Refused):
        enter_change(actor=Actor(str(clerk), user=clerk), now=timezone.now(), facts=facts)
    client = Client()
    client.force_login(person)
    sent = {"announcement": "示例公告二", "code": "22x3", "kind": "added", "note": "示例", "industries": "c38,;"}
    page = client.post(reverse("schemes:change_new"), sent)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"code", "industries"}
    assert client.post(reverse("schemes:change_new"), {**sent, "code": "2205", "industries": "C38"}).status_code == 302


@pytest.mark.django_db
def test_a_branch_sees_its_own_county_only() -> None:
    load_guide(actor=Actor.system("test"), now=timezone.now())
    ccc(factories.organisation("示例·外县玩具厂", division_code="520621"))
    branch = factories.staff(Role.SUPERVISOR, at=factories.unit("branch", "520602"))
    client = Client()
    client.force_login(branch)
    url = reverse("schemes:register")
    for asked in ({}, {"county": "520621"}, {"county": "nowhere"}):
        assert "外县玩具厂" not in client.get(url, asked).content.decode()
