"""Search on real PostgreSQL: both ways find the same rows, pages join without gap or double, filters hold."""

import datetime as dt
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.certifications.constants import Status
from apps.certifications.models import Certificate
from apps.certifications.rules.plan import Way
from apps.certifications.rules.query import Word, read_query
from apps.certifications.selectors.search import COUNTED, Criteria, search, summary
from tests import factories

TODAY = dt.date(2026, 11, 24)
CHARACTERS = "天地玄黄宇宙"
pytestmark = pytest.mark.django_db


def words(*texts):
    return tuple(Word(text) for text in texts)


def found(criteria, way=None, size=100):
    return [c.pk for c in search(criteria, today=TODAY, way=way, size=size).certificates]


@pytest.fixture
def register():
    """120 certificates of random names, scopes, dates (some none) and statuses."""
    chance = random.Random(7)
    body = factories.body("CNCA-R-2020-999")
    for n in range(30):
        holder = factories.organisation("".join(chance.choices(CHARACTERS, k=4)), division_code=f"52060{n % 3}")
        for _ in range(4):
            issued = dt.date(2024, 1, 1) + dt.timedelta(days=chance.randrange(900))
            made = factories.certificate(
                holder,
                body=body,
                scope="".join(chance.choices(CHARACTERS, k=5)),
                issued_on=issued,
                valid_to=issued + dt.timedelta(days=400),
                status=chance.choice(list(Status)),
            )
            if chance.random() < 0.1:
                Certificate.objects.filter(pk=made.pk).update(issued_on=None, valid_from=None)
    return body


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    terms=st.lists(st.text(CHARACTERS, min_size=2, max_size=3), min_size=1, max_size=2),
    status=st.sampled_from(["", *map(str, Status)]),
    division=st.sampled_from(["", "52", "5206", "520601"]),
    oldest=st.booleans(),
)
def test_both_ways_find_the_same_rows_in_the_same_order(register, terms, status, division, oldest):
    criteria = Criteria(words=words(*terms), status=status, division=division, oldest_first=oldest)
    walked, gathered = found(criteria, Way.WALK), found(criteria, Way.GATHER)
    assert walked == gathered == _by_hand(criteria)
    assert summary(criteria, today=TODAY, way=Way.WALK) == summary(criteria, today=TODAY, way=Way.GATHER)


def _by_hand(criteria):
    from apps.certifications.rules import effective_status

    rows = [
        c
        for c in Certificate.objects.select_related("holder")
        if all(w.text in c.holder.search_text or w.text in c.search_text for w in criteria.words)
        and c.division_code.startswith(criteria.division)
        and criteria.status in ("", effective_status(c.status, c.valid_to, TODAY))
    ]
    rows.sort(key=lambda c: (c.listed_on, c.pk), reverse=not criteria.oldest_first)
    return [c.pk for c in rows]


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("oldest", [False, True])
def test_pages_join_forwards_and_backwards(register, way, oldest):
    criteria = Criteria(words=words("天"[:1] + "地"), oldest_first=oldest)
    whole = found(criteria, way)
    assert len(whole) > 7
    seen, cursor, pages = [], None, []
    while True:
        page = search(criteria, today=TODAY, cursor=cursor, size=3, way=way)
        pages.append([c.pk for c in page.certificates])
        seen += pages[-1]
        if page.next is None:
            break
        cursor = page.next
    assert seen == whole
    back = search(criteria, today=TODAY, cursor=page.previous, size=3, way=way)
    assert [c.pk for c in back.certificates] == pages[-2]
    assert back.next is not None


@pytest.mark.parametrize("division", ["5206", "52", "99"])
def test_an_area_is_read_county_by_county_in_one_order(register, division):
    whole = found(Criteria(division=division), size=1000)
    assert whole == _by_hand(Criteria(division=division))
    assert bool(whole) == (division != "99")
    seen, cursor = [], None
    while len(seen) < len(whole):
        page = search(Criteria(division=division), today=TODAY, cursor=cursor, size=7)
        seen += [c.pk for c in page.certificates]
        cursor = page.next
    assert seen == whole


def test_undated_certificates_come_last_and_are_reachable(register):
    everything = found(Criteria(), size=1000)
    assert len(everything) == 120
    undated = set(Certificate.objects.filter(issued_on=None).values_list("pk", flat=True))
    assert undated
    assert set(everything[-len(undated) :]) == undated


def test_expired_includes_what_no_sweep_has_recorded():
    past = factories.certificate(valid_to=dt.date(2026, 11, 23))
    last_day = factories.certificate(valid_to=TODAY)
    assert found(Criteria(status=Status.EXPIRED)) == [past.pk]
    assert found(Criteria(status=Status.VALID)) == [last_day.pk]
    counted = summary(Criteria(), today=TODAY)
    assert counted.statuses == {"expired": 1, "valid": 1}
    assert counted.total == 2
    assert counted.projects == {"A010101": 2}


def test_a_name_of_the_past_finds_the_firm():
    holder = factories.organisation("示例·新名茶业有限公司", search_text="示例新名茶业有限公司\n旧名食品厂")
    holder.search = "'旧名' '名食' '食品' '品厂'"
    holder.save()
    certificate = factories.certificate(holder)
    assert found(Criteria(words=read_query("旧名食品").words)) == [certificate.pk]
    assert found(Criteria(words=read_query("公司旧名").words)) == []  # no match across two names


def test_pinyin_initials_find_the_firm_from_their_beginning():
    holder = factories.organisation(initials="sdhdswkj")
    certificate = factories.certificate(holder)
    for way in Way:
        assert found(Criteria(words=read_query("sdhd").words), way) == [certificate.pk]
        assert found(Criteria(words=read_query("hdsw").words), way) == []


def test_a_word_may_be_in_the_name_and_another_in_the_scope():
    holder = factories.organisation("示例梵净山茶业有限公司")
    certificate = factories.certificate(holder, scope="绿茶的种植与加工")
    factories.certificate(holder, scope="红茶的种植")
    for way in Way:
        assert found(Criteria(words=words("梵净山", "绿茶")), way) == [certificate.pk]
        assert found(Criteria(product=words("绿茶")), way) == [certificate.pk]
        assert found(Criteria(product=words("茶业")), way) == []


def test_a_summary_of_a_frequent_word_says_that_it_is_capped(monkeypatch):
    monkeypatch.setattr("apps.certifications.selectors.search.COUNTED", 3)
    holder = factories.organisation("示例茶业")
    for _ in range(5):
        factories.certificate(holder)
    counted = summary(Criteria(words=words("茶业")), today=TODAY, way=Way.WALK)
    assert (counted.total, counted.capped) == (3, True)
    assert COUNTED == 1_000
