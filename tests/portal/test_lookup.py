"""Lookup over HTTP: what was typed is understood, every state has an address, hostile input gets a reason."""

import datetime as dt
import re

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from apps.certifications.selectors import frequencies, reference
from apps.certifications.selectors.search import SearchTooSlow
from apps.core.calendar import today as date_of
from tests import factories

pytestmark = pytest.mark.django_db
USCC = "91371323760038087M"


@pytest.fixture
def tea():
    """Two certificates of one firm."""
    holder = factories.organisation("示例·泓达生物科技有限公司", uscc=USCC, org_code="760038087", initials="slhdswkj")
    body = factories.body("CNCA-R-2002-002")
    first = factories.certificate(holder, body=body, number="00216Q10097R1S", scope="绿茶的种植与加工")
    second = factories.certificate(
        holder, number="10416Q20770R1S", valid_to=dt.date(2020, 1, 1), issued_on=dt.date(2017, 1, 1)
    )
    return first, second


def look(client, **params):
    return client.get(reverse("portal:lookup"), params)


def numbers(response):
    return re.findall(r'class="code" href="/c/[^"]+">([^<]+)<', response.content.decode())


def test_the_empty_page_explains_and_offers_filters(client):
    response = look(client)
    assert response.status_code == 200
    assert "不需要登录" in response.content.decode()


@pytest.mark.parametrize("typed", ["00216q10097r1s", "００２１６ Q10097 R1S", "00216Q10097R1S "])
def test_a_whole_number_leads_to_its_page(client, tea, typed):
    response = look(client, q=typed)
    assert response.status_code == 302
    assert response.url == reverse("portal:certificate", args=[tea[0].token])


def test_a_token_leads_to_its_page(client, tea):
    assert look(client, q=tea[0].token.lower()).url == reverse("portal:certificate", args=[tea[0].token])


@pytest.mark.parametrize("typed", ["泓达", "示例 泓达", USCC, USCC.lower(), "760038087", "76003808-7", "slhd"])
def test_a_firm_is_found_with_all_its_certificates(client, tea, typed):
    assert numbers(look(client, q=typed)) == ["00216Q10097R1S", "10416Q20770R1S"]


def test_the_beginning_of_a_number_lists_what_begins_so(client, tea):
    assert numbers(look(client, q="00216Q")) == ["00216Q10097R1S"]


def test_a_body_by_its_approval_number(client, tea):
    assert numbers(look(client, q="cnca-r-2002-002")) == ["00216Q10097R1S"]
    assert numbers(look(client, body="CNCA-R-2002-002", status="valid")) == ["00216Q10097R1S"]


def test_one_number_of_two_bodies_is_a_choice(client, tea):
    factories.certificate(number="00216Q10097R1S")
    assert numbers(look(client, q="00216Q10097R1S")) == ["00216Q10097R1S"] * 2


def test_filters_hold_and_facets_lead_on(client, tea):
    assert numbers(look(client, q="泓达", status="expired")) == ["10416Q20770R1S"]
    assert numbers(look(client, q="泓达", product="绿茶")) == ["00216Q10097R1S"]
    assert numbers(look(client, q="泓达", since="2018-01-01", scheme="qms", county="5206")) == ["00216Q10097R1S"]
    page = look(client, q="泓达").content.decode()
    assert "共 2 张" in page
    facet = re.search(r'href="(/lookup/\?q=[^"]*status=expired)"', page)[1].replace("&amp;", "&")
    assert numbers(client.get(facet)) == ["10416Q20770R1S"]


def test_pages_follow_by_cursor(client):
    holder = factories.organisation("示例·很多证书有限公司")
    for n in range(25):
        factories.certificate(holder, number=f"MANY{n:03d}X")
    first = look(client, q="很多证书")
    onward = re.search(r'href="(\?[^"]*after=[^"]*)" rel="next"', first.content.decode())[1].replace("&amp;", "&")
    second = client.get(reverse("portal:lookup") + onward)
    assert len(numbers(first)) == 20
    assert len(numbers(second)) == 5
    assert not set(numbers(first)) & set(numbers(second))
    back = re.search(r'href="(\?[^"]*before=[^"]*)" rel="prev"', second.content.decode())[1].replace("&amp;", "&")
    assert numbers(client.get(reverse("portal:lookup") + back)) == numbers(first)


