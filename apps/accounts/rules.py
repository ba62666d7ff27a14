"""Which role holds which permission, and how far a unit sees. Pure tables and functions."""

from apps.accounts.constants import ADMINISTRATORS, Permission, Role

P = Permission

_CASEWORK = frozenset({P.CERTIFICATE_VIEW_INTERNAL})

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.WINDOW_CLERK: _CASEWORK
    | {P.IMPORT_MANAGE, P.CONFLICT_DECIDE, P.ORGANISATION_EDIT, P.ORGANISATION_MERGE, P.CLAIM_CONFIRM}
    | {P.IDENTIFIER_OVERRIDE, P.REMINDER_VIEW, P.CERTIFICATE_RECORD_STATUS},
    Role.REVIEWER: _CASEWORK,
    Role.REVIEW_EXPERT: frozenset(),
    Role.APPROVER: _CASEWORK,
    Role.SEAL_KEEPER: frozenset(),
    Role.OFFICER: _CASEWORK | {P.MISMATCH_HANDLE, P.REMINDER_VIEW},
    Role.LEGAL_REVIEWER: _CASEWORK,
    Role.SUPERVISOR: _CASEWORK
    | {P.CERTIFICATE_RECORD_STATUS, P.CONFLICT_DECIDE, P.MISMATCH_HANDLE, P.REMINDER_VIEW, P.REMINDER_RULE_EDIT}
    | {P.DELIVERY_RETRY, P.CALENDAR_EDIT, P.LIMIT_EDIT},
    Role.JOINT_DEPARTMENT: frozenset(),
    Role.LEADER: _CASEWORK | {P.REMINDER_VIEW, P.OPERATIONS_VIEW},
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
