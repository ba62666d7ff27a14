"""URLs of apps.institutions."""

from apps.accounts.constants import Permission as P
from apps.institutions.policies import SEES_INSTITUTIONS
from tests.architecture.access import ANYONE, OWNER, SIGNED_IN, Access, staff

POST = {"method": "post"}

ROWS: dict[str, Access] = {
    "institutions:list": staff(*SEES_INSTITUTIONS),
    "institutions:create": staff(P.INSTITUTION_EDIT),
    "institutions:mine": SIGNED_IN,
    "institutions:open_own": OWNER.but(**POST),
    "institutions:file": OWNER,
    "institutions:profile": OWNER,
    "institutions:licence": OWNER,
    "institutions:shareholder_add": OWNER,
    "institutions:shareholder_end": OWNER,
    "institutions:site_add": OWNER,
    "institutions:site_end": OWNER,
    "institutions:post_add": OWNER,
    "institutions:post_end": OWNER,
    "institutions:standards": ANYONE,
    "institutions:standard_new": staff(P.STANDARD_EDIT),
    "institutions:standard_edit": staff(P.STANDARD_EDIT),
    "institutions:scope_template": SIGNED_IN,
    "institutions:scope": OWNER,
    "institutions:scope_upload": OWNER,
    "institutions:scope_version": OWNER,
    "institutions:scope_difference": OWNER,
    "institutions:scope_approve": OWNER,
    "institutions:scope_discard": OWNER.but(**POST),
    "institutions:scope_import": OWNER,
    "institutions:scope_annotated": OWNER,
    "institutions:commitment_draft": OWNER,
    "institutions:commitment_sign": OWNER,
    "institutions:commitment_publish": OWNER.but(**POST),
    "institutions:commitment_breach": OWNER,
    "institutions:annual_report": OWNER,
    "institutions:sample": OWNER,
    "institutions:change_file": OWNER,
    "institutions:change_acknowledge": OWNER.but(**POST),
}
