"""Deadlines on rows: start, pause, resume, extend, stop; what is refused; what the ledger and the trail keep."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import InternalError

from apps.audit.models import AuditEntry
from apps.clock import selectors
from apps.clock.constants import DeadlineState
from apps.clock.models import CalendarDay, Deadline, DeadlineEvent, StatutoryLimit
from apps.clock.services import change_limit, deadlines, edit_day
from apps.core.actors import Actor
from apps.core.problems import ProblemsFound, Refused
from tests.reference import load_calendar

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 12, 1, 9, 0, tzinfo=dt.UTC)
CLERK = Actor(label="示例受理人员")
FILE = {"subject_kind": "file", "subject_id": 7}


@pytest.fixture(autouse=True)
def loaded() -> None:
    load_calendar(2025, 2026, 2027)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def act(what: str, on: str, code: str = "CMA.DECIDE", **more: Any) -> Deadline:
    return getattr(deadlines, what)(actor=CLERK, now=NOW, on=day(on), code=code, **FILE, **more)


def view(on: str, code: str = "CMA.DECIDE") -> selectors.DeadlineView:
    return next(each for each in selectors.deadlines_of("file", 7, on=day(on)) if each.code == code)


def test_a_life_of_a_deadline_with_its_ledger_and_trail() -> None:
    assert act("start", "2026-09-24").due_on == day("2026-10-15")  # ten working days across National Day
    paused = act("pause", "2026-09-29", reason="专家评审", evidence="评审时间告知书")
    assert (paused.state, paused.due_on) == (DeadlineState.PAUSED, None)
    assert act("resume", "2026-10-12").due_on == day("2026-10-22")  # eight were left
    extended = act("extend", "2026-10-20", by_code="CMA.DECIDE.EXTENSION", reason="情况复杂")
    assert extended.due_on == day("2026-11-05")
    ended = act("stop", "2026-11-05")
    assert (ended.state, ended.ended_on, ended.version) == (DeadlineState.MET, day("2026-11-05"), 5)
    told = [(each.kind, each.on.isoformat(), str(each.due_before), str(each.due_after)) for each in ended.events.all()]
    assert told == [
        ("start", "2026-09-24", "None", "2026-10-15"),
        ("pause", "2026-09-29", "2026-10-15", "None"),
        ("resume", "2026-10-12", "None", "2026-10-22"),
        ("extend", "2026-10-20", "2026-10-22", "2026-11-05"),
        ("met", "2026-11-05", "2026-11-05", "2026-11-05"),
    ]
    trail = AuditEntry.objects.filter(subject_kind="file", subject_id="7").order_by("id")
    assert [each.action.rsplit(".", 1)[1] for each in trail] == ["start", "pause", "resume", "extend", "met"]
    assert trail[1].reason == "专家评审"


def test_the_rule_of_the_day_governs() -> None:
    assert act("start", "2026-11-24").limit.value == 10
    old = deadlines.start(
        actor=CLERK, now=NOW, on=day("2025-01-02"), subject_kind="file", subject_id=8, code="CMA.REVIEW"
    )
    assert old.limit.value == 30
    early = selectors.rules_from("CMA.REVIEW", day("2021-05-31"))
    assert [rule.value for rule in early] == [45, 30]


@pytest.mark.parametrize(
    ("first", "then", "code"),
    [
        ([], ("pause", "2026-11-25", {"reason": "x"}), "clock.none"),
        ([], ("stop", "2026-11-25", {}), "clock.none"),
        (["start"], ("resume", "2026-11-25", {}), "clock.not_paused"),
        (["start"], ("start", "2026-11-25", {}), "clock.running"),
        (["start", "pause"], ("pause", "2026-11-26", {"reason": "x"}), "clock.not_running"),
        (["start", "stop"], ("stop", "2026-11-26", {}), "clock.none"),
        (["early"], ("pause", "2026-11-26", {"reason": "x"}), "clock.lapsed"),
        (["early"], ("extend", "2026-11-26", {"reason": "x", "by_code": "CMA.DECIDE.EXTENSION"}), "clock.lapsed"),
    ],
)
def test_what_may_not_be_is_refused(first: list[str], then: tuple[str, str, dict[str, str]], code: str) -> None:
    done = {
        "start": lambda: act("start", "2026-11-24"),
        "early": lambda: act("start", "2026-11-02"),
        "pause": lambda: act("pause", "2026-11-25", reason="x"),
        "stop": lambda: act("stop", "2026-11-25"),
    }
    for name in first:
        done[name]()
    what, on, more = then
    before = DeadlineEvent.objects.count()
    with pytest.raises(Refused) as refused:
        act(what, on, **more)
    assert refused.value.code == code
    assert DeadlineEvent.objects.count() == before


def test_an_extension_is_given_once() -> None:
    act("start", "2026-11-20")
    act("extend", "2026-11-24", by_code="CMA.DECIDE.EXTENSION", reason="情况复杂")
    with pytest.raises(Refused) as refused:
        act("extend", "2026-11-25", by_code="CMA.DECIDE.EXTENSION", reason="再次")
    assert refused.value.code == "clock.extended_already"


@pytest.mark.parametrize(
    ("what", "on", "more", "places"),
    [
        ("start", "2026-12-02", {}, {"on"}),
        ("start", "2000-01-01", {}, {"code"}),
        ("pause", "2026-11-25", {"reason": " "}, {"reason"}),
        ("pause", "2026-11-23", {"reason": "x"}, {"on"}),
        ("extend", "2026-11-25", {"reason": "", "by_code": "NONE"}, {"code", "reason"}),
    ],
)
def test_faulty_input_names_its_place(what: str, on: str, more: dict[str, str], places: set[str]) -> None:
    if what != "start":
        act("start", "2026-11-24")
    with pytest.raises(ProblemsFound) as found:
        act(what, on, **more)
    assert {problem.place for problem in found.value.problems} == places


def test_a_missing_year_blocks_and_says_which_day() -> None:
    CalendarDay.objects.filter(date__year=2027).delete()
    with pytest.raises(ProblemsFound) as found:
        act("start", "2026-11-20", "CMA.REVIEW")
    assert found.value.problems[0].value == "2027-01-01"
    assert not Deadline.objects.exists()


def test_a_year_not_announced_is_provisional() -> None:
    assert act("start", "2026-11-30", "CMA.REVIEW").provisional is True
    assert "暂定" not in view("2026-12-01", "CMA.REVIEW").text
    assert view("2026-12-01", "CMA.REVIEW").provisional is True


def test_done_too_late_is_lapsed_and_done() -> None:
    act("start", "2026-11-02")  # ten working days: 16 November
    ended = act("stop", "2026-11-18")
    assert (ended.state, ended.ended_on) == (DeadlineState.LAPSED, day("2026-11-18"))
    assert [each.kind for each in ended.events.order_by("n")] == ["start", "lapse", "met"]
    assert view("2026-12-01").text == "已完成，逾期 2 个工作日"


def test_withdrawn_while_paused() -> None:
    act("start", "2026-11-24")
    act("pause", "2026-11-25", reason="等待补正")
    ended = act("stop", "2026-11-26", outcome="withdrawn", reason="申请人撤回")
    assert (ended.state, ended.due_on) == (DeadlineState.WITHDRAWN, None)
    assert act("start", "2026-11-27").pk != ended.pk


def test_an_edited_day_recounts_what_runs_through_it_and_nothing_else() -> None:
    through, after = act("start", "2026-11-16"), act("start", "2026-11-27", "CMA.ISSUE")
    ended = act("start", "2026-11-16", "CMA.ACCEPT")
    act("stop", "2026-11-17", "CMA.ACCEPT")
    edited = CalendarDay.objects.get(date="2026-11-25")
    edit_day(
        actor=CLERK,
        day=edited,
        kind="holiday",
        name="示例节",
        notice="示例〔2026〕1号",
        version=1,
        reason="临时放假",
        now=NOW,
        allow=lambda actor: None,
    )
    assert (through.due_on, Deadline.objects.get(pk=through.pk).due_on) == (day("2026-11-30"), day("2026-12-01"))
    assert Deadline.objects.get(pk=after.pk).due_on == after.due_on
    assert Deadline.objects.get(pk=ended.pk).due_on == ended.due_on
    event = through.events.get(kind="recompute")
    assert (event.due_before, event.due_after) == (day("2026-11-30"), day("2026-12-01"))
    assert "临时放假" in event.reason
    assert list(selectors.disagreeing()) == []


@pytest.mark.parametrize(("running", "due"), [(True, "2026-12-07"), (False, "2026-11-30")])
def test_a_changed_limit_reaches_what_is_running_only_if_it_says_so(running: bool, due: str) -> None:
    act("start", "2026-11-16")
    old = StatutoryLimit.objects.get(code="CMA.DECIDE", effective_to=None)
    change_limit(
        actor=CLERK,
        limit=old,
        value=15,
        effective_from=day("2026-11-20"),
        article="示例",
        consequence="",
        version=1,
        now=NOW,
        allow=lambda actor: None,
        applies_to_running=running,
    )
    found = Deadline.objects.get()
    assert (found.due_on, found.limit.value) == (day(due), 15 if running else 10)
    assert list(selectors.disagreeing()) == []


def test_the_reconcile_finds_a_day_that_somebody_wrote() -> None:
    found = act("start", "2026-11-24")
    Deadline.objects.filter(pk=found.pk).update(due_on="2027-01-01")
    assert [each.pk for each in selectors.disagreeing()] == [found.pk]


def test_many_are_recounted_alike() -> None:
    for n in range(30):
        on = day("2026-11-16") + dt.timedelta(days=n % 5)
        deadlines.start(actor=CLERK, now=NOW, on=on, subject_kind="file", subject_id=n, code="CMA.DECIDE")
    assert list(selectors.disagreeing()) == []


def test_the_ledger_only_grows() -> None:
    act("start", "2026-11-24")
    with pytest.raises((InternalError, Exception), match="append-only"), transaction.atomic():
        DeadlineEvent.objects.update(reason="x")


def test_the_database_knows_the_states() -> None:
    found = act("start", "2026-11-24")
    for wrong in ({"due_on": None}, {"state": "paused"}, {"state": "met"}, {"ended_on": "2026-11-25"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Deadline.objects.filter(pk=found.pk).update(**wrong)


def test_views_of_many_subjects_take_three_queries(django_assert_num_queries) -> None:
    for n in range(5):
        for code in ("CMA.DECIDE", "CMA.REVIEW"):
            deadlines.start(actor=CLERK, now=NOW, on=day("2026-11-24"), subject_kind="file", subject_id=n, code=code)
    deadlines.pause(
        actor=CLERK, now=NOW, on=day("2026-11-25"), subject_kind="file", subject_id=1, code="CMA.REVIEW", reason="x"
    )
    with django_assert_num_queries(3):
        found = selectors.running("file", range(10), on=day("2026-11-26"))
    assert sorted(found) == [0, 1, 2, 3, 4]
    assert [each.code for each in found[0]] == ["CMA.DECIDE", "CMA.REVIEW"]
    assert found[1][1].paused_since == day("2026-11-25")
    assert selectors.earliest_due("file", 0) == found[0][0].due_on
    assert selectors.earliest_due("file", 99) is None
