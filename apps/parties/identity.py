"""Recognising a person by a document number that the portal does not keep.

HMAC-SHA256 under settings.IDENTITY_KEY: a plain hash of 18 digits could be searched through in minutes. The number
itself leaves the request as this hash and as a mask, and is written nowhere. Another key recognises nobody any more.
"""

import hashlib
import hmac

from django.conf import settings

from apps.parties.constants import IdentityKind
from apps.parties.rules.masking import mask_resident_id
from apps.parties.rules.text import squeeze


def identity_hash(kind: str, number: str) -> str:
    """64 hexadecimal characters, the same for every spelling (width, spaces, lower-case x) of one number."""
    key = settings.IDENTITY_KEY.encode()
    return hmac.new(key, f"{kind}:{squeeze(number)}".encode(), hashlib.sha256).hexdigest()


def identity_mask(kind: str, number: str) -> str:
    """What staff see of the number: first three and last four of a resident ID, last three of anything else."""
    value = squeeze(number)
    if kind == IdentityKind.RESIDENT:
        return mask_resident_id(value)
    return "*" * min(max(len(value) - 3, 1), 16) + value[-3:] if len(value) > 5 else "*" * len(value)
