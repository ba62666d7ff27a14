"""Tokens of the API: how one looks, from where it may come, and whether it still holds. Pure."""

import datetime as dt
import hashlib
import hmac
import ipaddress
import re
from collections.abc import Iterable

from apps.parties.constants import TokenState

MARK = "tqp"  # Tongren quality portal: a token that turns up in a file or a log is recognised by scanners, and by us
PREFIX_LENGTH = 8
TOKEN = re.compile(r"tqp_([0-9A-HJKMNP-TV-Z]{8})_([A-Za-z0-9_-]{43})")
LONGEST = dt.timedelta(days=365)
MOST_NETWORKS = 20


def whole_token(prefix: str, secret: str) -> str:
    """tqp_K7M2XD9A_<43 characters>"""
    return f"{MARK}_{prefix}_{secret}"


def parted(token: str) -> tuple[str, str] | None:
    """Prefix and secret of a token; None for what is none."""
    found = TOKEN.fullmatch(token)
    return (found.group(1), found.group(2)) if found else None


def digest_of(secret: str) -> str:
    """What is stored: 256 random bits need no slow or keyed hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def proves(secret: str, digest: str) -> bool:
    """Compared in constant time: how far a guess was right is not to be measured."""
    return hmac.compare_digest(digest_of(secret), digest)


def read_networks(text: str) -> tuple[list[str], list[str]]:
    """Addresses and networks, one a line or separated by commas: those that are some in their usual form, and the
    rest."""
    networks, faulty = [], []
    for piece in re.split(r"[\s,，;；]+", text.strip()):
        if not piece:
            continue
        try:
            networks.append(str(ipaddress.ip_network(piece, strict=False)))
        except ValueError:
            faulty.append(piece)
    return list(dict.fromkeys(networks)), faulty


def comes_from(address: str | None, networks: Iterable[str]) -> bool:
    """Whether a client's address is one that the token allows; without a list every address is."""
    allowed = [ipaddress.ip_network(network) for network in networks]
    if not allowed:
        return True
    if address is None:
        return False
    ip = ipaddress.ip_address(address)
    return any(ip in network for network in allowed)


def state_of(*, revoked: bool, expires_on: dt.date, merged: bool, maker_manages: bool, on: dt.date) -> TokenState:
    """Whether a token holds on a day, and if not, why: the plainest reason first."""
    if revoked:
        return TokenState.REVOKED
    if merged:
        return TokenState.MERGED
    if expires_on < on:
        return TokenState.EXPIRED
    return TokenState.ACTIVE if maker_manages else TokenState.ORPHANED
