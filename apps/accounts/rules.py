"""Which role holds which permission, and how far a unit sees. Pure tables and functions."""

import datetime as dt
from dataclasses import dataclass

from apps.accounts.constants import ADMINISTRATORS, Permission, Realm, Role, SessionEnd

P = Permission

_FILES = frozenset({P.FILE_WORK, P.FILE_VIEW})
_CASEWORK = _FILES | frozenset({P.CERTIFICATE_VIEW_INTERNAL, P.INSTITUTION_VIEW, P.BAN_VIEW})
_PAPERS = frozenset({P.DOCUMENT_VIEW, P.DOCUMENT_RETRY})

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.WINDOW_CLERK: _CASEWORK
    | _PAPERS
    | {P.IMPORT_MANAGE, P.CONFLICT_DECIDE, P.ORGANISATION_EDIT, P.ORGANISATION_MERGE, P.CLAIM_CONFIRM}
    | {P.IDENTIFIER_OVERRIDE, P.REMINDER_VIEW, P.CERTIFICATE_RECORD_STATUS, P.INSTITUTION_EDIT},
    Role.REVIEWER: _CASEWORK | {P.STANDARD_EDIT, P.MATTER_EDIT},
    Role.REVIEW_EXPERT: frozenset({P.FILE_WORK}),
    Role.APPROVER: _CASEWORK | {P.SCOPE_APPROVE},
    Role.SEAL_KEEPER: _FILES | _PAPERS,
    Role.OFFICER: _CASEWORK | {P.MISMATCH_HANDLE, P.REMINDER_VIEW},
    Role.LEGAL_REVIEWER: _CASEWORK,
    Role.SUPERVISOR: _CASEWORK
    | _PAPERS
    | {P.CERTIFICATE_RECORD_STATUS, P.CONFLICT_DECIDE, P.MISMATCH_HANDLE, P.REMINDER_VIEW, P.REMINDER_RULE_EDIT}
    | {P.DELIVERY_RETRY, P.CALENDAR_EDIT, P.LIMIT_EDIT, P.BAN_RECORD, P.INSTITUTION_EDIT, P.STANDARD_EDIT}
    | {P.ROUTE_RECORD_EDIT, P.SCHEME_EDIT, P.MATTER_EDIT, P.MATTER_APPROVE},
    Role.JOINT_DEPARTMENT: frozenset(),
    Role.LEADER: _CASEWORK
    | {P.REMINDER_VIEW, P.OPERATIONS_VIEW, P.DOCUMENT_VIEW, P.FILE_ASSIGN, P.ROUTING_EDIT}
    | {P.SCHEME_EDIT, P.MATTER_APPROVE},
    Role.SYSTEM_ADMIN: frozenset({P.ACCOUNT_MANAGE, P.OPERATIONS_VIEW, P.MAILBOX_VIEW, P.DELIVERY_RETRY}),
    Role.SECURITY_ADMIN: frozenset({P.ROLE_GRANT}),
    Role.AUDIT_ADMIN: frozenset({P.AUDIT_READ}),
}


def permissions_of(roles: "frozenset[str] | set[str]") -> frozenset[Permission]:
    """The union over a person's current roles."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles)) if roles else frozenset()


def excludes(held: "frozenset[str] | set[str]", wanted: str) -> str | None:
    """The held role that forbids granting `wanted`: the three administrators are three people (MLPS 8.1.5)."""
    if wanted not in ADMINISTRATORS:
        return None
    return next((role for role in held if role in ADMINISTRATORS and role != wanted), None)


def scope_prefix(division_code: str) -> str:
    """The prefix that every division inside `division_code` shares: 520600 -> 5206, 520621 -> 520621, 520000 -> 52."""
    code = division_code
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session may idle, how long it may last, and how many a person may have at once."""

    idle: dt.timedelta
    absolute: dt.timedelta
    parallel: int


SESSION_LIMITS: dict[str, SessionLimits] = {
    Realm.STAFF: SessionLimits(dt.timedelta(minutes=15), dt.timedelta(hours=8), 1),
    Realm.EXTERNAL: SessionLimits(dt.timedelta(minutes=30), dt.timedelta(hours=12), 3),
}
PASSWORD_LIFETIME = dt.timedelta(days=90)  # staff only: MLPS level 3, 8.1.4.1 a)
PASSWORDS_REMEMBERED = 5


def session_over(realm: str, started: dt.datetime, seen: dt.datetime, now: dt.datetime) -> SessionEnd | None:
    """Why a session of this realm is over at `now`, or None while it may go on (MLPS 8.1.4.1 b; ASVS 7.3)."""
    limits = SESSION_LIMITS[realm]
    if now - started >= limits.absolute:
        return SessionEnd.ABSOLUTE
    return SessionEnd.IDLE if now - seen >= limits.idle else None


def password_expired(realm: str, changed: dt.datetime | None, now: dt.datetime) -> bool:
    """True if a staff password must be changed before anything else: older than 90 days, or set by nobody yet."""
    return realm == Realm.STAFF and (changed is None or now - changed >= PASSWORD_LIFETIME)


def character_classes(password: str) -> int:
    """How many of the four classes a password draws from: lower case, upper case, digits, everything else."""
    return sum(
        (
            any(ch.islower() for ch in password),
            any(ch.isupper() for ch in password),
            any(ch.isdigit() for ch in password),
            any(not ch.isalnum() or (ch.isalpha() and ch.lower() == ch.upper()) for ch in password),
        )
    )


# The first mark found names the browser: Chromium's children all claim to be Chrome, and Chrome claims to be Safari.
_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("QQBrowser", "QQ 浏览器"),
    ("UCBrowser", "UC 浏览器"),
    ("360SE", "360 浏览器"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """What a person would call the browser behind a User-Agent: "Chrome · Windows"; empty if neither is known."""
    known = (next((name for mark, name in table if mark in user_agent), "") for table in (_BROWSERS, _SYSTEMS))
    return " · ".join(name for name in known if name)
