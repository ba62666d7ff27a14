"""The staff pages over HTTP: list, filters, export, file, recording forms, reports of a mismatch."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
import python_calamine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import Role
from apps.accounts.models import User
from apps.audit.models import AuditEntry, PublicFact
from apps.certifications.constants import Status
from apps.certifications.models import Certificate, MismatchReport
from apps.certifications.selectors.staff import SORTS, TABS
from apps.parties.constants import DivisionLevel
from apps.parties.models import Division
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/registry/staff/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def clerk() -> Client:
    return signed_in(factories.staff(Role.WINDOW_CLERK))


@pytest.fixture
def supervisor() -> Client:
    return signed_in(factories.staff(Role.SUPERVISOR))


def today() -> dt.date:
    return timezone.localdate()


def in_days(days: int) -> dt.date:
    return today() + dt.timedelta(days=days)


def numbers(client: Client, **query: Any) -> set[str]:
    response = client.get(LIST, query)
    assert response.status_code == 200
    return {row.number for row in response.context["page"]}


def test_a_county_sees_its_own_and_the_bureau_sees_all(clerk: Client) -> None:
    here = factories.certificate()
    there = factories.certificate(factories.organisation(division_code="520621"))
    nowhere = factories.certificate(factories.organisation(division_code=""))
    elsewhere = factories.certificate(factories.organisation(division_code="110105"))
    assert numbers(clerk) == {here.number, there.number, nowhere.number}
    assert numbers(clerk, tab="outside") == {elsewhere.number}
    assert numbers(clerk, q=elsewhere.number) == {elsewhere.number}
    assert clerk.get(reverse("certifications:staff_file", args=[elsewhere.pk])).status_code == 200
    county = signed_in(factories.staff(Role.OFFICER, at=factories.unit("520621", "520621")))
    assert numbers(county) == numbers(county, q="00126") == {there.number}
    assert numbers(county, tab="outside") == set()
    for hidden in (here, nowhere, elsewhere):
        assert county.get(reverse("certifications:staff_file", args=[hidden.pk])).status_code == 404
    assert county.get(reverse("certifications:staff_file", args=[there.pk])).status_code == 200
    assert clerk.get(reverse("certifications:staff_file", args=[10**12])).status_code == 404


@pytest.fixture
def counties() -> None:
    Division.objects.create(code="520628", name="松桃苗族自治县", level=DivisionLevel.COUNTY)


@pytest.mark.usefixtures("counties")
def test_filters_find_what_they_say(clerk: Client) -> None:
    tea = factories.organisation("示例·江口梵净茶业有限公司", uscc="91520621MA6DL0011J", org_code="MA6DL0011")
    a = factories.certificate(tea, number="Q-1", valid_to=in_days(20))
    b = factories.certificate(number="Q-2", status=Status.SUSPENDED, valid_to=in_days(400))
    c = factories.certificate(number="E-3", project=factories.project("A020101"), valid_to=in_days(-1))
    old = timezone.now() - dt.timedelta(days=31)
    Certificate.objects.filter(pk=b.pk).update(confirmed_at=old, division_code="520628")
    assert numbers(clerk, q="梵净") == {a.number}
    assert numbers(clerk, q="91520621 MA6DL0011 J") == {a.number}
    assert numbers(clerk, q="ｑ-") == {a.number, b.number}
    assert numbers(clerk, status="suspended") == {b.number}
    assert numbers(clerk, status="valid") == {a.number}
    assert numbers(clerk, status="expired") == {c.number}  # the sweep has not been there
    assert numbers(clerk, project="A020101") == {c.number}
    assert numbers(clerk, county="520628") == numbers(clerk, stale="on") == {b.number}
    assert numbers(clerk, within="30") == numbers(clerk, tab="expiring") == {a.number}
    assert numbers(clerk, body=a.body.approval_number.lower()) == {a.number}
    assert numbers(clerk, q="%") == numbers(clerk, q="'; DROP TABLE") == set()


def test_nonsense_in_the_address_is_left_out(clerk: Client) -> None:
    made = factories.certificate()
    junk = {"status": "nonsense", "sort": "1; DROP", "within": "-5", "page": "10000000000", "tab": "x"}
    assert numbers(clerk, **junk) == {made.number}


def test_every_tab_counts_what_it_lists(clerk: Client) -> None:
    factories.certificate(valid_to=in_days(10))
    factories.certificate(status=Status.SUSPENDED)
    factories.certificate(surveillance_due=in_days(-2))
    factories.certificate(confirmed_at=timezone.now() - dt.timedelta(days=99))
    counts = {tab: n for tab, _, n in clerk.get(LIST).context["tabs"]}
    assert counts == {
        "all": 4,
        "expiring": 1,
        "suspended": 1,
        "surveillance": 1,
        "stale": 1,
        "conflict": 0,
        "outside": 0,
    }
    assert all(len(numbers(clerk, tab=tab)) == counts[tab] for tab in TABS)


@pytest.mark.parametrize("sort", [sort for sort in SORTS if sort])
def test_every_order_is_total(clerk: Client, sort: str) -> None:
    for _ in range(3):
        factories.certificate()
    rows = [row.pk for row in clerk.get(LIST, {"sort": sort}).context["page"]]
    assert sorted(rows) == sorted(Certificate.objects.values_list("pk", flat=True))


@pytest.mark.usefixtures("counties")
def test_the_list_costs_the_same_for_one_row_and_for_fifty(clerk: Client, django_assert_max_num_queries: Any) -> None:
    body, project = factories.body(), factories.project()
    for _ in range(30):
        factories.certificate(body=body, project=project)
    with django_assert_max_num_queries(22):
        clerk.get(LIST)


def test_csv_is_the_current_filter_guarded_and_in_the_trail(clerk: Client) -> None:
    evil = factories.certificate(factories.organisation("=HYPERLINK(1)"), number="+1-Q", scope="绿茶\n红茶")
    factories.certificate(number="OTHER")
    response = clerk.post("/registry/staff/export.csv?q=%2B1")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    header, row = list(csv.reader(io.StringIO(text)))
    assert header[0] == "证书编号"
    assert row[:2] == [f"'{evil.number}", "'=HYPERLINK(1)"]
    assert row[15] == "绿茶\n红茶"
    entry = AuditEntry.objects.get(action="certifications.certificate.export")
    assert entry.after == {"rows": 1, "filter": {"text": "+1", "tab": "all"}}


def test_xlsx_has_text_cells_only(clerk: Client) -> None:
    factories.certificate(factories.organisation("@示例"), number="0101")
    response = clerk.post("/registry/staff/export.xlsx")
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content)))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[1][:2] == ["0101", "'@示例"]
    assert all(isinstance(cell, str) for cell in rows[1])


def test_export_is_no_get_and_needs_the_permission(clerk: Client) -> None:
    assert clerk.get("/registry/staff/export.csv").status_code == 405
    assert signed_in(factories.staff(Role.AUDIT_ADMIN)).post("/registry/staff/export.csv").status_code == 403
    assert not AuditEntry.objects.filter(action="certifications.certificate.export").exists()


@pytest.mark.parametrize("verb", ["put", "delete", "patch"])
def test_pages_that_read_refuse_other_verbs(clerk: Client, verb: str) -> None:
    made = factories.certificate()
    assert getattr(clerk, verb)(reverse("certifications:staff_file", args=[made.pk])).status_code == 405
    assert clerk.post(LIST, headers={"X-HTTP-Method-Override": "DELETE"}).status_code == 405


def status_form(certificate: Certificate, **fields: Any) -> dict[str, Any]:
    return {
        "to": "suspended",
        "on": str(in_days(-1)),
        "reason_class": "nonconformity",
        "until": str(in_days(100)),
        "version": certificate.version,
        **fields,
    }


def test_a_suspension_goes_through_the_form_and_stands_on_the_file(supervisor: Client) -> None:
    made = factories.certificate()
    url = reverse("certifications:record_status", args=[made.pk])
    page = supervisor.get(url)
    assert "公开页面立即显示" in page.content.decode()
    response = supervisor.post(url, status_form(made, reason="监督审核未通过"))
    assert response.url == reverse("certifications:staff_file", args=[made.pk])
    text = supervisor.get(response.url).content.decode()
    assert "暂停期间不得使用" in text
    assert "监督审核未通过" in text
    made.refresh_from_db()
    assert made.status == Status.SUSPENDED


def test_a_faulty_form_keeps_its_input_and_names_the_field(supervisor: Client) -> None:
    made = factories.certificate()
    response = supervisor.post(
        reverse("certifications:record_status", args=[made.pk]), status_form(made, until="", reason="原因甲")
    )
    assert response.status_code == 422
    assert response.context["form"].errors["until"]
    assert "原因甲" in response.content.decode()


def test_revoking_twice_answers_409_and_publishes_once(supervisor: Client) -> None:
    made = factories.certificate()
    url = reverse("certifications:record_status", args=[made.pk])
    assert supervisor.post(url, status_form(made, to="revoked")).status_code == 302
    made.refresh_from_db()
    assert supervisor.post(url, status_form(made, to="revoked")).status_code in (409, 422)
    assert PublicFact.objects.count() == 1


def test_somebody_elses_change_is_shown_and_the_second_try_counts(supervisor: Client) -> None:
    made = factories.certificate()
    url = reverse("certifications:record_status", args=[made.pk])
    Certificate.objects.filter(pk=made.pk).update(version=7)
    response = supervisor.post(url, status_form(made))
    assert response.status_code == 409
    assert "他人修改" in response.content.decode()
    assert response.context["form"]["version"].value() == 7
    assert supervisor.post(url, status_form(made, version=7)).status_code == 302


def test_hidden_fields_cannot_smuggle_a_status_or_an_owner(supervisor: Client) -> None:
    made = factories.certificate(scope="绿茶")
    other = factories.organisation()
    url = reverse("certifications:correct", args=[made.pk])
    form = supervisor.get(url).context["form"]
    sent = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    response = supervisor.post(
        url, {**sent, "scope": "红茶", "reason": "原件", "status": "revoked", "holder": other.pk, "body": other.pk}
    )
    assert response.status_code == 302, response.context["form"].errors
    after = Certificate.objects.get(pk=made.pk)
    assert (after.scope, after.status, after.holder, after.body) == ("红茶", Status.VALID, made.holder, made.body)


def test_renewal_proposes_the_period_that_follows(supervisor: Client) -> None:
    project = factories.project()
    project.save()
    made = factories.certificate(valid_to=dt.date(2026, 12, 31))
    form = supervisor.get(reverse("certifications:renew", args=[made.pk])).context["form"]
    assert (form["valid_from"].value(), form["valid_to"].value()) == (dt.date(2027, 1, 1), dt.date(2029, 12, 31))
    response = supervisor.post(
        reverse("certifications:renew", args=[made.pk]),
        {"issued_on": str(in_days(-1)), "valid_from": "2027-01-01", "valid_to": "2029-12-31", "version": 1},
    )
    assert response.status_code == 302
    assert made.periods.count() == 2


def test_surveillance_is_recorded(supervisor: Client) -> None:
    made = factories.certificate(first_issued_on=dt.date(2026, 1, 15))
    sent = {"activity": "第一次监督审核", "on": str(in_days(-3)), "result": "conforming", "version": 1}
    assert supervisor.post(reverse("certifications:surveillance", args=[made.pk]), sent).status_code == 302
    assert made.surveillance.get().activity == "第一次监督审核"


@pytest.mark.parametrize("name", ["record_status", "renew", "surveillance", "correct"])
def test_staff_of_another_county_find_no_form(name: str) -> None:
    made = factories.certificate()
    stranger = signed_in(factories.staff(Role.SUPERVISOR, at=factories.unit("520621", "520621")))
    url = reverse(f"certifications:{name}", args=[made.pk])
    assert stranger.get(url).status_code == stranger.post(url, {}).status_code == 404
    reader = signed_in(factories.staff(Role.REVIEWER))
    assert reader.post(url, {}).status_code == 403


def test_all_four_shapes_have_a_file(supervisor: Client) -> None:
    from apps.certifications.demo.city import Scale, load_city
    from apps.certifications.services.reference import load_reference
    from apps.core.actors import Actor

    load_reference(actor=Actor.system("test"), now=timezone.now())
    load_city(Scale(60, 200, 2, "5206"), seed=3, now=timezone.now(), progress=lambda *counts: None)
    for shape in (1, 2, 3, 4):
        for status in Status:
            made = Certificate.objects.filter(shape=shape, status=status).first()
            if made is not None:
                response = supervisor.get(reverse("certifications:staff_file", args=[made.pk]))
                assert response.status_code == 200
                assert made.number in response.content.decode()


def test_a_hostile_name_is_only_text(supervisor: Client) -> None:
    evil = '<img src=x onerror=alert(1)> {{settings.SECRET_KEY}} hx-get="/x"'
    made = factories.certificate(factories.organisation(evil), scope=evil)
    for url in (LIST, reverse("certifications:staff_file", args=[made.pk])):
        text = supervisor.get(url).content.decode()
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text


def test_a_report_is_listed_answered_and_closed() -> None:
    officer = signed_in(factories.staff(Role.OFFICER))
    made = factories.certificate()
    report = MismatchReport.objects.create(
        certificate=made,
        description="包装上的单位名称不同",
        contact="13800001234",
        receipt="261124-AAAA",
        received_at=timezone.now(),
    )
    assert "261124-AAAA" in officer.get("/registry/mismatches/").content.decode()
    url = reverse("certifications:mismatch", args=[report.pk])
    assert "13800001234" in officer.get(url).content.decode()
    assert officer.post(url, {"answer": " ", "version": 1}).status_code == 422
    assert officer.post(url, {"answer": "经核查属实", "version": 1}).status_code == 302
    assert officer.post(url, {"answer": "再答", "version": 2}).status_code == 409
    assert "261124-AAAA" in officer.get("/registry/mismatches/?state=handled").content.decode()
    stranger = signed_in(factories.staff(Role.OFFICER, at=factories.unit("520621", "520621")))
    assert stranger.get(url).status_code == 404
    assert "261124-AAAA" not in stranger.get("/registry/mismatches/").content.decode()


def test_an_overdue_surveillance_says_what_must_follow(clerk: Client) -> None:
    overdue = factories.certificate(surveillance_due=in_days(-2))
    page = clerk.get(reverse("certifications:staff_file", args=[overdue.pk])).content.decode()
    assert "必须暂停证书并报告" in page
    assert "CNCA-QMS-01:2025" in page
    for made in (
        factories.certificate(surveillance_due=in_days(0)),
        factories.certificate(surveillance_due=in_days(-2), status=Status.SUSPENDED),
    ):
        page = clerk.get(reverse("certifications:staff_file", args=[made.pk])).content.decode()
        assert "必须暂停证书并报告" not in page


@pytest.mark.parametrize("page", ["sites", "detail", "status", "renew", "surveillance", "correct"])
def test_an_empty_post_is_a_faulty_form(client, page: str) -> None:
    client.force_login(factories.staff(Role.WINDOW_CLERK))
    certificate = factories.certificate()
    answer = client.post(f"/registry/staff/{certificate.pk}/{page}/")
    assert answer.status_code in (409, 422)
    assert answer.context["form"].errors


def test_a_report_of_a_mismatch_is_linked_only_for_those_who_handle_it(clerk: Client, supervisor: Client) -> None:
    certificate = factories.certificate()
    report = MismatchReport.objects.create(
        certificate=certificate, description="不符", receipt="261124-7Q4KM2XD", received_at=timezone.now()
    )
    file, link = reverse("certifications:staff_file", args=[certificate.pk]), f"/registry/mismatches/{report.pk}/"
    assert report.receipt in clerk.get(file).text
    assert link not in clerk.get(file).text
    assert link in supervisor.get(file).text
