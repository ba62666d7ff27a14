"""Rendered pieces kept in Valkey, the latest ones in the process too. Without Valkey a piece is rendered each time:
slower, never wrong."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

import structlog
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from redis.exceptions import RedisError

from apps.core import keeping

log = structlog.get_logger(__name__)
KEEP_SECONDS = 300  # also bounds how long a renamed body or division shows its old name
NEAR_SECONDS = 30  # in the process, so that a much asked page costs no way to Valkey
NEAR_PIECES = 512  # some 10 kB each

_near: OrderedDict[Hashable, tuple[float, str]] = OrderedDict()
_lock = Lock()


def kept(key: Hashable, render: Callable[[], str]) -> str:
    """The piece under `key`, rendered if it is not there. The key names everything that the piece depends on, but for
    what the installation says of itself in every frame, and the style sheets and scripts that the frame names."""
    key = (settings.DEMO, settings.BUREAU_NAME, settings.BUREAU_NAME_EN, settings.PUBLIC_URL, _release(), key)
    found = _near.get(key)
    if found is not None and keeping.clock() - found[0] < NEAR_SECONDS:
        return found[1]
    piece = _far(f"piece:{hashlib.sha256(repr(key).encode()).hexdigest()}", render)
    with _lock:
        _near[key] = (keeping.clock(), piece)
        _near.move_to_end(key)
        while len(_near) > NEAR_PIECES:
            _near.popitem(last=False)
    return piece


def _release() -> str:
    """Changes with every static file. The pieces in Valkey outlive a deployment, and after it the files that an old
    piece names may be gone. Empty where files keep their names (no manifest)."""
    return str(getattr(staticfiles_storage, "manifest_hash", ""))


@keeping.forgotten_with_all
def forget() -> None:
    """Drop what the process keeps (tests)."""
    with _lock:
        _near.clear()


def _far(name: str, render: Callable[[], str]) -> str:
    try:
        found: str | None = cache.get(name)
    except RedisError as error:
        log.warning("fragment_not_read", error=str(error))
        return render()
    if found is not None:
        return found
    piece = render()
    try:
        cache.set(name, piece, KEEP_SECONDS)
    except RedisError as error:
        log.warning("fragment_not_kept", error=str(error))
    return piece
