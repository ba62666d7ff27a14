"""What happened to deadlines, as the counting rules read it, and whether what is stored agrees with it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import QuerySet

from apps.clock.constants import DeadlineState, EventKind
from apps.clock.models import Deadline, DeadlineEvent
from apps.clock.rules import LastDay, Pause, Rule, Span, due_under
from apps.clock.selectors.calendar import calendar_from, rules_from

BATCH = 2_000
TELLING = (EventKind.PAUSE, EventKind.RESUME, EventKind.EXTEND)


@dataclass(slots=True)
class History:
    """The pauses and extensions of one deadline, in their order."""

    pauses: list[Pause] = field(default_factory=list)
    extensions: list[Span] = field(default_factory=list)

    def add(self, event: DeadlineEvent) -> None:
        if event.kind == EventKind.PAUSE:
            self.pauses.append(Pause(event.on))
        elif event.kind == EventKind.RESUME:
            self.pauses[-1] = Pause(self.pauses[-1].began_on, event.on)
        elif event.extension is not None:
            self.extensions.append(Span(event.extension.value, event.extension.unit))


def histories(ids: Iterable[int]) -> dict[int, History]:
    """The history of each deadline; those to which nothing happened are empty."""
    found: dict[int, History] = defaultdict(History)
    events = DeadlineEvent.objects.filter(deadline_id__in=list(ids), kind__in=TELLING)
    for event in events.select_related("extension").order_by("deadline_id", "n"):
        found[event.deadline_id].add(event)
    return found


def governed(deadlines: QuerySet[Deadline]) -> Iterator[tuple[Deadline, Rule, LastDay | None]]:
    """Each deadline with the rule that governs it and the last day that follows, counted afresh from the rows.

    In batches, each row locked if the queryset locks. What started on one day under one code and was never paused or
    extended is counted once for all. Raises CalendarMissing.
    """
    first = deadlines.order_by("started_on").values_list("started_on", flat=True).first()
    if first is None:
        return
    calendar, known = calendar_from(first), dict[tuple[str, dt.date], tuple[Rule, LastDay | None]]()
    rules: dict[tuple[str, dt.date], list[Rule]] = {}
    for batch in _batches(deadlines):
        past = histories(deadline.pk for deadline in batch)
        for deadline in batch:
            key = (deadline.code, deadline.started_on)
            if key not in rules:
                rules[key] = rules_from(*key)
            history = past.get(deadline.pk)
            if history is not None:
                yield (
                    deadline,
                    *due_under(deadline.started_on, rules[key], history.pauses, history.extensions, calendar),
                )
                continue
            if key not in known:
                known[key] = due_under(deadline.started_on, rules[key], (), (), calendar)
            yield deadline, *known[key]


def disagreeing() -> Iterator[Deadline]:
    """Running deadlines whose stored day is not what the rows say: there should be none."""
    for deadline, rule, last in governed(Deadline.objects.filter(state=DeadlineState.RUNNING)):
        if last is None or (deadline.due_on, deadline.provisional, deadline.limit_id) != (
            last.on,
            last.provisional,
            rule.key,
        ):
            yield deadline


def _batches(deadlines: QuerySet[Deadline]) -> Iterator[list[Deadline]]:
    after = 0
    while batch := list(deadlines.filter(pk__gt=after).order_by("pk")[:BATCH]):
        yield batch
        after = batch[-1].pk
