"""URLs of apps.certifying."""

from apps.accounts.constants import Permission as P
from tests.architecture.access import OWNER, SIGNED_IN, Access, staff

POST = {"method": "post"}

ROWS: dict[str, Access] = {
    "certifying:certificates": SIGNED_IN,
    "certifying:certificate": OWNER,
    "certifying:factory_class": OWNER,
    "certifying:life_begin": OWNER,
    "certifying:late_acts": staff(P.FILE_VIEW),
    "certifying:life_case": OWNER,
    "certifying:life_step": OWNER,
    "certifying:life_evidence": OWNER.but(**POST),
    "certifying:finding_add": OWNER,
    "certifying:finding_close": OWNER,
    "certifying:auditor_add": OWNER,
    "certifying:auditor_drop": OWNER.but(**POST),
    "certifying:transfer_history": OWNER,
}
