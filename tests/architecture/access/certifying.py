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
    "certifying:apply": Access("flow"),  # for outside people; staff get 404, see tests/certifying
    "certifying:applications": Access("flow"),
    "certifying:case": OWNER,
    "certifying:take": OWNER,
    "certifying:basics": OWNER,
    "certifying:rows": OWNER,
    "certifying:row_remove": OWNER.but(**POST),
    "certifying:body": OWNER,
    "certifying:materials": OWNER,
    "certifying:material_remove": OWNER.but(**POST),
    "certifying:points": OWNER,
    "certifying:answer": OWNER,
    "certifying:reopen": OWNER,
    "certifying:point_act": OWNER.but(**POST),
    "certifying:plan": OWNER,
    "certifying:member_add": OWNER.but(**POST),
    "certifying:member_drop": OWNER.but(**POST),
    "certifying:stage": OWNER,
    "certifying:desk": OWNER,
    "certifying:people": OWNER,
    "certifying:offers": OWNER,
    "certifying:watch": staff(P.FILE_VIEW),
}
