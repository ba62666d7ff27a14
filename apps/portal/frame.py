"""Header and footer for somebody without a session, drawn once for each language and each place in the navigation.

Nothing else about such a reader decides how they look: no name, no messages, no form, so no token. What a page's own
address adds (the links that lead back to it) is written into a mark of this process that nobody can guess. Whoever
brings a session cookie, even a spent one, gets a frame of their own.
"""

import secrets
from collections.abc import Callable, Hashable

from django.conf import settings
from django.http import HttpRequest
from django.template.defaultfilters import urlencode
from django.utils.safestring import SafeString, mark_safe

from apps.core.keeping import forgotten_with_all

MOST = 200  # frames kept; there are about twenty
_MARK = f"here{secrets.token_hex(16)}"
_drawn: dict[Hashable, str] = {}


class Anywhere:
    """Stands for the request while a frame is drawn: it knows only its address, and that is the mark."""

    def get_full_path(self) -> str:
        return _MARK


def is_nobody(request: HttpRequest) -> bool:
    """Whether the reader brings nothing that could tell who they are."""
    user = getattr(request, "user", None)  # none where a request was refused before it was looked at
    known = user is None or user.is_authenticated
    return settings.SESSION_COOKIE_NAME not in request.COOKIES and not known


def kept_frame(key: Hashable, request: HttpRequest, draw: Callable[[Anywhere], str]) -> SafeString:
    """The frame under `key`, which names everything that it depends on besides the address of the page."""
    piece = _drawn.get(key)
    if piece is None:
        if len(_drawn) >= MOST:
            _drawn.clear()
        piece = _drawn[key] = draw(Anywhere())
    return mark_safe(piece.replace(_MARK, urlencode(request.get_full_path())))  # escaped as in a page of its own


@forgotten_with_all
def forget() -> None:
    """Draw anew (tests)."""
    _drawn.clear()
