"""What a deadline says, in both languages, with its colour, on screen and on paper."""

import pytest
from django.template import Context, Template
from django.utils import translation

from apps.clock import selectors
from apps.clock.constants import DeadlineState, LimitUnit
from apps.clock.wording import Standing, level_of, sentence
from tests.clock.conftest import act, day, started

WD, CD = LimitUnit.WORKING_DAY, LimitUnit.CALENDAR_DAY
RUNNING, PAUSED, LAPSED = DeadlineState.RUNNING, DeadlineState.PAUSED, DeadlineState.LAPSED
MONDAY, FRIDAY = day("2026-11-23"), day("2026-11-27")
CASES = [
    (Standing(RUNNING, WD, 3, MONDAY, FRIDAY), "余 3 个工作日", "3 working days left", "ok"),
    (Standing(RUNNING, WD, 1, MONDAY, FRIDAY), "余 1 个工作日", "1 working day left", "due"),
    (Standing(RUNNING, CD, 12, MONDAY, FRIDAY), "余 12 天", "12 days left", "ok"),
    (Standing(RUNNING, WD, 0, FRIDAY, FRIDAY), "今日到期", "Due today", "due"),
    (Standing(RUNNING, WD, -2, FRIDAY, MONDAY), "逾期 2 个工作日", "2 working days overdue", "over"),
    (Standing(LAPSED, CD, -1, FRIDAY, MONDAY), "逾期 1 天", "1 day overdue", "over"),
    (Standing(RUNNING, WD, 0, day("2026-11-28"), FRIDAY), "已逾期", "Overdue", "over"),
    (Standing(PAUSED, WD, 4, MONDAY, FRIDAY), "已中止，余 4 个工作日", "Paused, 4 working days left", "ok"),
    (
        Standing(LAPSED, WD, -2, FRIDAY, MONDAY, ended=True),
        "已完成，逾期 2 个工作日",
        "Done, 2 working days overdue",
        "over",
    ),
    (Standing(DeadlineState.MET, WD, 2, MONDAY, FRIDAY, ended=True), "按期完成", "Done in time", "ok"),
    (Standing(DeadlineState.WITHDRAWN, WD, 2, MONDAY, FRIDAY, ended=True), "已终止计时", "Clock ended", "ok"),
    (
        Standing(RUNNING, WD, 0, MONDAY, FRIDAY, missing=True),
        "2026-11-27 到期，工作日历不全",
        "Due 2026-11-27; the calendar is incomplete",
        "due",
    ),
]


@pytest.mark.parametrize(("standing", "chinese", "english", "level"), CASES)
def test_sentence_and_colour(standing: Standing, chinese: str, english: str, level: str) -> None:
    with translation.override("zh-hans"):
        assert sentence(standing) == chinese
    with translation.override("en"):
        assert sentence(standing) == english
    assert level_of(standing, 10 if standing.unit == WD else 30) == level


@pytest.mark.parametrize(("remaining", "total", "level"), [(5, 20, "ok"), (4, 20, "due"), (2, 5, "ok"), (1, 5, "due")])
def test_the_last_fifth_calls_for_attention(remaining: int, total: int, level: str) -> None:
    assert level_of(Standing(RUNNING, WD, remaining, MONDAY, FRIDAY), total) == level


def render(template: str, **context: object) -> str:
    return Template("{% load clock %}" + template).render(Context(context))


@pytest.mark.django_db
@pytest.mark.usefixtures("loaded_calendar")
class TestOnAPage:
    def test_the_chip_says_word_colour_and_article(self) -> None:
        started("2026-11-23")
        (view,) = selectors.deadlines_of("file", 7, on=day("2026-11-25"))
        html = render("{% deadline view %}", view=view)
        assert 'class="chip ok"' in html
        assert "余 3 个工作日" in html
        assert "《行政许可法》第三十二条" in html
        assert "2026-11-30" in html

    def test_a_paused_chip_rests(self) -> None:
        started("2026-11-23")
        act("pause", "2026-11-25", reason="等待补正", evidence="补正告知书")
        (view,) = selectors.deadlines_of("file", 7, on=day("2026-12-01"))
        assert (view.remaining, view.level, view.paused_since) == (3, "ok", day("2026-11-25"))
        assert 'class="chip wait"' in render("{% deadline view %}", view=view)

    def test_provisional_is_said(self) -> None:
        started("2026-11-30", "CMA.REVIEW")
        (view,) = selectors.deadlines_of("file", 7, on=day("2026-12-01"))
        assert "（暂定）" in render("{% deadline view %}", view=view)

    def test_the_ledger_tells_the_story_and_escapes_it(self) -> None:
        started("2026-11-23")
        act("pause", "2026-11-25", reason="<script>alert(1)</script>", evidence="补正告知书")
        act("resume", "2026-11-27")
        deadlines = selectors.deadlines_of("file", 7, on=day("2026-11-27"))
        html = render('{% include "clock/_ledger.html" %}', deadlines=deadlines, staff=True)
        assert "示例受理人员" not in render('{% include "clock/_ledger.html" %}', deadlines=deadlines)
        for text in (
            "行政许可法",
            "中止计时",
            "恢复计时",
            "补正告知书",
            "示例受理人员",
            "2026-12-02",
            "&lt;script&gt;",
        ):
            assert text in html, text
        assert "<script>" not in html

    def test_an_empty_ledger_says_so(self) -> None:
        assert "没有正在计算的期限" in render('{% include "clock/_ledger.html" %}', deadlines=[])