def test_a_line_escapes_what_a_source_wrote(client):
    holder = factories.organisation('示例·"<b>泓达</b>')
    factories.certificate(holder, number="1<i>&", scope="泓达<script>" + "长" * 80)
    page = look(client, q="泓达").content.decode()
    assert "&lt;b&gt;" in page
    assert "1&lt;i&gt;&amp;" in page
    assert "&lt;script&gt;" in page
    assert re.search("长(…|\\.\\.\\.)<", page)
    assert not any(raw in page for raw in ("<b>泓达", "<i>", "泓达<script>"))


def test_a_line_says_what_it_said_as_a_template(client, tea):
    page = look(client, q="泓达").content.decode()
    line = page.split("<tbody>")[1].split("</tr>")[0]
    cells = re.sub(r"<[^>]+>", " ", line).split()
    assert cells[:3] == ["有效", "00216Q10097R1S", "示例·泓达生物科技有限公司"]
    assert 'data-label="发证日期"' in line
    client.cookies["django_language"] = "en"
    page = look(client, q="泓达").content.decode()
    assert '<td><span lang="zh">示例·泓达生物科技有限公司</span>' in page
    assert '<span class="sub"><span lang="zh">绿茶的种植与加工</span></span>' in page


def test_the_kept_filters_follow_what_they_offer_and_hold_nothing_that_was_asked(client, tea):
    plain = look(client, q="泓达").content.decode()
    asked = look(client, q="泓达", status="expired", product="绿茶", since="2020-01-01").content.decode()
    assert '<option value="expired" selected>' in asked
    assert 'value="绿茶"' in asked
    assert '<details class="panel noprint" open>' in asked
    after = look(client, q="别的").content.decode()
    for page in (plain, after):
        assert '<option value="expired">' in page
        assert " selected>" not in page
        assert '<details class="panel noprint">' in page
        assert "绿茶" not in page.split("</form>")[0]
    code = reference.projects()[0].code
    reference.Project.objects.filter(code=code).update(name="改过的名称")
    assert "改过的名称" not in plain
    reference.projects.forget()
    assert "改过的名称" in look(client).content.decode()


def test_not_found_names_the_sources_and_is_not_forged(client, tea):
    page = look(client, q="没有这家公司").content.decode()
    assert "未查到不等于伪造" in page
    assert "国家平台" in page


@pytest.mark.parametrize(
    ("params", "place"),
    [
        ({"page": "1000000000"}, "page"),
        ({"page_size": "1000000"}, "page_size"),
        ({"q": "茶" * 10_240}, "q"),
        ({"q": "茶"}, "q"),
        ({"q": "茶业", "after": "20261301-1"}, "after"),
        ({"q": "茶业", "after": "20260101-99999999999999999999"}, "after"),
        ({"scheme": "x'; DROP TABLE"}, "scheme"),
        ({"scheme": "\x00"}, "scheme"),
        ({"body": "CNCA-R-2002-999"}, "body"),
        ({"body": "\x00"}, "body"),
        ({"county": "52%"}, "county"),
        ({"status": "' OR 1=1"}, "status"),
        ({"since": "2026-02-30"}, "since"),
        ({"since": "2026-02-03", "until": "2026-02-01"}, "until"),
        ({"sort": "id; --"}, "sort"),
        ({"product": "绿"}, "product"),
    ],
)
def test_hostile_and_faulty_questions_are_refused_with_a_reason(client, tea, params, place):
    """docs/security-attempts.md, 40, 42, 43."""
    response = look(client, **params)
    assert response.status_code == 400
    assert [p.place for p in response.context["problems"]] == [place]
    assert str(response.context["problems"][0].remedy)
    assert client.get(reverse("portal:lookup_summary"), params).status_code == 400


