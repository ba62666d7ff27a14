"""Silence is acceptance from the receipt of the materials on (Administrative Licensing Law, art. 32): golden cases.

The last days were counted by hand on the calendar of 2026 (国办发明电〔2025〕7号): five working days to answer, thirty
for the review. After a correction the materials are complete, and received, on the day on which it was answered.
"""

import datetime as dt
from typing import NamedTuple

import pytest

from apps.accounts.constants import Role
from apps.clock.models import Deadline
from apps.clock.services import sweep
from apps.core.actors import Actor
from apps.core.calendar import SHANGHAI
from tests.institutions.casework import Case, prepare

pytestmark = pytest.mark.django_db


class Golden(NamedTuple):
    """`told` and `answered`: of the one-off correction. `answer_by`: last day to accept; `review_by`: of the review."""

    name: str
    submitted: str
    told: str
    answered: str
    answer_by: str
    review_by: str


GOLDEN = [
    Golden("an ordinary week, Qingming in the review", "03-02", "", "", "03-09", "04-14"),
    Golden("received on a Sunday", "03-01", "", "", "03-06", "04-13"),
    Golden("across Spring Festival and its make-up Saturdays", "02-11", "", "", "02-25", "03-31"),
    Golden("received on the last make-up day before the festival", "02-14", "", "", "02-28", "04-03"),
    Golden("corrected after two days", "03-02", "03-04", "03-20", "03-25", "05-07"),
    Golden("corrected on the day of receipt", "03-02", "03-02", "03-20", "03-27", "05-07"),
    Golden("corrected on the last day: one day is left to answer", "03-02", "03-09", "03-20", "03-20", "05-07"),
    Golden("told and answered on one day", "03-02", "03-04", "03-04", "03-09", "04-16"),
    Golden("answered in the holidays of October", "09-21", "09-23", "10-03", "10-10", "11-17"),
]


def on(day: str, hour: int = 10) -> dt.datetime:
    return dt.datetime.combine(dt.date.fromisoformat(f"2026-{day}"), dt.time(hour), SHANGHAI)


def silent(golden: Golden) -> Case:
    """An application in the state in which nobody answered it."""
    case = Case(now=on(golden.submitted)).to("submitted")
    if golden.told:
        case.now = on(golden.told, 11)
        case.point()
        case.take(Role.WINDOW_CLERK, "correct")
        case.now = on(golden.answered, 15)
        case.answer_all()
        case.take("applicant", "answer")
    return case


@pytest.fixture(autouse=True)
def prepared(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    prepare()


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)
@pytest.mark.parametrize("late", [1, 20], ids=["next day", "sweep three weeks late"])
def test_the_review_counts_from_the_receipt(golden: Golden, late: int) -> None:
    case = silent(golden)
    accept = Deadline.objects.get(subject_id=case.file.pk, code="CMA.ACCEPT")
    assert f"{accept.due_on:%m-%d}" == golden.answer_by
    assert not sweep(actor=Actor.system("test"), now=on(golden.answer_by, 23)).lapsed
    sweep(actor=Actor.system("test"), now=on(golden.answer_by) + dt.timedelta(days=late))
    review = Deadline.objects.get(subject_id=case.file.pk, code="CMA.REVIEW")
    assert (case.file.status, review.started_on) == ("accepted", on(golden.answered or golden.submitted).date())
    assert f"{review.due_on:%m-%d}" == golden.review_by
    assert case.file.due_on == review.due_on


def test_accepted_by_a_clerk_counts_from_that_day() -> None:
    case = silent(GOLDEN[0])
    case.now = on("03-05")
    case.take(Role.WINDOW_CLERK, "accept")
    assert Deadline.objects.get(code="CMA.REVIEW").started_on == dt.date(2026, 3, 5)
