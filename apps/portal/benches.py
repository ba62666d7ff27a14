"""Lookup and certificate page over HTTP, through gunicorn with two workers, on the data at hand."""

import contextlib
import http.client
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from django.db import OperationalError, connection, transaction
from django.db.models import Q
from rest_framework.renderers import JSONRenderer

from apps.certifications.models import Certificate
from apps.certifications.selectors.certificate_page import details, head
from apps.core.bench import Measured, bench

ROUNDS = 3
ONCE = 2_500  # different pages in a round: more than are drawn in it
SECONDS = 4
YARDSTICK_MS = 10_000  # a query of the yardstick that takes longer counts as this long
FREQUENT = ("科技", "有限公司", "茶业", "服务", "有限公司&status=valid", "科技&county=5206", "服务&since=2026-01-01")


@bench("lookup")
def lookup() -> Iterator[Measured]:
    """A fixed mix of frequent and rare words, numbers, codes and filters, one after the other; after one warm round."""
    queries = [*FREQUENT, *_from_the_data()]
    with _server() as port:
        for query in [*queries, *queries]:  # both workers learn the statistics and the templates
            _get(port, query)
        taken = sorted(_get(port, query) for _round in range(ROUNDS) for query in queries)
    load = _load()
    plain = sorted(_by_icontains(word) for word in ("科技", "有限公司", *_rare_words(2)))
    common = {"unit": "ms", "yardstick": "the same words as DRF + icontains", "queries": len(taken)}
    common |= {"certificates": Certificate.objects.count(), "load": load}
    yield {**common, "name": "lookup_p50", "figure": _share(taken, 0.5), "yardstick_figure": _share(plain, 0.5)}
    yield {**common, "name": "lookup_p95", "figure": _share(taken, 0.95), "yardstick_figure": _share(plain, 0.95)}


@bench("certificate_page")
def certificate_page() -> Measured:
    """Requests a second for one permalink, the load generator on the same machine. Page and empty view take turns, so
    that what else the machine does falls on both; the medians count."""
    token = _sample(1)[0].token
    pages, empties = [], []
    with _server() as port:
        for path in (f"/c/{token}", "/healthz"):
            _rate(port, path)  # warm
        for _round in range(ROUNDS):
            pages.append(_rate(port, f"/c/{token}"))
            empties.append(_rate(port, "/healthz"))
    measured: Measured = {"figure": statistics.median(pages), "unit": "requests/s", "load": _load()}
    return {**measured, "yardstick": "an empty Django view", "yardstick_figure": statistics.median(empties)}


@bench("certificate_pages")
def certificate_pages() -> Iterator[Measured]:
    """Requests a second for many permalinks, each asked for once: every page is read and drawn anew. First from where
    the database finds the rows, on the disk too; then for others whose rows it holds in memory."""
    yield {**_different(_tokens(ROUNDS * ONCE)), "name": "certificate_pages_cold"}
    tokens = _tokens(ROUNDS * ONCE)
    for token in tokens:
        if (found := head(token)) is not None:
            details(found, status=found.status)
    yield {**_different(tokens), "name": "certificate_pages"}


def _different(tokens: list[str]) -> Measured:
    rates, empties = [], []
    with _server() as port:
        _rate(port, *(f"/c/{certificate.token}" for certificate in _sample(50)))  # warm
        for n in range(ROUNDS):
            rates.append(_rate(port, *(f"/c/{token}" for token in tokens[n * ONCE : (n + 1) * ONCE])))
            empties.append(_rate(port, "/healthz"))
    measured: Measured = {"figure": statistics.median(rates), "unit": "requests/s", "load": _load()}
    return {**measured, "yardstick": "an empty Django view", "yardstick_figure": statistics.median(empties)}


def _tokens(n: int) -> list[str]:
    """Tokens of different certificates spread over the register, others at each run: a page may still be kept."""
    last = Certificate.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    chosen = random.sample(range(1, last + 1), min(2 * n, last))
    tokens = list(Certificate.objects.filter(pk__in=chosen).values_list("token", flat=True)[:n])
    if len(tokens) < n:
        raise LookupError(f"This needs {n} certificates (manage.py demo_city --scale province).")
    random.shuffle(tokens)
    return tokens