def test_every_problem_is_said_at_once(client):
    assert len(look(client, q="茶", status="x", page="9").context["problems"]) == 3


@pytest.mark.parametrize(
    "typed",
    ["%%", "__", "100%茶", "'; DROP TABLE parties_organisation; --", "(aa+)+", "<script>x</script>", "a\x00b茶业"],
)
def test_wildcards_sql_and_markup_are_only_text(client, tea, typed):
    """Attempts 41, 42, 43, 44."""
    response = look(client, q=typed)
    assert response.status_code == 200
    assert numbers(response) == []
    assert "<script>x" not in response.content.decode()


@pytest.mark.parametrize("typed", ["11010519491231002X", "13812341234"])
def test_a_person_is_never_found(client, tea, typed, django_assert_max_num_queries):
    """Attempt 36: not by an ID number or a telephone that some row may hold."""
    holder = factories.organisation(legal_representative=typed, search_text=f"示例{typed}", org_code=None)
    holder.codes.create(value=typed, source="test", recorded_at=timezone.now())
    factories.certificate(holder, scope=f"联系 {typed}")
    with django_assert_max_num_queries(8):
        response = look(client, q=typed)
    assert response.status_code == 200
    assert numbers(response) == []
    assert "未查到" in response.content.decode()


def test_sole_traders_are_masked_in_lists(client):
    trader = factories.organisation("示例张三丰", kind="sole_trader")
    factories.certificate(trader, scope="手工茶的销售")
    page = look(client, q="手工茶").content.decode()
    assert "张三丰" not in page
    assert "示*" in page


def test_a_frequent_word_counts_later_and_without_script_by_a_link(client, tea, monkeypatch):
    monkeypatch.setattr("apps.certifications.selectors.search._is_cheap", lambda choice: False)
    page = look(client, q="泓达").content.decode()
    link = re.search(r'hx-get="([^"]+)"', page)[1].replace("&amp;", "&")
    assert f'<a href="{link.replace("&", "&amp;")}">' in page
    assert "共 2 张" in client.get(link, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in client.get(link, headers={"HX-Request": "true"}).content.decode()
    assert "<html" in client.get(link).content.decode()


def test_too_slow_asks_for_a_narrower_question(client, tea, monkeypatch):
    def slow(*args, **kwargs):
        raise SearchTooSlow

    monkeypatch.setattr("apps.portal.views.lookup.search", slow)
    response = look(client, q="泓达")
    assert response.status_code == 503
    assert "条件太宽" in response.content.decode()


def test_without_the_database_nothing_is_judged(client, monkeypatch):
    def gone(*args, **kwargs):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("apps.portal.views.lookup.read_question", gone)
    response = look(client, q="泓达")
    assert response.status_code == 503
    assert "暂时无法核验" in response.content.decode()


def test_thirty_a_minute(client, settings):
    """Attempt 35."""
    settings.PUBLIC_BUDGETS = {"lookup": 3, "page": 0}
    assert [look(client).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = look(client)
    assert int(refused.headers["Retry-After"]) > 0
    assert "没有" not in refused.headers.get("Location", "")
    assert "秒后再试" in refused.content.decode()
    forged = client.get(reverse("portal:lookup"), headers={"X-Forwarded-For": "198.51.100.7"})
    assert forged.status_code == 429
    assert look(client, q="泓达").status_code == 429


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_only_reading(client, method):
    """Attempt 12."""
    assert getattr(client, method)(reverse("portal:lookup")).status_code in (403, 405)


def test_statistics_steer_but_do_not_change_the_answer(client, tea, db):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE parties_organisation, certifications_certificate")
    frequencies.statistics.forget()
    assert numbers(look(client, q="泓达")) == ["00216Q10097R1S", "10416Q20770R1S"]
    assert date_of(timezone.now())
