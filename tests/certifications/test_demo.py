"""The demo city is fictional, lawful, searchable, and always the same."""

import datetime as dt
import itertools
import json

import pytest
import rfc8785
from django.db import connection
from stdnum.cn import uscc

from apps.accounts.demo import create_demo_people
from apps.accounts.models import User
from apps.certifications import rules
from apps.certifications.constants import Status
from apps.certifications.demo.city import Scale, load_city
from apps.certifications.demo.people import bind_demo_people
from apps.certifications.demo.vocabulary import counties, short_name
from apps.certifications.models import Certificate, SurveillanceActivity
from apps.certifications.services.facts import certificate_facts, status_facts
from apps.certifications.services.reference import load_reference
from apps.core.actors import Actor
from apps.core.grams import bigrams, fold
from apps.parties.selectors.memberships import organisations_of

NOW = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 24)
SMALL = Scale(organisations=300, certificates=700, bodies=3, prefix="5206")

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    load_reference(actor=Actor.system("test"), now=NOW)
    return load_city(SMALL, seed=7, now=NOW, progress=lambda *counts: None)


def test_the_counts_are_the_ones_ordered(city) -> None:
    assert city["certifications_certificate"] == Certificate.objects.count() == 700
    assert city["parties_organisation"] == 303
    assert city["audit_publicfact"] == city["certifications_statuschange"]


def test_one_seed_makes_one_city(city) -> None:
    def fingerprint() -> str:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT md5(string_agg(number || holder_name || scope || valid_to || status || token, ',' "
                "ORDER BY number)) FROM certifications_certificate"
            )
            return cursor.fetchone()[0]

    first = fingerprint()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in reversed(city):
            if table != "audit_publicfact":
                cursor.execute(
                    f"DELETE FROM {table} WHERE source = 'demo'" if "parties" in table else f"DELETE FROM {table}"
                )
        cursor.execute("ALTER TABLE audit_publicfact DISABLE TRIGGER ALL")
        cursor.execute("DELETE FROM audit_publicfact")
    load_city(SMALL, seed=7, now=NOW, progress=lambda *counts: None)
    assert fingerprint() == first


def test_every_name_is_plainly_fictional_and_every_code_valid(city) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, uscc, org_code, approval_number FROM parties_organisation WHERE source = 'demo'")
        rows = cursor.fetchall()
    assert len({code for _, code, _, _ in rows}) == len(rows) == 303
    for name, code, org_code, approval in rows:
        assert name.startswith("示例")
        assert uscc.is_valid(code)
        assert code[8:17] == org_code
        assert approval is None or approval.startswith("CNCA-R-2026-9")


def test_no_real_body_issued_a_fictional_certificate(city) -> None:
    assert not Certificate.objects.exclude(body__approval_number__startswith="CNCA-R-2026-9").exists()


def test_numbers_and_search_columns_are_those_that_the_services_would_write(city) -> None:
    for certificate in Certificate.objects.all()[:200]:
        assert rules.number_key(certificate.number) == certificate.number_key
        assert fold(certificate.scope) in certificate.search_text
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_text, tsvector_to_array(search) FROM certifications_certificate LIMIT 50")
        assert all(set(bigrams(text)) == set(grams) for text, grams in cursor.fetchall())


def test_every_history_is_lawful_and_ends_in_the_recorded_status(city) -> None:
    for certificate in Certificate.objects.prefetch_related("status_changes", "periods"):
        moves = sorted(certificate.status_changes.all(), key=lambda change: change.n)
        assert [change.n for change in moves] == list(range(1, len(moves) + 1))
        assert all(rules.may_move(change.from_status, change.to_status) for change in moves)
        assert all(a.to_status == b.from_status and a.on <= b.on for a, b in itertools.pairwise(moves))
        assert moves[-1].to_status == certificate.status
        assert moves[-1].on <= TODAY
        periods = sorted(certificate.periods.all(), key=lambda period: period.n)
        assert all(a.valid_to < b.valid_from for a, b in itertools.pairwise(periods))
        assert (periods[-1].valid_from, periods[-1].valid_to) == (certificate.valid_from, certificate.valid_to)
        assert periods[0].valid_from == certificate.first_issued_on


def test_there_is_something_of_everything(city) -> None:
    assert set(Certificate.objects.values_list("status", flat=True)) == set(Status)
    assert Certificate.objects.filter(status=Status.SUSPENDED, suspended_until__gt=TODAY).exists()
    assert Certificate.objects.filter(surveillance_due__lt=TODAY).exists()
    assert {1, 2, 3, 4} == set(Certificate.objects.values_list("shape", flat=True))
    soon = TODAY + dt.timedelta(days=90)
    assert Certificate.objects.filter(status=Status.VALID, valid_to__range=(TODAY, soon)).count() >= 5
    assert SurveillanceActivity.objects.filter(on__lte=TODAY).count() == SurveillanceActivity.objects.count()


def test_public_facts_are_those_that_the_services_would_publish(city) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject_id, n, payload FROM audit_publicfact")
        facts = {(int(subject), n): payload for subject, n, payload in cursor.fetchall()}
    for certificate in Certificate.objects.select_related("body", "holder").prefetch_related("status_changes"):
        payload = json.loads(facts[certificate.pk, 1])
        assert payload["pub"] == {**certificate_facts(certificate), "status": "valid"}
        assert rfc8785.dumps(payload).decode() == facts[certificate.pk, 1]
        for change in certificate.status_changes.filter(n__gt=1):
            later = facts[certificate.pk, change.n]
            assert json.loads(later)["pub"] == status_facts(change)
            assert rfc8785.dumps(json.loads(later)).decode() == later


def test_ids_go_on_after_the_load(city) -> None:
    last = Certificate.objects.order_by("-pk").first()
    assert last is not None
    last.pk, last.number_key, last.token = None, "OTHER", "OTHER"
    last.save(force_insert=True)
    assert last.pk == Certificate.objects.order_by("-pk").values_list("pk", flat=True)[0]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("碧江区", "碧江"),
        ("玉屏侗族自治县", "玉屏"),
        ("印江土家族苗族自治县", "印江"),
        ("沿河土家族自治县", "沿河"),
        ("东莞市", "东莞"),
        ("城区", "城区"),
    ],
)
def test_counties_have_short_names(name: str, short: str) -> None:
    assert short_name(name) == short


def test_the_city_has_ten_counties() -> None:
    assert len(counties("5206")) == 10
    assert len(counties("")) > 2_800


def test_demo_people_act_for_firms_that_have_something_to_do(city) -> None:
    actor = Actor.system("demo_city")
    assert bind_demo_people(actor=actor, now=NOW) == []  # nobody is there yet
    create_demo_people(actor=actor, now=NOW)
    assert len(bind_demo_people(actor=actor, now=NOW)) == 4
    assert bind_demo_people(actor=actor, now=NOW) == []  # once
    manager = User.objects.get(username="enterprise_manager")
    firms = organisations_of(manager, TODAY)
    assert len(firms) == 2
    for firm in firms:
        last_days = Certificate.objects.filter(holder=firm, status=Status.VALID, valid_to__gte=TODAY)
        assert min(last_days.values_list("valid_to", flat=True)) <= TODAY + dt.timedelta(days=45)


def test_some_certificates_are_parts_and_some_are_successors(city) -> None:
    assert Certificate.objects.exclude(predecessor=None).exists()
    for part in Certificate.objects.exclude(main=None):
        assert part.number == f"{part.main.number}-1"
        assert part.holder == part.main.holder
