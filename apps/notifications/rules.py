"""Pure rules of reminding: which threshold is reached, how long to wait, what a text may hold."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from apps.notifications.constants import (
    DEFAULT_VARIANT,
    DIGEST,
    DIGEST_VARIABLES,
    DIRECT_VARIABLES,
    HEAL_DAYS,
    ITEM_VARIABLES,
    LEFT,
)


class Rule(Protocol):
    """What of a reminder rule decides who is told what."""

    @property
    def pk(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def event(self) -> str: ...
    @property
    def variant(self) -> str: ...
    @property
    def recipients(self) -> Sequence[str]: ...


_PLACEHOLDER = re.compile(r"\{\s*([^{}\s]*)\s*\}")
_BREAKS = re.compile(r"[\r\n\u0085\u2028\u2029\v\f\0]+")


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the limit of a matter is, extended and without pauses, and how much of that is left after today, both in
    days of the limit's unit. A clock that runs was resumed after every pause, so what is left holds none."""

    span: int
    left: int

    def used(self, share: int) -> bool:
        """Whether so many per cent of the limit are over: at 80 the chip of the deadline turns amber the same day."""
        return 100 * self.left <= self.span * (100 - share)


def threshold_reached(
    due_on: dt.date, today: dt.date, offsets: Sequence[int], shares: Sequence[int] = (), pace: Pace | None = None
) -> int | None:
    """The most urgent threshold reached: a day before the due date, or a share of the limit (LEFT and what is left).

    Only this one is sent. A certificate that enters with 40 days left has passed 180, 90 and 60, and gets 60 alone.
    None before the first threshold, and when the last lies more than HEAL_DAYS back: nobody is told of old history.
    """
    days = (due_on - today).days
    if days < _least(offsets, shares) - HEAL_DAYS:
        return None
    by_day = [offset for offset in offsets if offset >= days]
    by_share = [LEFT + 100 - share for share in shares if pace is not None and pace.used(share)]
    return min(by_day + by_share, default=None)


def share_of(threshold: int) -> int | None:
    """The per cent used that a threshold means; None for one that counts days."""
    return LEFT + 100 - threshold if threshold >= LEFT else None


def window(today: dt.date, offsets: Sequence[int], shares: Sequence[int] = ()) -> tuple[dt.date, dt.date]:
    """The first due date for which `threshold_reached` answers, and the last for which it does because of a day."""
    first = today + dt.timedelta(days=_least(offsets, shares) - HEAL_DAYS)
    return first, today + dt.timedelta(days=max(offsets, default=0))


def _least(offsets: Sequence[int], shares: Sequence[int]) -> int:
    """After which day, counted from the due date, no further threshold comes: a limit is used up on its last day."""
    return min([*offsets, 0] if shares or not offsets else offsets)


def rule_code(event: str, variant: str) -> str:
    """The name under which a rule's reminders are counted: it outlives every change of the rule's figures."""
    return event if variant == DEFAULT_VARIANT else f"{event}:{variant}"


def stamp(rule: "Rule", threshold: int, channels: Sequence[str]) -> int:
    """A number that differs for whatever changes who is told what of a matter: the rule, the threshold reached, and
    those of the rule's channels that exist here."""
    parts = (rule.pk, rule.version, rule.event, rule.variant, threshold, *rule.recipients, "", *channels)
    return int(message_key(*parts)[:15], 16) + 1


def message_key(*parts: object) -> str:
    """A stable key of 40 hexadecimal digits for one message: Message-ID and Idempotency-Key are made of it."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:40]


def one_line(text: str, limit: int = 150) -> str:
    """`text` without line breaks or control characters, so that a name cannot add a header to a mail."""
    joined = _BREAKS.sub(" ", text)
    return "".join(ch for ch in joined if ch.isprintable())[:limit].strip()


def allowed_variables(topic: str, events: Iterable[str]) -> tuple[str, ...]:
    """The variables that a template of the topic may name."""
    if topic == DIGEST:
        return DIGEST_VARIABLES
    return ITEM_VARIABLES if topic in events else DIRECT_VARIABLES


def unknown_variables(text: str, allowed: Iterable[str]) -> list[str]:
    """The placeholders of `text` that are not allowed, each once, in order."""
    known = set(allowed)
    return [name for name in dict.fromkeys(_PLACEHOLDER.findall(text)) if name not in known]


def fill(text: str, values: Mapping[str, object]) -> str:
    """Replace `{name}` by its value, once: what a value holds is never read as a template.

    This is a plain replacement over an allow-list, never Template(): a text cannot reach settings or call anything.
    """
    return _PLACEHOLDER.sub(lambda match: str(values.get(match.group(1), "")), text)
