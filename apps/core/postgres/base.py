"""Whether a kept connection still lives is asked of its socket, not of the server.

A server that ended (restart, failover, idle limit, a pooler's reload) has closed its side, and a closed socket is
readable; a live idle one is silent. Only a socket that says something is asked the slow way, with a query.
"""

import select
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    health_check_enabled: bool  # both missing in the stub
    health_check_done: bool

    def close_if_health_check_failed(self) -> None:
        if self.connection is None or not self.health_check_enabled or self.health_check_done:
            return
        if _is_silent(self.connection):
            self.health_check_done = True
            return
        super().close_if_health_check_failed()


def _is_silent(connection: Any) -> bool:
    """No news on the socket. A connection that was closed on our side has no socket to ask."""
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    return not poll.poll(0)
