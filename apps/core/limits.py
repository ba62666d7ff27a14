"""How often one address may ask: a budget per window, counted in Valkey in one atomic step.

DRF's throttles read, then write, and let a burst through; a Lua script cannot be interrupted. An IPv6 subscriber holds
a /64, so that is what counts as one address. If Valkey is down the public register still answers: not to answer a
citizen would be the greater harm, and the fault is logged.
"""

import ipaddress
import time
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

# Two fixed windows weighed into a sliding one: no burst of twice the budget at the turn of a minute.
# KEYS: this window, the last one. ARGV: limit, window in milliseconds, milliseconds gone of this window.
# Returns 0 if allowed (and counted), else the milliseconds after which one more would be; and how many are left.
_SCRIPT = """
local limit, window, gone = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local now = tonumber(redis.call('GET', KEYS[1]) or '0')
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
local used = now + last * (window - gone) / window
if used + 1 > limit then
  if now + 1 > limit then return {window - gone, 0} end
  return {math.max(1, math.ceil(window * (used + 1 - limit) / last)), 0}
end
redis.call('INCR', KEYS[1])
redis.call('PEXPIRE', KEYS[1], window * 2)
return {0, math.floor(limit - used - 1)}
"""


@dataclass(frozen=True, slots=True)
class Budget:
    """`limit` requests in `seconds`, counted per address under `name`."""

    name: str
    limit: int
    seconds: int = 60


def budget(name: str) -> Budget:
    """The budget that the settings give to `name` (PUBLIC_BUDGETS: requests a minute; 0 means no limit)."""
    return Budget(name, settings.PUBLIC_BUDGETS[name])


def subscriber(address: str | None) -> str:
    """What one budget belongs to: an IPv4 address, the /64 of an IPv6 address, and one bucket for what is neither."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((int(ip), 64), strict=False).network_address)
    return str(ip)


@dataclass(frozen=True, slots=True)
class Spent:
    """What became of one request: `wait` seconds until it may come again (0: it may now), how many are `left` in the
    window, and in how many seconds (`reset`) the window turns."""

    wait: int
    left: int
    reset: int


def spend(who: str, wanted: Budget, *, at: float | None = None) -> Spent:
    """Count one request of `who`: an address, or whatever else a budget belongs to."""
    window = wanted.seconds * 1000
    index, gone = divmod(int((time.time() if at is None else at) * 1000), window)
    reset = _seconds(window - gone)
    if wanted.limit <= 0:
        return Spent(0, 0, reset)
    stem = f"budget:{wanted.name}:{who}"
    try:
        client = cache._cache.get_client(write=True)  # type: ignore[attr-defined]
        wait, left = client.eval(_SCRIPT, 2, f"{stem}:{index}", f"{stem}:{index - 1}", wanted.limit, window, gone)
    except RedisError as error:
        log.warning("budget_not_counted", budget=wanted.name, error=str(error))
        return Spent(0, wanted.limit, reset)
    return Spent(_seconds(int(wait)), int(left), reset)


def seconds_to_wait(address: str | None, wanted: Budget, *, at: float | None = None) -> int:
    """Count one request of an address. 0 if it is within the budget, else after how many seconds to come back."""
    return spend(subscriber(address), wanted, at=at).wait


def _seconds(milliseconds: int) -> int:
    """Whole seconds, rounded up."""
    return -(-milliseconds // 1000)
