"""A deadline in words and colour: "余 3 个工作日". The word says what the colour says."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.clock.constants import DeadlineState, Level, LimitUnit

LAST_FIFTH = 5  # a deadline calls for attention in the last fifth of its limit (80 % used)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a deadline stands: `remaining` counted from `on` to `due_on`. `missing`: the calendar could not say."""

    state: str
    unit: str
    remaining: int
    on: dt.date
    due_on: dt.date | None
    ended: bool = False
    missing: bool = False

    @property
    def over(self) -> bool:
        """A Saturday after a last Friday is late, though by no working day yet."""
        return self.state != DeadlineState.PAUSED and self.due_on is not None and self.due_on < self.on


def level_of(standing: Standing, total: int) -> str:
    """ok, due (the last fifth of `total`) or over. A clock that stands still presses nobody."""
    if standing.state == DeadlineState.LAPSED or (standing.state == DeadlineState.RUNNING and standing.over):
        return Level.OVER
    if standing.state == DeadlineState.RUNNING and (standing.missing or standing.remaining * LAST_FIFTH <= total):
        return Level.DUE
    return Level.OK


def sentence(standing: Standing) -> str:
    """What a chip says."""
    if standing.state == DeadlineState.WITHDRAWN:
        return _("已终止计时")
    if standing.state == DeadlineState.MET:
        return _("按期完成")
    if standing.missing:
        return _("%(day)s 到期，工作日历不全") % {"day": standing.due_on}
    if standing.state == DeadlineState.PAUSED:
        return _("已中止，%(left)s") % {"left": left(standing.remaining, standing.unit)}
    if standing.over:
        return _late(standing)
    return _("今日到期") if standing.due_on == standing.on else left(standing.remaining, standing.unit)


def left(count: int, unit: str) -> str:
    """How much is left."""
    if unit == LimitUnit.WORKING_DAY:
        return ngettext("余 %(count)s 个工作日", "余 %(count)s 个工作日", count) % {"count": count}
    return ngettext("余 %(count)s 天", "余 %(count)s 天", count) % {"count": count}


def _late(standing: Standing) -> str:
    count = -standing.remaining
    if not count:
        text = _("已逾期")
    elif standing.unit == LimitUnit.WORKING_DAY:
        text = ngettext("逾期 %(count)s 个工作日", "逾期 %(count)s 个工作日", count) % {"count": count}
    else:
        text = ngettext("逾期 %(count)s 天", "逾期 %(count)s 天", count) % {"count": count}
    return _("已完成，%(late)s") % {"late": text} if standing.ended else text
