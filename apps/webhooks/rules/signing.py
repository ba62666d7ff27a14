"""The signature that proves where a delivery came from and when: HMAC-SHA256 over time and body (RFC 2104)."""

import hashlib
import hmac

from apps.webhooks.constants import SIGNATURE_VERSION


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """ "v1=<64 hex digits>" over "<timestamp>.<body>", timestamp in seconds since 1970.

    The time is signed with the body, so that a receiver can refuse what is older than five minutes: a recorded
    delivery cannot be sent again.
    """
    signed = str(timestamp).encode() + b"." + body
    return f"{SIGNATURE_VERSION}={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
