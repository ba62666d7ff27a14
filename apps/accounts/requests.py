"""What a service may know of an HTTP request: who acts, for whom, from where. Services never see the request."""

import ipaddress
import re

import structlog
from django.conf import settings
from django.http import HttpRequest

from apps.accounts.models import User
from apps.accounts.selectors import actor_for
from apps.core.actors import Actor

ACTING_FOR = "acting_for"  # session key; apps.parties sets it after its membership check, and clears it
MACHINE = "machine_actor"  # attribute of a request: who acts with a token of the API (apps.parties.api.tokens)
FOUND_NOTHING = "found_nothing"  # attribute of a request: what it asked for is absent, or not for this person
_UNPRINTABLE = re.compile(r"[^\x21-\x7e]")


def actor_of(request: HttpRequest) -> Actor:
    """The Actor of the signed-in person behind a request, or of the token that came with it. Only for views that need
    one of the two."""
    acting = getattr(request, MACHINE, None)
    if isinstance(acting, Actor):
        return acting
    user = request.user
    assert user.is_authenticated, "an anonymous request has no actor"
    return actor_for(
        user,
        organisation_id=request.session.get(ACTING_FOR),
        request_id=request_id(),
        ip=client_ip(request),
    )


def actor_for_user(request: HttpRequest, user: User) -> Actor:
    """The Actor of a person who is signing in or out, when `request.user` does not say it."""
    return actor_for(user, request_id=request_id(), ip=client_ip(request))


def anonymous_actor(request: HttpRequest, label: str = "public") -> Actor:
    """The Actor of somebody who did not sign in (a mismatch report, a failed sign-in). Touches no session."""
    return Actor(label=label[:200], request_id=request_id(), ip=client_ip(request))


def request_id() -> str:
    """The id under which this request stands in the log; it links a log line and a trail entry."""
    found = structlog.contextvars.get_contextvars().get("request_id", "")
    return _UNPRINTABLE.sub("", str(found))[:64]


def client_ip(request: HttpRequest) -> str | None:
    """The address of the client, believing only the last TRUSTED_PROXIES entries of X-Forwarded-For.

    With n proxies of ours in front, the n-th entry from the right was written by our outermost proxy: everything to
    the left of it is the client's own claim. Fewer entries than proxies means that the header was not written by them.
    """
    proxies: int = settings.TRUSTED_PROXIES
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if proxies and len(hops) >= proxies:
        return _address(hops[-proxies]) or _address(request.META.get("REMOTE_ADDR", ""))
    return _address(request.META.get("REMOTE_ADDR", ""))


def _address(text: str) -> str | None:
    """`text` as an IP address in its usual form, without port or zone; None if it is none (a Unix socket)."""
    try:
        address = ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
