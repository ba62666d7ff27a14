"""URLs of apps.matters."""

from apps.accounts.constants import Permission as P
from apps.matters.policies import SEES_MATTERS
from tests.architecture.access import ANYONE, OWNER, SIGNED_IN, Access, staff

POST = {"method": "post"}

ROWS: dict[str, Access] = {
    "matters:guide": ANYONE,
    "matters:matter": ANYONE,
    "matters:decision": ANYONE,
    "matters:begin": SIGNED_IN.but(**POST),
    "matters:mine": SIGNED_IN,
    "matters:case": OWNER,
    "matters:form": OWNER,
    "matters:documents": OWNER,
    "matters:document_remove": OWNER.but(**POST),
    "matters:points": OWNER,
    "matters:point_strike": OWNER.but(**POST),
    "matters:answer": OWNER,
    "matters:duty": OWNER,
    "matters:take": OWNER.but(args={"step": "propose"}),
    "matters:configurations": staff(*SEES_MATTERS),
    "matters:configuration_new": staff(P.MATTER_EDIT),
    "matters:configuration": staff(*SEES_MATTERS),
    "matters:configuration_edit": staff(P.MATTER_EDIT),
    "matters:configuration_act": staff(*SEES_MATTERS, method="post", act="propose"),
}
