import itertools

import pytest

from apps.core import keeping
from apps.core.keeping import FOR_GOOD, Kept


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock: its last element is what it shows."""
    shown = [100.0]
    monkeypatch.setattr(keeping, "clock", lambda: shown[-1])
    monkeypatch.setattr(keeping, "_forgetting", [])
    return shown


def test_an_answer_is_kept_as_long_as_it_may_be(at: list[float]) -> None:
    numbers = itertools.count()
    kept = Kept(lambda: next(numbers), lambda answer: 5.0 if answer == 0 else FOR_GOOD)
    assert (kept(), kept()) == (0, 0)
    at.append(105.0)
    assert kept() == 0
    at.append(105.1)
    assert kept() == 1
    at.append(1e12)
    assert kept() == 1


def test_all_is_forgotten_at_once(at: list[float]) -> None:
    numbers = itertools.count()
    one, two = (Kept(lambda: next(numbers), lambda _answer: FOR_GOOD) for _ in range(2))
    assert (one(), two()) == (0, 1)
    one.forget()
    assert (one(), two()) == (2, 1)
    keeping.forget_all()
    assert (two(), one()) == (3, 4)
