"""The benchmark registry."""

import json
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.core import bench

ONE: bench.Measured = {"figure": 10.0, "unit": "ms", "yardstick": "the plain way", "yardstick_figure": 40.0}


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "_registered", {})


def test_each_measurement_is_one_line_beside_its_yardstick() -> None:
    @bench.bench("one")
    def one() -> bench.Measured:
        return ONE

    @bench.bench("two")
    def two() -> Iterator[bench.Measured]:
        yield {**ONE, "name": "two_a"}
        yield {**ONE, "name": "two_b", "yardstick_figure": 0}

    out = StringIO()
    call_command("bench", "one", "two", stdout=out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(line["name"], line["ratio"]) for line in lines] == [("one", 0.25), ("two_a", 0.25), ("two_b", None)]


def test_names_are_unique_and_figures_complete() -> None:
    @bench.bench("one")
    def one() -> bench.Measured:
        return {"figure": 1}

    with pytest.raises(ValueError, match="two benches"):
        bench.bench("one")(lambda: ONE)
    with pytest.raises(ValueError, match="unit, yardstick"):
        list(bench.run("one"))
    with pytest.raises(CommandError, match="No bench called nonsense"):
        call_command("bench", "nonsense")
