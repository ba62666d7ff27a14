"""Who may test what: the reading of questions, both ways of finding, and the public pages."""

import pytest
from django.db import transaction
from django.urls import reverse

from apps.clock.services import load_calendar
from apps.core.grams import short_query_literal, short_vector_literal
from apps.institutions.licence_constants import Cause
from apps.institutions.rules.asking import ask
from apps.institutions.selectors import capabilities
from apps.institutions.selectors.capabilities import who_may_test
from apps.institutions.services.licence_life import Decision, revoke
from apps.institutions.services.people import appoint
from apps.parties.services.bans import record_ban
from tests import factories
from tests.institutions.house import NOW, SYSTEM, TODAY, browse, call, lab, post_facts, rules
from tests.institutions.lifework import held
from tests.institutions.sheets import as_csv, row
from tests.institutions.test_scopes import approve, take_in


def test_single_characters_are_words_letters_are_not() -> None:
    assert short_vector_literal("铅迁移") == "'铅' '迁' '移' '铅迁' '迁移'"
    assert short_query_literal("铅") == "'铅'"
    assert short_query_literal("铅迁移") == "'铅迁' & '迁移'"
    assert short_query_literal("a") == ""
    assert "'g'" not in short_vector_literal("gb水")


def test_a_question_is_read() -> None:
    asked = ask(q="谁能检 玩具  铅 玩具", standard="GB 6675.4")
    assert asked.words == ("玩具", "铅")
    assert asked.standard == "gb66754"
    assert ask(q="%_'\\ ; --").literal == ""
    assert len(ask(q=" ".join(f"词{n}" for n in range(50))).words) == 6
    assert len(ask(q="长" * 5000).words[0]) == 60


@pytest.fixture
def labs(settings, tmp_path, db):
    """Two institutions of Bijiang and one of Jiangkou."""
    settings.MEDIA_ROOT = tmp_path
    made = []
    for division, rows in (
        ("520602", [row(), row(parameter="镉")]),
        ("520621", [row(parameter="铅含量", object="儿童玩具"), row(object="大米", parameter="铅", title="")]),
        ("520602", [row(object="大米", parameter="镉", title="")]),
    ):
        institution, user = lab(organisation_fields={"division_code": division})
        approve(take_in(institution, user, as_csv(rows)).made)
        made.append(institution)
    return made


def test_who_may_test_says_that_a_licence_is_revoked(labs, client) -> None:
    """The scope stays on record; whoever looks for a laboratory sees the licence as it stands, not as it was copied."""
    licence = held(labs[0].organisation, number="262412009999")
    page = reverse("portal:testing")
    asked = {"q": "玩具 铅", "division": "5206"}
    body = client.get(page, asked).content.decode()
    assert "262412009999" in body
    assert "已被撤销" not in body
    decision = Decision(cause=Cause.FRAUD, decided_by="示例局", number="示撤〔2026〕9号", on=TODAY, reason="虚假材料")
    load_calendar(actor=SYSTEM, years=[2026], now=NOW)
    with transaction.atomic():
        revoke(actor=SYSTEM, now=NOW, licence_id=licence.pk, decision=decision)
    assert "已被撤销" in client.get(page, asked).content.decode()
    rows = client.get(reverse("institutions_api:capabilities"), asked).json()["results"]
    assert [row["institution"]["licence"] for row in rows] == ["revoked", "unknown"]


@pytest.mark.parametrize("gathered", [30_000.0, -1.0])
@pytest.mark.parametrize(
    ("question", "found"),
    [
        ({"q": "玩具 铅"}, [0, 1]),
        ({"q": "谁能检 玩具 铅", "division": "5206"}, [0, 1]),
        ({"q": "玩具 铅", "division": "520621"}, [1]),
        ({"q": "铅"}, [0, 1]),
        ({"q": "大米"}, [1, 2]),
        ({"object": "大米", "parameter": "铅"}, [1]),
        ({"standard": "GB 6675.4", "object": "大米"}, [1, 2]),
        ({"q": "镉", "field": "10"}, [0, 2]),
        ({"q": "镉", "field": "00"}, []),
        ({"q": "铅 镉"}, []),
        ({"q": "汞"}, []),
        ({"q": "玩具", "division": "44"}, []),
        ({"q": "x"}, []),
        ({"q": ""}, []),
        ({"division": "52"}, []),
    ],
)
def test_both_ways_find_the_same(labs, monkeypatch, gathered: float, question: dict, found: list) -> None:
    monkeypatch.setattr(capabilities, "GATHERED", gathered)
    answer = who_may_test(ask(**question))
    assert [each.institution.pk for each in answer.holders] == [labs[n].pk for n in found]
    assert answer.total == (len(found) if gathered > 0 or not answer.capabilities else None)


