"""Who may test what, and taking a scope in: on the data at hand, beside the plainest way of doing the same."""

import os
import time
from collections.abc import Callable, Iterator

from django.db import connection
from django.db.models import Q

from apps.core.bench import Measured, bench
from apps.institutions.constants import ScopeState
from apps.institutions.models import ScopeRow
from apps.institutions.rules.asking import ask
from apps.institutions.selectors.capabilities import who_may_test

ROUNDS = 5
QUESTIONS: tuple[dict[str, str], ...] = (
    {"q": "玩具 铅", "division": "52"},
    {"q": "玩具 铅"},
    {"q": "铅"},
    {"q": "大米 镉", "division": "5206"},
    {"q": "地表水 铅", "division": "520602"},
    {"q": "水泥 安定性"},
    {"q": "毒死蜱"},
    {"object": "茶叶", "parameter": "吡虫啉", "division": "52"},
    {"standard": "GB 5009.12-2017"},
    {"q": "没有 这一项"},
)


@bench("who_may_test")
def who_may_test_bench() -> Iterator[Measured]:
    """A fixed mix of questions, frequent and rare, with and without an area; after one warm round."""
    for question in QUESTIONS:
        _timed(_asked, question)
    taken = sorted(_timed(_asked, question) for _round in range(ROUNDS) for question in QUESTIONS)
    plain = sorted(_timed(_plainly, question) for question in QUESTIONS[:4])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT institution_id) FROM institutions_holding")
        rows, institutions = cursor.fetchone()
    size = {"rows": rows, "institutions": institutions, "load": round(os.getloadavg()[0], 1)}
    common = {**size, "unit": "ms", "yardstick": "the same words by icontains over the rows", "queries": len(taken)}
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        figures = {"figure": _share(taken, share), "yardstick_figure": _share(plain, share)}
        yield {**common, "name": f"who_may_test_{name}", **figures}


def _asked(question: dict[str, str]) -> object:
    return who_may_test(ask(**question))


def _plainly(question: dict[str, str]) -> object:
    """Rows joined to their dictionary and asked word by word; the first twenty institutions."""
    rows = ScopeRow.objects.filter(scope__state=ScopeState.APPROVED)
    for word in question["q"].split():
        found = Q(capability__object__icontains=word) | Q(capability__parameter__icontains=word)
        rows = rows.filter(found | Q(capability__standard__icontains=word) | Q(capability__title__icontains=word))
    if division := question.get("division"):
        rows = rows.filter(scope__institution__organisation__division_code__startswith=division)
    return list(rows.values_list("scope__institution_id", flat=True).distinct().order_by("scope__institution_id")[:20])


def _timed(act: Callable[[dict[str, str]], object], question: dict[str, str]) -> float:
    begun = time.perf_counter()
    act(question)
    return (time.perf_counter() - begun) * 1_000


def _share(taken: list[float], share: float) -> float:
    return round(taken[min(len(taken) - 1, int(len(taken) * share))], 1)
