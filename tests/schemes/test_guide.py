"""The guided choice: codes in, certifications out; the table, its keeping, and the public page."""

import datetime as dt
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from apps.accounts.constants import Role
from apps.audit.models import AuditEntry
from apps.certifications.constants import Shape
from apps.certifications.models import CccDetail
from apps.certifications.selectors.reference import GROUPS
from apps.certifications.services.reference import load_reference, read_rows
from apps.core.actors import Actor
from apps.core.problems import ProblemsFound, Refused, StaleVersion
from apps.schemes.models import CatalogueChange, GuideRule
from apps.schemes.rules.guiding import Answers, Force, GuideRow, Listed, advise
from apps.schemes.selectors.guide import guide_rows, read_data
from apps.schemes.services.guide import GuideFacts, change_guide, guided, load_guide
from tests import factories

D = dt.date
ON = D(2026, 11, 24)
NOW = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
SYSTEM = Actor.system("test")


def row(match: str = "", group: str = "qms", **more) -> GuideRow:
    base = GuideRow("gb", match, "", "", group, 50, 3, 6, "理由", "reason", "依据")
    return replace(base, **more)


def test_the_most_particular_rule_speaks_and_a_code_fits_what_begins_with_it() -> None:
    rows = [row(), row("C1", reason="一"), row("C15", weight=10), row("C15", activity="make", reason="最具体")]
    found = advise(rows, Answers(industry="C15", activity="make"), None)
    assert [(one.group, one.row.reason) for one in found] == [("qms", "最具体")]
    assert advise(rows, Answers(industry="A01"), None)[0].row == rows[0]
    assert advise([row("C15")], Answers(), None) == []


def test_what_the_catalogue_lists_comes_first_whatever_the_table_says() -> None:
    rows = [row(weight=100), row("C24", group="ccc", weight=1)]
    listed = Listed("2201", "童车", "2024", "公告")
    found = advise(rows, Answers(product_code="2201", industry="C24"), listed)
    assert [(one.group, one.force) for one in found] == [("ccc", Force.COMPULSORY), ("qms", Force.USEFUL)]
    found = advise(rows, Answers(industry="C24"), None)
    assert [(one.group, one.force) for one in found] == [("ccc", Force.POSSIBLY), ("qms", Force.USEFUL)]
    assert [one.group for one in advise(rows, Answers(product_code="9999", industry="C24"), None)] == ["qms"]


def test_the_shipped_table_names_what_exists_and_gives_reasons_in_both_languages() -> None:
    industries = {line["code"] for line in read_rows("industries")}
    sectors = {line["code"] for line in read_rows("iaf_sectors")}
    for line in read_data("guide_rules"):
        known = industries if line["system"] == "gb" else sectors
        assert not line["match"] or line["match"] in known
        assert line["group"] in GROUPS
        assert all((line["reason"], line["reason_en"].isascii(), line["basis"]))
    codes = {line["code"] for line in read_rows("catalogue_products")}
    assert {line["code"] for line in read_data("catalogue_changes")} <= codes


@pytest.mark.django_db
def test_compulsory_by_product_code_with_edition_article_and_peers() -> None:
    load_reference(actor=SYSTEM, now=NOW)
    load_guide(actor=SYSTEM, now=NOW)
    firm = factories.organisation(division_code="520602")
    ccc = factories.project("B0101", Shape.CCC)
    held = factories.certificate(firm, shape=Shape.CCC, project=ccc, number="2026012202000001")
    CccDetail.objects.create(certificate=held, product_code="2202")
    factories.certificate(firm, shape=Shape.CCC, project=ccc, number="2026012202000002", status="suspended")
    found = guided(Answers(product_code="2202", activity="make"), "520602", ON)
    assert (found[0].advice.force, found[0].project_code) == (Force.COMPULSORY, "B0101")
    assert (found[0].advice.listed.version, found[0].peers.count) == ("2024", 1)
    assert found[0].peers.named == [(firm.name, held.token)]
    assert guided(Answers(product_code="2202"), "520621", ON)[0].peers.count == 0
    assert guided(Answers(product_code="2501"), "", ON)[0].advice.listed.compulsory_from == D(2026, 8, 1)
    assert guided(Answers(product_code="1121"), "", ON)[0].advice.listed.day_known is False
    early = guided(Answers(product_code="2501"), "", D(2024, 1, 1))
    assert all(one.advice.force != Force.COMPULSORY for one in early), "not in the edition of that day"


@pytest.mark.django_db
def test_a_tea_cooperative_is_shown_organic_and_a_sole_trader_is_masked() -> None:
    load_reference(actor=SYSTEM, now=NOW)
    trader = factories.organisation("示例王小明茶叶商行", kind="sole_trader", division_code="520621")
    organic = factories.project("B0301", Shape.FOOD)
    factories.certificate(trader, shape=Shape.FOOD, project=organic, scope_codes=["GB:A01", "IAF:01"])
    found = guided(Answers(industry="A01", activity="grow"), "520621", ON)
    assert [one.advice.group for one in found][:2] == ["organic", "gap"]
    assert found[0].peers.count == 1
    assert found[0].peers.named[0][0] != trader.name
    with translation.override("en"):
        assert "organic standard" in guided(Answers(industry="A01", activity="grow"), "", ON)[0].reason


