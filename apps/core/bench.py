"""The registry of benchmarks. An app's `benches.py` registers functions; `manage.py bench` runs them.

    @bench("lookup_p95")
    def lookup() -> Measured:
        return {"figure": 18.2, "unit": "ms", "yardstick": "DRF + icontains", "yardstick_figure": 640.0}

A bench returns one measurement or yields several (each with its own "name"). Every figure stands beside its yardstick:
the same work done by the plainest means on the same machine, so that the ratio says something anywhere.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

Measured = dict[str, Any]
Bench = Callable[[], Measured | Iterable[Measured]]
REQUIRED = ("figure", "unit", "yardstick", "yardstick_figure")

_registered: dict[str, Bench] = {}


def bench(name: str) -> Callable[[Bench], Bench]:
    """Register the decorated function under a name that no other bench has."""

    def register(function: Bench) -> Bench:
        if _registered.setdefault(name, function) is not function:
            raise ValueError(f"two benches are called {name!r}")
        return function

    return register


def names() -> list[str]:
    return sorted(_registered)


def run(name: str) -> Iterator[Measured]:
    """The measurements of one bench, each with its name and its ratio to the yardstick."""
    result = _registered[name]()
    for measured in [result] if isinstance(result, dict) else result:
        lacking = [key for key in REQUIRED if key not in measured]
        if lacking:
            raise ValueError(f"bench {name!r} does not say: {', '.join(lacking)}")
        yardstick = measured["yardstick_figure"]
        ratio = round(measured["figure"] / yardstick, 3) if yardstick else None
        yield {"name": name, **measured, "ratio": ratio}
