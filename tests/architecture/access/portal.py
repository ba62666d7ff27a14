"""Public pages and home pages."""

from apps.accounts.constants import Permission as P
from tests.architecture.access import ANYONE, OWNER, SIGNED_IN, Access, staff

ROWS: dict[str, Access] = {
    "portal:home": ANYONE,
    "portal:desk": staff(),
    "portal:expiring": staff(P.CERTIFICATE_VIEW_INTERNAL),
    "portal:obligations": SIGNED_IN,
    "portal:draft_discard": OWNER.but(method="post"),
    "portal:operations": staff(P.OPERATIONS_VIEW),
    "portal:appearance": ANYONE,
    "portal:language": ANYONE,
    "portal:accessibility": ANYONE,
    "portal:privacy": ANYONE,
    "portal:open_data": ANYONE,
    "portal:reference": ANYONE,
    "portal:lookup": ANYONE,
    "portal:lookup_summary": ANYONE,
    "portal:certificate_by_number": ANYONE,
    "portal:certificate": ANYONE,
    "portal:certificate_qr": ANYONE,
    "portal:certificate_report": ANYONE,
    "portal:certificate_reported": ANYONE,
    "portal:bans": ANYONE,
    "portal:guide": ANYONE,
    "portal:testing": ANYONE,
    "portal:institution": ANYONE,
    "portal:institution_qr": ANYONE,
    "portal:organisation": ANYONE,
    "portal:styleguide": ANYONE,  # in a demo installation; elsewhere staff only
}
