"""Django's cache on Valkey, with one client per pool: Django makes one per call, which costs as much as the call."""

from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient


class OneClient(RedisCacheClient):
    """redis.Redis is safe between threads: each command takes its own connection of the pool."""

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]  # missing in the stub
        found = self._made.get(pool)
        if found is None:
            found = self._made[pool] = super().get_client(key, write=write)
        return found

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **options)
        self._made: dict[Any, Any] = {}


class PortalCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = OneClient