def _load() -> float:
    """The load average of the last minute: what else the machine did while it measured."""
    return round(os.getloadavg()[0], 1)


def _sample(n: int) -> list[Certificate]:
    """Certificates spread over the register, the same ones each time."""
    last = Certificate.objects.order_by("-pk").values_list("pk", flat=True).first()
    if last is None:
        raise LookupError("The register is empty: load a demo city first (manage.py demo_city).")
    chance = random.Random(20261124)  # noqa: S311 - a repeatable sample, not a secret
    rows = Certificate.objects.select_related("holder").order_by("pk")
    return [rows.filter(pk__gte=chance.randint(1, last)).first() or rows.get(pk=last) for _n in range(n)]


def _rare_words(n: int) -> list[str]:
    return [certificate.holder_name.replace("示例·", "")[:5] for certificate in _sample(n)]


def _from_the_data() -> list[str]:
    some = _sample(10)
    codes = [certificate.holder.uscc for certificate in some[:4] if certificate.holder.uscc]
    return [*_rare_words(10), *(c.number[:8] for c in some[:3]), *(c.number for c in some[3:6]), *codes]


def _get(port: int, query: str) -> float:
    """Milliseconds for one lookup, the whole page read."""
    word, _amp, filters = query.partition("&")
    address = f"/lookup/?q={quote(word)}" + (f"&{filters}" if filters else "")
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    begun = time.perf_counter()
    client.request("GET", address)
    answer = client.getresponse()
    answer.read()
    taken = (time.perf_counter() - begun) * 1000
    client.close()
    if answer.status not in (200, 302):
        raise RuntimeError(f"{address}: {answer.status}")
    return taken


def _by_icontains(word: str) -> float:
    """What the plainest view would do: two icontains, ordered by date, one page as JSON."""
    rows = Certificate.objects.filter(Q(holder__name__icontains=word) | Q(scope__icontains=word)).order_by("-issued_on")
    begun = time.perf_counter()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(YARDSTICK_MS)])
            JSONRenderer().render(list(rows.values("number", "holder__name", "scope", "status", "valid_to")[:20]))
    except OperationalError:
        return float(YARDSTICK_MS)
    return (time.perf_counter() - begun) * 1000


def _share(ordered: list[float], share: float) -> float:
    if share == 0.5:
        return round(statistics.median(ordered), 1)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 1)


_SCRIPT = """
local paths, n = {}, 0
for path in io.lines("%s") do paths[#paths + 1] = path end
request = function() n = n %% #paths + 1; return wrk.format("GET", paths[n]) end
"""


def _rate(port: int, *paths: str) -> float:
    """Requests a second for the paths in turn, by wrk, or by one plain connection where wrk is not installed."""
    wrk = shutil.which("wrk")
    if wrk is None:
        return _rate_of_one_connection(port, paths)
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder) / "paths", Path(folder) / "turn.lua"
        listed.write_text("\n".join(paths))
        script.write_text(_SCRIPT % listed)
        command = [wrk, "-t1", "-c8", f"-d{SECONDS}s", "-s", str(script), f"http://127.0.0.1:{port}"]
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - fixed command
    if "Non-2xx" in out:
        raise RuntimeError(out)
    return float(next(line.split(":")[1] for line in out.splitlines() if line.startswith("Requests/sec")))


def _rate_of_one_connection(port: int, paths: tuple[str, ...]) -> float:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    begun, count = time.perf_counter(), 0
    while time.perf_counter() - begun < SECONDS:
        client.request("GET", paths[count % len(paths)])
        client.getresponse().read()
        count += 1
    return round(count / (time.perf_counter() - begun), 1)


@contextlib.contextmanager
def _server() -> Iterator[int]:
    """gunicorn as `make run` starts it, without the budget, on a free port; ended afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "LOOKUP_BUDGET": "0", "PAGE_BUDGET": "0"}
    environment |= {"BIND": f"127.0.0.1:{port}", "LOG_LEVEL": "error"}
    command = [sys.executable, "-m", "gunicorn", "-c", "python:certportal.gunicorn"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(port: int) -> None:
    for _attempt in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError("gunicorn did not start within 30 seconds")
