"""What the processes about an issued licence ask before a step: guards over facts that the app reads. Pure."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.problems import Problem
from apps.workflow.process import Inputs

DO, DO_NOT = "do", "do_not"
HEARING_NOTICE = 7  # days between the notice of a hearing and the hearing (ALL 48)
PLACE_LENGTH = 100


@dataclass(frozen=True, slots=True)
class LifeFacts:
    """One case about a licence as its guards see it. `fits`: the licence is such that its act is open on its cause.

    `last_day`: of a term that is over; `why_not_then`: what stood against the act on that day, empty if nothing did.
    """

    today: dt.date
    relay: bool = False
    wish: bool = False
    fits: bool = True
    why_not: str = ""
    last_day: dt.date | None = None
    why_not_then: str = ""
    forwarded_on: dt.date | None = None
    evidence: int = 0  # documents that the holder handed in as evidence since the order
    hearing_on: dt.date | None = None
    gone: bool = False  # the licence has ended meanwhile: nothing is left to rectify


def _problem(code: str, place: str, rule: str, remedy: str, value: str = "") -> Problem:
    return Problem(code, place, value, rule, remedy)


def act_open(facts: LifeFacts, inputs: Inputs) -> Problem | None:
    """The licence is in a status that this act may leave, on this cause; on the day of the answer, where one is given.

    Who recorded late what was done in time records what is true.
    """
    why = facts.why_not_then if _in_term(facts, inputs) else "" if facts.fits else facts.why_not
    return _problem("act", "licence", why, _("请核对证书现在的状态和事由")) if why else None


def _in_term(facts: LifeFacts, inputs: Inputs) -> bool:
    """Whether the issuing authority acted while the licence still ran."""
    try:
        on = dt.date.fromisoformat(str(inputs.get("answered_on") or ""))
    except ValueError:
        return False  # said by answer_recorded
    return facts.last_day is not None and on <= facts.last_day


def proposal_made(_facts: LifeFacts, inputs: Inputs) -> Problem | None:
    """One of two things is proposed."""
    given = str(inputs.get("proposal") or "")
    if given in ("", DO, DO_NOT):
        return None  # missing is said by the engine
    return _problem("choice", "proposal", _("处理建议只能是列出的两种之一"), _("请从列表中选择"), given)


def hearing_in_time(facts: LifeFacts, inputs: Inputs) -> Problem | None:
    """The hearing is told seven days before it is held (ALL 48)."""
    given = str(inputs.get("hearing_on") or "")
    if not given:
        return None
    earliest = facts.today + dt.timedelta(days=HEARING_NOTICE)
    try:
        on = dt.date.fromisoformat(given)
    except ValueError:
        return _problem("day", "hearing_on", _("听证日期不是一个日期"), _("请按 2026-01-31 的格式填写"), given)
    if on >= earliest:
        return None
    rule = _("听证须在举行的七日前通知（《行政许可法》第四十八条）")
    return _problem("notice", "hearing_on", rule, _("请定在 %(day)s 或者以后") % {"day": earliest}, given)


def hearing_held(facts: LifeFacts, _inputs: Inputs) -> Problem | None:
    """A hearing that was not yet appointed, or whose day has not come, has no record."""
    if facts.hearing_on is None:
        return _problem("no_hearing", "hearing_on", _("还没有通知听证的时间和地点"), _("请先通知听证"))
    if facts.hearing_on > facts.today:
        rule = _("听证定于 %(day)s 举行，尚未到期") % {"day": facts.hearing_on}
        return _problem("early", "hearing_on", rule, _("请在听证举行后登记"))
    return None


def evidence_given(facts: LifeFacts, _inputs: Inputs) -> Problem | None:
    """A rectification is shown, not only said."""
    if facts.evidence:
        return None
    return _problem("no_evidence", "evidence", _("还没有上传改正的证明材料"), _("请先上传至少一份证明材料"))


def answer_recorded(facts: LifeFacts, inputs: Inputs) -> Problem | None:
    """The answer of the authority that issued the licence has a day: from the forwarding on, and none to come."""
    given = str(inputs.get("answered_on") or "")
    if not given:
        return None
    try:
        on = dt.date.fromisoformat(given)
    except ValueError:
        return _problem("day", "answered_on", _("答复日期不是一个日期"), _("请按 2026-01-31 的格式填写"), given)
    if on > facts.today:
        return _problem("future", "answered_on", _("答复日期尚未到来"), _("请照决定书填写"), given)
    if facts.forwarded_on is not None and on < facts.forwarded_on:
        rule = _("答复日期早于转报发证机关之日（%(day)s）") % {"day": facts.forwarded_on}
        return _problem("before", "answered_on", rule, _("请照决定书填写"), given)
    return None


def decided_here(facts: LifeFacts) -> bool:
    """Whoever issued the licence takes it away: here, if it was this bureau (ALL 69)."""
    return not facts.relay


def decided_above(facts: LifeFacts) -> bool:
    return facts.relay


def at_wish(facts: LifeFacts) -> bool:
    """The holder asked for it."""
    return facts.wish


def of_office(facts: LifeFacts) -> bool:
    return not facts.wish


def licence_gone(facts: LifeFacts) -> bool:
    """A case is ended without a recheck only where nothing is left to rectify."""
    return facts.gone
