"""Who may open which URL: one table per app, beside this file. A new URL without a row fails the suite.

A row says who gets in; `test_access.py` then opens the URL anonymously, as an outside person and as every role:

    ROWS = {
        "parties:detail": ANYONE,                        # no sign-in needed
        "parties:mine": SIGNED_IN,                       # anonymous visitors are sent to sign in
        "parties:merge_queue": staff(P.ORGANISATION_MERGE),   # 403 for signed-in people without the permission
        "parties:member_edit": OWNER,                    # an object's own people only: 404 for everybody else
        "parties:merge": staff(P.ORGANISATION_MERGE, method="post"),
        "api:certificate-list": ANYONE,
    }

Arguments of the URL are filled in with values that name nothing (0, "x"); give `args={"number": "..."}` where a
converter wants more. Whether an owner gets in is tested with the app's own views.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from apps.accounts.constants import Permission


@dataclass(frozen=True, slots=True)
class Access:
    """`who` is anyone, signed_in, owner, token or staff; staff need one of `permissions` (none named: any staff).

    token: of the API; nothing else opens it, neither a session nor a role.
    """

    who: str
    permissions: frozenset[Permission] = frozenset()
    method: str = "get"
    args: dict[str, Any] = field(default_factory=dict)

    def but(self, **changes: Any) -> "Access":
        """The same access with another method or other arguments."""
        return replace(self, **changes)


ANYONE = Access("anyone")
SIGNED_IN = Access("signed_in")
OWNER = Access("owner")
TOKEN = Access("token")


def staff(*permissions: Permission, method: str = "get", **args: Any) -> Access:
    """Staff whose roles hold one of the permissions."""
    return Access("staff", frozenset(permissions), method, args)
