"""The status of a certificate: which moves are legal, by which rule, and what holds on a given day.

Suspension (暂停), revocation (撤销), cancellation (注销) and expiry (过期失效) are four legal acts with four different
consequences (认证认可条例 art. 26). Only the certification body moves a status; the portal
mirrors it, except expiry, which follows from the date alone.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from apps.certifications.constants import ReasonClass as R
from apps.certifications.constants import Status as S

RUNNING = (S.VALID, S.SUSPENDED)
FINAL = (S.REVOKED, S.CANCELLED, S.EXPIRED)

CAR_26 = "《中华人民共和国认证认可条例》第二十六条"
QMS_RULE = "CNCA-QMS-01:2025《质量管理体系认证规则》"
CCC_RULE = "《强制性产品认证管理规定》"
PRINTED_DATE = "证书所载有效期"


@dataclass(frozen=True, slots=True)
class Move:
    """One legal move, the reasons that allow it, and the rule it rests on.

    `by_new_period`: only together with a new validity period (recertification), never by itself.
    """

    from_status: S
    to_status: S
    reasons: tuple[R, ...]
    basis: str
    by_new_period: bool = False


MOVES: tuple[Move, ...] = (
    Move(
        S.VALID,
        S.SUSPENDED,
        (
            R.SURVEILLANCE_MISSED,
            R.NONCONFORMITY,
            R.SPOT_CHECK_FAILED,
            R.MAJOR_ACCIDENT,
            R.HOLDER_REQUEST,
            R.PRODUCTION_STOPPED,
            R.RULE_CHANGED,
            R.REPORTED,
        ),
        CAR_26,
    ),
    Move(
        S.VALID,
        S.REVOKED,
        (R.NONCONFORMITY, R.SPOT_CHECK_FAILED, R.MAJOR_ACCIDENT, R.BODY_LOST_APPROVAL, R.REPORTED),
        CAR_26,
    ),
    Move(
        S.VALID,
        S.CANCELLED,
        (R.HOLDER_REQUEST, R.PRODUCTION_STOPPED, R.RULE_CHANGED, R.BODY_LOST_APPROVAL, R.REPORTED),
        CAR_26,
    ),
    Move(S.VALID, S.EXPIRED, (R.EXPIRED, R.REPORTED), PRINTED_DATE),
    Move(S.SUSPENDED, S.VALID, (R.CORRECTED, R.RECERTIFIED, R.REPORTED), CAR_26),
    Move(
        S.SUSPENDED,
        S.REVOKED,
        (
            R.NOT_CORRECTED,
            R.SURVEILLANCE_MISSED,
            R.NONCONFORMITY,
            R.SPOT_CHECK_FAILED,
            R.MAJOR_ACCIDENT,
            R.BODY_LOST_APPROVAL,
            R.REPORTED,
        ),
        CAR_26,
    ),
    Move(
        S.SUSPENDED,
        S.CANCELLED,
        (R.HOLDER_REQUEST, R.PRODUCTION_STOPPED, R.RULE_CHANGED, R.BODY_LOST_APPROVAL, R.REPORTED),
        CAR_26,
    ),
    Move(S.SUSPENDED, S.EXPIRED, (R.EXPIRED, R.REPORTED), PRINTED_DATE),
    # An organic certificate keeps its number at recertification, also when the new decision came a day too late.
    Move(S.EXPIRED, S.VALID, (R.RECERTIFIED, R.REPORTED), PRINTED_DATE, by_new_period=True),
)
_TABLE = {(entry.from_status, entry.to_status): entry for entry in MOVES}


def move(from_status: str, to_status: str) -> Move | None:
    """The entry of the table for this move, if the move is legal at all."""
    return _TABLE.get((S(from_status), S(to_status))) if from_status else None


def may_move(from_status: str, to_status: str, *, new_period: bool = False) -> bool:
    """Whether the move is legal. A first record (no status before) may bring any status.

    Staying is no move. Nothing leads out of 撤销 and 注销; out of 过期失效 only a new validity period leads.
    """
    if not from_status:
        return True
    found = move(from_status, to_status)
    return found is not None and (new_period or not found.by_new_period)


def moves_from(status: str) -> tuple[Move, ...]:
    """The moves a clerk may record now, in the order of the table."""
    return tuple(entry for entry in MOVES if entry.from_status == status and not entry.by_new_period)


def may_renew(status: str) -> bool:
    """Whether a new validity period may be added: not after 撤销 or 注销, which end the certificate itself."""
    return status not in (S.REVOKED, S.CANCELLED)


def legal_basis(from_status: str, to_status: str, *, group: str = "") -> str:
    """The rule to cite for a move: the general regulation, and the scheme's own rule where it says more."""
    found = move(from_status, to_status)
    if found is None:
        return ""
    special = {"qms": QMS_RULE, "ccc": CCC_RULE}.get(group, "")
    return f"{found.basis}；{special}" if special and found.basis == CAR_26 else found.basis


def effective_status(status: str, valid_to: dt.date | None, today: dt.date) -> S:
    """What holds today: a certificate is expired from the day after `valid_to` (Asia/Shanghai), swept or not."""
    if status in RUNNING and valid_to is not None and today > valid_to:
        return S.EXPIRED
    return S(status)


def status_on(
    moves: Iterable[tuple[dt.date | None, str]],
    periods: Iterable[tuple[dt.date | None, dt.date | None]],
    day: dt.date,
) -> S | None:
    """What held on a past or present `day`, from the history: (date, new status) in order, and (from, to) of periods.

    None: nothing is known of that day (it lies before the first period or the first record). A move without a date
    counts from the start, because its source gave none.
    """
    spans = list(periods)
    starts = [start for start, _ in spans if start is not None]
    if starts and day < min(starts):
        return None
    last = None
    for on, to_status in moves:
        if on is None or on <= day:
            last = S(to_status)
    if last in RUNNING and spans and not any(_holds(span, day) for span in spans):
        return S.EXPIRED
    return last


def _holds(span: tuple[dt.date | None, dt.date | None], day: dt.date) -> bool:
    start, end = span
    return (start is None or start <= day) and (end is None or day <= end)