@pytest.fixture
def editor() -> Actor:
    person = factories.staff(Role.SUPERVISOR)
    return Actor(str(person), user=person)


FACTS = GuideFacts("gb", "C15", "make", "", "green", 50, 2, 4, "示例理由", "An example", "示例依据")


def green_tea(day: dt.date) -> list[str]:
    return [one.reason for one in guide_rows(day) if (one.group, one.match) == ("green", "C15")]


@pytest.mark.django_db
def test_the_table_is_kept_with_its_past(editor: Actor) -> None:
    load_guide(actor=SYSTEM, now=NOW)
    made = change_guide(actor=editor, now=NOW, on=ON, facts=FACTS)
    assert made in GuideRule.objects.all()
    with pytest.raises(ProblemsFound):
        change_guide(actor=editor, now=NOW, on=ON, facts=FACTS)
    later = D(2026, 12, 1)
    with pytest.raises(StaleVersion):
        change_guide(actor=editor, now=NOW, on=later, facts=FACTS, rule_id=made.pk, version=7)
    changed = change_guide(
        actor=editor, now=NOW, on=later, facts=replace(FACTS, reason="新理由"), rule_id=made.pk, version=1
    )
    reasons = {
        day: [r.reason for r in guide_rows(day) if r.group == "green" and r.match == "C15"] for day in (ON, later)
    }
    assert reasons == {ON: ["示例理由"], later: ["新理由"]}
    change_guide(actor=editor, now=NOW, on=D(2026, 12, 9), facts=None, rule_id=changed.pk, version=1)
    assert green_tea(D(2026, 12, 9)) == []
    with pytest.raises(Refused):
        change_guide(actor=editor, now=NOW, on=D(2026, 12, 9), facts=FACTS, rule_id=changed.pk, version=2)
    assert AuditEntry.objects.filter(action="schemes.guide.change").count() == 3
    before = GuideRule.objects.count()
    load_guide(actor=SYSTEM, now=NOW)
    assert (GuideRule.objects.count(), CatalogueChange.objects.count()) == (before, len(read_data("catalogue_changes")))


@pytest.mark.django_db
def test_what_the_table_refuses(editor: Actor) -> None:
    bad = replace(FACTS, system="iaf", match="C15", months_from=9)
    with pytest.raises(ProblemsFound) as found:
        change_guide(actor=editor, now=NOW, on=ON, facts=bad)
    assert {problem.place for problem in found.value.problems} == {"match", "months_to"}
    clerk = factories.staff(Role.WINDOW_CLERK)
    with pytest.raises(Refused):
        change_guide(actor=Actor(str(clerk), user=clerk), now=NOW, on=ON, facts=FACTS)


@pytest.mark.django_db
def test_a_trial_writes_nothing_and_shows_what_would_change() -> None:
    load_reference(actor=SYSTEM, now=NOW)
    load_guide(actor=SYSTEM, now=NOW)
    client = Client()
    client.force_login(factories.staff(Role.SUPERVISOR))
    rule = GuideRule.objects.get(match="A01", group="organic")
    sent = {name: getattr(rule, name) for name in GuideFacts.__dataclass_fields__ if name != "verified"}
    sent |= {"version": 1, "group": "green", "try-industry": "A01", "try-activity": "grow", "dry": "1"}
    url = reverse("schemes:guide_edit", args=[rule.pk])
    page = client.post(url, sent)
    groups = [[one.advice.group for one in page.context[name]] for name in ("before", "after")]
    assert ("organic" in groups[0], "organic" in groups[1], "green" in groups[1]) == (True, False, True)
    assert GuideRule.objects.get(pk=rule.pk).group == "organic"
    del sent["dry"]
    assert client.post(url, {**sent, "save": "1"}).status_code == 302
    assert client.post(url, {**sent, "save": "1"}).status_code in (404, 409)
    assert client.post(reverse("schemes:guide_new"), {"save": "1"}).status_code == 422


@pytest.mark.django_db
def test_the_public_page_answers_without_sign_in_and_a_firm_finds_its_codes_chosen() -> None:
    load_reference(actor=SYSTEM, now=timezone.now())
    url = reverse("portal:guide")
    assert Client().get(url).status_code == 200
    assert Client().get(url, {"county": "nowhere"}).status_code == 400
    for hostile in ("'; DROP TABLE", "C24\x00", "<script>", "9" * 5000):
        assert Client().get(url, {"industry": hostile}).status_code == 400
    page = Client().get(url, {"product": "2202", "activity": "make"}).content.decode()
    assert "必须办理" in page
    assert "第六十六条" in page
    assert page.index("必须办理") < page.index("自愿")
    firm, person = factories.organisation(division_code="520621"), factories.person()
    factories.member(person, firm)
    factories.certificate(firm, scope_codes=["IAF:03", "GB:C15"])
    client = Client()
    client.force_login(person)
    initial = client.get(url).context["form"].initial
    assert (initial["industry"], initial["sector"]) == ("C15", "03")
