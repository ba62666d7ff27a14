"""Writes of webhooks."""

from apps.webhooks.services.delivering import deliver_due, drop_old
from apps.webhooks.services.emitting import emit
from apps.webhooks.services.endpoints import add_endpoint, change_state, new_secret, ping, replay

__all__ = ["add_endpoint", "change_state", "deliver_due", "drop_old", "emit", "new_secret", "ping", "replay"]
