"""Does it cover this product, this site, on this day? Yes and no only where the certificate says so."""

import datetime as dt

import pytest

from apps.certifications.rules.coverage import Answer, Covered, covers, overall

TODAY = dt.date(2026, 11, 24)
TEA = Covered(
    listed=["绿茶", "红茶"],
    prose=["绿茶、红茶的种植与加工"],
    sites=["示例基地 铜仁市江口县双江街道1号"],
    moves=[(dt.date(2026, 3, 18), "valid"), (dt.date(2026, 9, 1), "suspended"), (dt.date(2026, 10, 1), "valid")],
    periods=[(dt.date(2026, 3, 18), dt.date(2027, 3, 17))],
    status_names={"suspended": "暂停", "expired": "过期失效"},
)


def answers(certificate, **asked):
    return {f.criterion: f.answer for f in covers(certificate, **asked, today=TODAY)}


def test_everything_holds():
    found = covers(TEA, product="绿 茶", site="江口县双江街道1号", day=dt.date(2026, 4, 1), today=TODAY)
    assert overall(found) == Answer.YES
    assert found[0].text == "绿茶"
    assert "2026-03-18 – 2027-03-17" in found[2].text


@pytest.mark.parametrize(
    ("product", "expected"),
    [("红茶", Answer.YES), ("矿泉水", Answer.NO), ("翠峰牌绿茶", Answer.CANNOT_TELL)],
)
def test_a_list_of_products_is_exhaustive(product, expected):
    assert answers(TEA, product=product)["product"] == expected


def test_prose_can_show_a_yes_but_never_a_no():
    prose = Covered(prose=["机械设备的设计和生产"], periods=TEA.periods, moves=TEA.moves)
    assert answers(prose, product="机械设备")["product"] == Answer.YES
    assert answers(prose, product="水泵")["product"] == Answer.CANNOT_TELL
    assert answers(Covered(), product="水泵")["product"] == Answer.CANNOT_TELL


@pytest.mark.parametrize(
    ("site", "expected"),
    [("江口县双江街道1号", Answer.YES), ("江口县双江街道2号", Answer.CANNOT_TELL), ("北京市", Answer.NO)],
)
def test_sites_are_exhaustive_where_they_are_listed(site, expected):
    assert answers(TEA, site=site)["site"] == expected
    assert answers(Covered(), site=site)["site"] == Answer.CANNOT_TELL


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(2026, 3, 17), Answer.NO),
        (dt.date(2026, 3, 18), Answer.YES),
        (dt.date(2026, 9, 15), Answer.NO),
        (dt.date(2026, 11, 24), Answer.YES),
        (dt.date(2027, 1, 1), Answer.CANNOT_TELL),
        (dt.date(2027, 3, 18), Answer.NO),
    ],
)
def test_the_day_follows_the_history(day, expected):
    found = covers(TEA, day=day, today=TODAY)[-1]
    assert found.answer == expected
    if day == dt.date(2026, 9, 15):
        assert "暂停" in found.reason


def test_one_no_is_enough_and_doubt_is_said():
    assert overall(covers(TEA, product="绿茶", site="北京市", today=TODAY)) == Answer.NO
    assert overall(covers(TEA, product="翠峰牌绿茶", today=TODAY)) == Answer.CANNOT_TELL
