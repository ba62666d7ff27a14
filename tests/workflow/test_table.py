"""What is proved of a table before it runs."""

from dataclasses import replace

import pytest

from apps.workflow.process import APPLICANT, CLOCK, Process, State, Step
from apps.workflow.rules import barred_by, check_process, desk_of, neighbours, texts_of
from tests.workflow.table import APPROVER, CLERK, REVIEWER, SAMPLE


def changed(code: str, **columns: object) -> Process:
    """The sample with one step changed."""
    return with_steps([replace(step, **columns) if step.code == code else step for step in SAMPLE.steps])


def with_steps(steps: list[Step]) -> Process:
    return replace(SAMPLE, steps=tuple(steps))


def without(code: str) -> Process:
    return with_steps([step for step in SAMPLE.steps if step.code != code])


def test_the_sample_is_sound() -> None:
    assert check_process(SAMPLE) == []


@pytest.mark.parametrize(
    ("process", "fault"),
    [
        (replace(SAMPLE, states=(*SAMPLE.states, State("draft", "又一个"))), "two states are called 'draft'"),
        (with_steps([*SAMPLE.steps, SAMPLE.steps[0]]), "two steps are called 'submit'"),
        (replace(SAMPLE, start="nowhere"), "the start 'nowhere' is no state"),
        (changed("accept", target="limbo"), "step 'accept' names the unknown state 'limbo'"),
        (changed("grant", apart_from=frozenset({"x"})), "step 'grant' stands apart from the unknown 'x'"),
        (replace(SAMPLE, states=(*SAMPLE.states, State("lost", "失联"))), "state 'lost' is never reached"),
        (changed("withdraw", sources=("granted",)), "step 'withdraw' leaves the final state 'granted'"),
        (changed("correct", target="refused"), "state 'correction' is never reached"),
        (
            with_steps([s for s in SAMPLE.steps if "correction" not in s.sources]),
            "state 'correction' has no exit and is not final",
        ),
        (changed("accept", by=("janitor",)), "step 'accept' is taken by the unknown 'janitor'"),
        (changed("accept", by=()), "nobody may take step 'accept'"),
        (changed("accept", by=(CLERK, APPLICANT)), "step 'accept' mixes staff with the applicant or the clock"),
        (changed("accept", tells=("everybody",)), "step 'accept' tells the unknown 'everybody'"),
        (
            changed("accept", from_receipt=True),
            "step 'accept' counts from a receipt, and no limit lapses or begins by it",
        ),
        (changed("deem", basis=""), "step 'deem' happens by law and names no article"),
        (
            changed("accept", by=(CLOCK,)),
            "step 'accept': a step by the clock names the limit that lapses, and no other step does",
        ),
        (changed("grant", apart_from=frozenset()), "whoever took 'accept' could decide by 'grant'"),
        (changed("withdraw", decides=True), "step 'withdraw' decides and is not taken by staff"),
        (changed("submit", starts=()), "step 'accept' uses the limit 'CMA.ACCEPT', which never runs"),
        (changed("correct", pauses=()), "step 'answer' resumes 'CMA.ACCEPT', which never rests"),
        (changed("grant", message=""), "message of grant has no text"),
        (changed("grant", label=" "), "step grant has no text"),
    ],
)
def test_each_fault_is_named(process: Process, fault: str) -> None:
    assert fault in check_process(process)


def test_a_ring_without_an_end_is_found() -> None:
    ring = with_steps([s for s in SAMPLE.steps if s.code not in {"grant", "refuse", "withdraw"}])
    assert "no end can be reached from state 'draft'" in check_process(ring)


def test_neighbours_are_the_next_staff_steps_of_another_duty() -> None:
    assert neighbours(SAMPLE, SAMPLE.step("conclude")) == {"accept", "correct", "return", "grant", "refuse"}
    assert neighbours(SAMPLE, SAMPLE.step("submit")) == frozenset()


def test_one_duty_is_not_parted_from_itself() -> None:
    assert "correct" not in barred_by(SAMPLE, SAMPLE.step("accept"))


def test_apart_from_holds_both_ways() -> None:
    assert "grant" in barred_by(SAMPLE, SAMPLE.step("accept"))


def test_the_desk_of_a_status() -> None:
    assert [desk_of(SAMPLE, status) for status in ("draft", "submitted", "accepted", "concluded", "granted")] == [
        frozenset(),
        {CLERK},
        {REVIEWER},
        {APPROVER},
        frozenset(),
    ]


def test_every_text_is_listed() -> None:
    places = [place for place, _text in texts_of(SAMPLE)]
    assert {"process", "matter first", "state granted", "step grant", "message of grant"} <= set(places)
    assert "consequence of grant" in places
    assert "consequence of accept" not in places
