"""Which route an application may take: the general one always, the informed commitment (告知承诺) if nothing bars it.

Pure. Facts come from the portal's own rows (selectors.commitment_route); every refusal names its rule, the article, and
the day that would change the answer, or what else would. Articles that nobody compared with the
original say so.
"""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.calendar import add_months
from apps.core.problems import Problem
from apps.institutions.constants import Field
from apps.institutions.licence_constants import RecordKind

MEASURES = "《检验检测机构资质认定告知承诺实施办法（试行）》（条次未核对）"
SPECIAL_FOOD = ("特殊食品", "保健食品", "特殊医学用途", "婴幼儿配方")
MEDICAL_DEVICE = ("医疗器械",)
SHOWN_LINES = 3  # so many lines of a scope are named as the reason


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be tested: the field's two digits, and the object as written."""

    field: str
    object: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision against the institution that is in force."""

    kind: str
    number: str
    decided_on: dt.date


@dataclass(frozen=True, slots=True)
class Situation:
    """An application and its institution, as far as the choice of route asks.

    `offered`: the item has this route at all. `first_timer`: never held a licence. `general_since`: the day of the
    last licence that was granted on the general route.
    """

    offered: bool
    first_timer: bool
    field: str = ""
    lines: tuple[Line, ...] = ()
    entries: tuple[Entry, ...] = ()
    general_since: dt.date | None = None


@dataclass(frozen=True, slots=True)
class RecordRule:
    """How long a penalty counts, and by which article: a row of the statutory limits."""

    months: int
    article: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the commitment route is closed. `about`: the decision or the lines that close it, in the words
    of the register. `until`: from this day on, this reason is gone; None if no day ends it.
    """

    code: str
    rule: str
    article: str
    changes: str
    about: str = ""
    until: dt.date | None = None

    @property
    def told(self) -> str:
        """The rule and what it meets here, as one sentence."""
        return f"{self.rule}{_('：')}{self.about}" if self.about else self.rule

    def problem(self) -> Problem:
        told = _("%(rule)s（依据：%(article)s）") % {"rule": self.told, "article": self.article}
        return Problem(self.code, "route", "", told, self.changes)


def refusals(situation: Situation, on: dt.date, record: RecordRule) -> tuple[Refusal, ...]:
    """Everything that closes the commitment route on a day, all at once; empty if it is open."""
    found = [_not_offered(situation), *_excluded(situation), _revoked(situation)]
    return (*filter(None, found), *_penalties(situation, on, record))


def _not_offered(situation: Situation) -> Refusal | None:
    """First application, renewal, extension and change of site only."""
    if situation.offered:
        return None
    return Refusal(
        "route.item",
        _("告知承诺程序只适用于首次申请、延续、扩项和场所变更"),
        MEASURES,
        _("本事项请按一般程序办理"),
    )


def _excluded(situation: Situation) -> list[Refusal]:
    """Special food and medical devices never take this route, whatever else is in the scope."""
    devices = _named(situation, MEDICAL_DEVICE, Field.MEDICAL_DEVICE)
    food = _named(situation, SPECIAL_FOOD)
    remedy = _("从能力附表中移除相应项目，或者按一般程序办理")
    found = []
    if devices or situation.field == Field.MEDICAL_DEVICE:
        rule = _("医疗器械检验检测不适用告知承诺程序")
        found.append(Refusal("route.medical_device", rule, MEASURES, remedy, "、".join(devices)))
    if food:
        rule = _("特殊食品检验检测不适用告知承诺程序")
        found.append(Refusal("route.special_food", rule, MEASURES, remedy, "、".join(food)))
    return found


def _named(situation: Situation, words: tuple[str, ...], field: str = "") -> list[str]:
    """The first lines that are of the field, or whose object has one of the words in it."""
    found = [
        line.object
        for line in situation.lines
        if (field and line.field == field) or any(word in line.object for word in words)
    ]
    return list(dict.fromkeys(found))[:SHOWN_LINES]


def _revoked(situation: Situation) -> Refusal | None:
    """After a revocation the next licence is granted on the general route; from then on the choice is open again."""
    revoked = [each for each in situation.entries if each.kind == RecordKind.COMMITMENT_REVOKED]
    latest = max(revoked, key=lambda entry: entry.decided_on, default=None)
    if latest is None or (situation.general_since is not None and situation.general_since >= latest.decided_on):
        return None
    return Refusal(
        "route.revoked",
        _("以告知承诺取得的许可已于 %(day)s 被撤销，再次申请须按一般程序") % {"day": latest.decided_on.isoformat()},
        MEASURES,
        _("没有到期日；按一般程序重新取得许可后可以再选择"),
        latest.number,
    )


def _penalties(situation: Situation, on: dt.date, record: RecordRule) -> list[Refusal]:
    """No penalty that has to do with inspection and testing in the last two years; those who apply first are exempt."""
    if situation.first_timer:
        return []
    found = []
    for entry in situation.entries:
        free_on = add_months(entry.decided_on, record.months)
        if entry.kind == RecordKind.PENALTY and free_on > on:
            given = {"months": record.months, "day": entry.decided_on.isoformat()}
            rule = _("最近 %(months)s 个月内受过与检验检测有关的行政处罚（%(day)s 决定）") % given
            changes = _("自 %(day)s 起本项不再构成限制") % {"day": free_on.isoformat()}
            found.append(Refusal("route.penalty", rule, record.article, changes, entry.number, free_on))
    return found
