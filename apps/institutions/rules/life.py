"""The life of a licence after issue, as one table: which act leads from which status to which, on which cause. Pure.

Administrative Licensing Law (ALL) 69 (revoke), 70 (cancel), 78 and 79 (bars); the Measures on the qualification of
inspection and testing institutions (order to rectify). Neither knows a suspension of the licence: there is none here.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from apps.core.calendar import add_months
from apps.institutions.licence_constants import BarKind, Cause, Change, LicenceStatus

VALID, RECTIFYING, EXPIRED = LicenceStatus.VALID, LicenceStatus.RECTIFYING, LicenceStatus.EXPIRED
CANCELLED, REVOKED = LicenceStatus.CANCELLED, LicenceStatus.REVOKED
LIVE = frozenset({VALID, RECTIFYING})  # ends by itself, at the end of the last day
ONE_DAY = dt.timedelta(days=1)

MEASURES = "《检验检测机构资质认定管理办法》"
COMMITMENT_MEASURES = "《检验检测机构资质认定告知承诺实施办法（试行）》"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a cause rests on, whether the act then must follow, and what it bars afterwards."""

    basis: str
    must: bool = True
    bars: tuple[BarKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """One act: the statuses that it may leave, the one that it makes, and the causes on which it may rest."""

    code: str
    sources: frozenset[LicenceStatus]
    target: LicenceStatus
    change: Change
    causes: Mapping[Cause, Ground]


EXPIRE = Move("expire", LIVE, EXPIRED, Change.EXPIRED, {Cause.TERM: Ground(MEASURES)})
ORDER = Move(
    "order",
    frozenset({VALID}),
    RECTIFYING,
    Change.RECTIFYING,
    {
        Cause.CONDITIONS: Ground(MEASURES),
        Cause.BEYOND_SCOPE: Ground(MEASURES),
        Cause.COMMITMENT_GAPS: Ground(COMMITMENT_MEASURES),
    },
)
# An order by which a check led to a revocation that was not made has no case left that could lift it: it ends with it.
LIFT = Move(
    "lift",
    frozenset({RECTIFYING}),
    VALID,
    Change.LIFTED,
    {Cause.CORRECTED: Ground(MEASURES), Cause.NOT_REVOKED: Ground(COMMITMENT_MEASURES)},
)
# Also after expiry: whoever obtained a licence by fraud does not escape the bar by letting it lapse.
REVOKE = Move(
    "revoke",
    frozenset({VALID, RECTIFYING, EXPIRED}),
    REVOKED,
    Change.REVOKED,
    {
        Cause.AUTHORITY_ERROR: Ground("《行政许可法》第六十九条第一款", must=False),
        Cause.FRAUD: Ground("《行政许可法》第六十九条第二款", bars=(BarKind.FRAUD,)),
        Cause.UNTRUE_COMMITMENT: Ground(COMMITMENT_MEASURES),  # closes that route: commitment_route
    },
)
CANCEL = Move(
    "cancel",
    frozenset({VALID, RECTIFYING, EXPIRED, REVOKED}),
    CANCELLED,
    Change.CANCELLED,
    {
        Cause.UNRENEWED: Ground("《行政许可法》第七十条第一项"),
        Cause.DISSOLVED: Ground("《行政许可法》第七十条第三项"),
        Cause.ENDED: Ground("《行政许可法》第七十条第四项"),
        Cause.IMPOSSIBLE: Ground("《行政许可法》第七十条第五项"),
        Cause.WISH: Ground(MEASURES),
    },
)
MOVES = {move.code: move for move in (EXPIRE, ORDER, LIFT, REVOKE, CANCEL)}

# The statuses in which a cause of cancellation can be true at all.
FITS = {
    Cause.UNRENEWED: frozenset({EXPIRED}),
    Cause.ENDED: frozenset({REVOKED}),
    Cause.WISH: LIVE,
    Cause.IMPOSSIBLE: LIVE,
    Cause.DISSOLVED: frozenset({*LIVE, EXPIRED}),
}

# The limit that says how long a bar lasts, and by which article.
BAR_LIMITS = {BarKind.FALSE_MATERIAL: "CMA.LOCK.FALSE", BarKind.FRAUD: "CMA.LOCK.FRAUD"}
# Items by which something is permitted anew. What the law makes a holder report (a new name) stays open to all.
PERMITTING = frozenset({"first", "renewal", "extension", "site", "standard"})


def standing(status: str, valid_to: dt.date, on: dt.date) -> LicenceStatus:
    """What a licence is on a day: expired as soon as its last day is over, whether or not the sweep came by."""
    known = LicenceStatus(status)
    return EXPIRED if known in LIVE and on > valid_to else known


def carries(status: LicenceStatus, *, renews: bool) -> bool:
    """Whether a licence that stands so can be changed or renewed.

    A renewal that was applied for in time outlives the term (ALL 50); nothing outlives a revocation or a cancellation.
    """
    return status in LIVE or (renews and status == EXPIRED)


def since(status: str, status_since: dt.date, valid_to: dt.date, on: dt.date) -> dt.date:
    """From which day on it is what it is."""
    return valid_to + ONE_DAY if standing(status, valid_to, on) != status else status_since


def may(move: Move, cause: str, status: str) -> bool:
    """Whether the act is open to a licence of this status, on this cause."""
    if cause not in move.causes or status not in move.sources:
        return False
    return status in FITS.get(Cause(cause), move.sources)


def bar_end(first: dt.date, months: int) -> dt.date:
    """The last day on which a bar of the decision of `first` holds.

    The day of the decision does not count, so a year from 24 November holds through 24 November; from 29 February
    through 28 February, the last day of that month.
    """
    return add_months(first, months)
