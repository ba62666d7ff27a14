"""Exactly once, for hours: `python -m tests.fault.soak --messages 4000 --seeds 1-10`.

Not part of the suite, which has five minutes. Each seed starts an installation of its own, plans that many reminders
and meets all FAULTS in the seed's own order, with the provider refusing 2 % and losing 1 % of its answers throughout.
One JSON line a seed: what was lost, doubled, absorbed and left to a person. The exit status is 1 if anything was lost
or doubled.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.fault.settings")

DAY = 86_400
TEXTS, TOMORROW = 200, 40
OPEN = "SELECT count(*) FROM notifications_message WHERE state IN ('planned', 'failed', 'sending')"
STATES = "SELECT channel || ' ' || state, count(*) FROM notifications_message GROUP BY 1"
EARLY = "SELECT count(*) FROM notifications_reminder WHERE planned_on > current_date"
FENCED = "SELECT bool_or(fenced_since IS NOT NULL) FROM notifications_clockheartbeat"


def signalled(name: str, sign: signal.Signals) -> Callable[[Any], None]:
    return lambda house: house.processes[name].send_signal(sign)


def frozen(*names: str, seconds: float = 4.5) -> Callable[[Any], None]:
    def freeze(house: Any) -> None:
        held = [house.processes[name] for name in names]
        for process in held:
            process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)  # longer than a lease
        for process in held:
            process.send_signal(signal.SIGCONT)

    return freeze


def valkey_gone(house: Any) -> None:
    house.kill_valkey()
    time.sleep(2)
    house.restart_valkey()


def valkey_frozen(house: Any) -> None:
    house.valkey.send_signal(signal.SIGSTOP)
    time.sleep(4)
    house.valkey.send_signal(signal.SIGCONT)


def everybody_killed(house: Any) -> None:
    for name in ("worker1", "worker2", "pacemaker"):
        house.kill(name)


def stepped(seconds: float) -> Callable[[Any], None]:
    def step(house: Any) -> None:
        house.set_clock(seconds)
        time.sleep(3)
        assert house.ask(EARLY) == [(0,)], "planned a day early"
        house.set_clock(0)
        deadline = time.monotonic() + 40
        while house.ask(FENCED) != [(False,)]:
            assert time.monotonic() < deadline, "the fence did not lift"
            time.sleep(0.5)

    return step


FAULTS: dict[str, Callable[[Any], None]] = {
    "kill -9 of a worker": signalled("worker1", signal.SIGKILL),
    "kill -9 of the other": signalled("worker2", signal.SIGKILL),
    "kill -9 of the pacemaker": signalled("pacemaker", signal.SIGKILL),
    "all killed at once": everybody_killed,
    "a worker asked to end": signalled("worker1", signal.SIGTERM),
    "a worker frozen past its lease": frozen("worker1"),
    "the pacemaker frozen": frozen("pacemaker"),
    "both workers frozen": frozen("worker1", "worker2"),
    "Valkey flushed": lambda house: house.flush_valkey(),
    "Valkey killed": valkey_gone,
    "Valkey frozen": valkey_frozen,
    "PostgreSQL stopped at once": lambda house: house.restart_postgres_immediately(),
    "clock a day forth and back": stepped(DAY),
    "clock a day back and forth": stepped(-DAY),
}


def run(messages: int, seed: int) -> dict[str, Any]:
    """One installation, every fault, until all is delivered."""
    from tests.fault.house import House
    from tests.fault.sink import Sink

    folder = Path(tempfile.mkdtemp(prefix="certportal-soak-"))
    folder.chmod(0o755)
    sink = Sink(folder / "sink.log", seed=seed)
    house = House(folder, sink.port)
    started, left = time.monotonic(), {}
    try:
        house.run("manage.py", "migrate", "-v", "0")
        house.run("-m", "tests.fault.seed", str(messages), str(TOMORROW), str(TEXTS))
        house.start()
        order = list(FAULTS)
        random.Random(seed).shuffle(order)
        await_progress(sink, 30, 120)
        for kind in order:
            left[kind] = house.ask(OPEN)[0][0]
            FAULTS[kind](house)
            if house.ask(OPEN) != [(0,)]:
                await_progress(sink, 1, 60)
        drain(house, messages)
        return outcome(house, sink, messages, seed, left, time.monotonic() - started)
    finally:
        house.stop()
        sink.close()
        shutil.rmtree(folder, ignore_errors=True)


def await_progress(sink: Any, more: int, seconds: float) -> None:
    begun, end = sink.accepted["keyed"].total() + sink.accepted["blind"].total(), time.monotonic() + seconds
    while sink.accepted["keyed"].total() + sink.accepted["blind"].total() < begun + more:
        if time.monotonic() > end:
            return
        time.sleep(0.25)


def drain(house: Any, messages: int) -> None:
    end = time.monotonic() + 120 + messages / 10
    while house.ask(OPEN) != [(0,)]:
        assert time.monotonic() < end, "messages stay unfinished"
        time.sleep(0.5)


def outcome(house: Any, sink: Any, messages: int, seed: int, left: dict[str, int], seconds: float) -> dict[str, Any]:
    states = dict(house.ask(STATES))
    keyed, blind = sink.accepted["keyed"], sink.accepted["blind"]
    unknown = states.get("sms unknown", 0)
    return {
        "seed": seed,
        "messages": messages,
        "lost": messages - len(keyed) + max(0, TEXTS - len(blind) - unknown),
        "doubled": sum(n - 1 for n in (keyed + blind).values()),
        "absorbed": sink.absorbed,
        "unknown": unknown,
        "refused": sink.refused,
        "lost_answers": sink.lost_answers,
        "faults": len(left),
        "met_with_work_left": sum(n > 0 for n in left.values()),
        "seconds": round(seconds),
        "load": round(os.getloadavg()[0], 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=4000)
    parser.add_argument("--seeds", default="1-10", help="first-last")
    asked = parser.parse_args()
    first, _, last = asked.seeds.partition("-")
    wrong = False
    for seed in range(int(first), int(last or first) + 1):
        found = run(asked.messages, seed)
        print(json.dumps(found), flush=True)
        wrong = wrong or found["lost"] > 0 or found["doubled"] > 0
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
