"""Rendered pieces kept in Valkey. Without Valkey a piece is rendered each time: slower, never wrong."""

from collections.abc import Callable

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
KEEP_SECONDS = 300  # also bounds how long a renamed body or division shows its old name


def kept(key: str, render: Callable[[], str]) -> str:
    """The piece under `key`, rendered if it is not there. The key names everything that the piece depends on."""
    try:
        found: str | None = cache.get(key)
    except RedisError as error:
        log.warning("fragment_not_read", error=str(error))
        return render()
    if found is not None:
        return found
    piece = render()
    try:
        cache.set(key, piece, KEEP_SECONDS)
    except RedisError as error:
        log.warning("fragment_not_kept", error=str(error))
    return piece