def test_pages_go_on_where_the_last_one_ended(labs) -> None:
    first, second = (who_may_test(ask(q="铅"), page=n, size=1) for n in (1, 2))
    assert [a.holders[0].institution.pk for a in (first, second)] == [labs[0].pk, labs[1].pk]
    assert (first.more, first.total, second.more) == (True, 2, False)
    assert first.holders[0].matches == 1
    assert who_may_test(ask(q="铅"), page=10**9, size=1).holders == []


def test_the_number_of_queries_does_not_grow(labs, counted) -> None:
    with counted() as queries:
        who_may_test(ask(q="铅"))
    assert len(queries) <= 9  # savepoint, timeout, dictionary, holders, lines, texts, institutions


class TestTestingPage:
    def test_an_answer(self, labs, client) -> None:
        page = client.get(reverse("portal:testing"), {"q": "谁能检 玩具 铅", "division": "52"}).content.decode()
        assert labs[0].organisation.name in page
        assert reverse("portal:institution", args=[labs[0].token]) in page
        assert labs[2].organisation.name not in page

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ({}, 200),
            ({"q": "' OR 1=1 --"}, 200),
            ({"q": "\x00"}, 200),  # read as the mark of the unreadable, which nobody tests
            ({"q": "x" * 5000}, 400),
            ({"q": "铅", "page": "99999999"}, 400),
            ({"q": "铅", "page": "x"}, 400),
            ({"q": "铅", "division": "' OR 1=1"}, 400),
            ({"q": "%", "object": "_"}, 200),
        ],
    )
    def test_hostile_questions(self, labs, client, query: dict, status: int) -> None:
        assert client.get(reverse("portal:testing"), query).status_code == status


class TestInstitutionPage:
    def test_what_is_shown_and_what_is_masked(self, labs, client) -> None:
        rules()
        made = labs[0]
        appoint(**call(None), institution_id=made.pk, facts=post_facts(name="张三丰"))
        appoint(**call(None), institution_id=made.pk, facts=post_facts(name="李四光", position="quality_head"))
        page = client.get(reverse("portal:institution", args=[made.token])).content.decode()
        assert "张三丰" in page  # the certificate shows signatories
        assert "李*" in page
        assert "李四光" not in page
        assert "铅迁移量" in page
        assert "522*" not in page
        assert "镉" not in client.get(reverse("portal:institution", args=[made.token]), {"q": "铅"}).content.decode()

    def test_a_barred_signatory_and_a_barred_institution(self, labs, client) -> None:
        made, facts = labs[0], post_facts(name="张三丰")
        appoint(**call(None), institution_id=made.pk, facts=facts)
        record_ban(actor=SYSTEM, now=NOW, facts=factories.ban_facts(id_number=facts.id_number, person_name="张三丰"))
        assert "张三丰" not in client.get(reverse("portal:institution", args=[made.token])).content.decode()

    def test_permalinks(self, labs, client) -> None:
        token = labs[0].token
        spoken = f"{token[:4]}-{token[4:8]}-{token[8:]}".lower()
        answer = client.get(reverse("portal:institution", args=[spoken]))
        assert answer.headers["Location"] == reverse("portal:institution", args=[token])
        assert client.get(reverse("portal:institution", args=["7Q4KM2XD9A1B"])).status_code == 404
        assert client.get(reverse("portal:institution_qr", args=[token])).headers["Content-Type"] == "image/svg+xml"

    def test_the_certificate_is_valid_expired_or_unknown(self, labs, client) -> None:
        made = labs[0]
        address = reverse("portal:institution", args=[made.token])
        assert "没有该机构资质认定证书的信息" in client.get(address).content.decode()
        made.cma_number, made.cma_from, made.cma_to = "252400050123", TODAY, TODAY
        made.save()
        assert "证书在有效期内" in client.get(address).content.decode()
        made.cma_to = TODAY.replace(year=TODAY.year - 1)
        made.save()
        assert "已过有效期" in client.get(address).content.decode()
        assert browse(None).post(address).status_code == 405
