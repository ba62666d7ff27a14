"""URLs of apps.parties."""

from apps.accounts.constants import Permission as P
from apps.parties.policies import SEES_ORGANISATIONS
from tests.architecture.access import OWNER, SIGNED_IN, Access, staff

POST = {"method": "post"}

ROWS: dict[str, Access] = {
    "parties:list": staff(*SEES_ORGANISATIONS),
    "parties:create": staff(P.ORGANISATION_EDIT),
    "parties:detail": staff(*SEES_ORGANISATIONS),
    "parties:edit": staff(P.ORGANISATION_EDIT),
    "parties:rename": staff(P.ORGANISATION_EDIT),
    "parties:suggest_merge": staff(P.ORGANISATION_MERGE, **POST),
    "parties:invite": OWNER.but(**POST),
    "parties:mine": SIGNED_IN,
    "parties:mine_detail": OWNER,
    "parties:duties": OWNER,
    "parties:duty_end": OWNER.but(**POST),
    "parties:tokens": SIGNED_IN,
    "parties:token_new": OWNER,
    "parties:token_revoke": OWNER,
    "parties:acting_for": OWNER.but(**POST),
    "parties:membership": OWNER,
    "parties:membership_end": OWNER,
    "parties:invitation_revoke": OWNER.but(**POST),
    "parties:invitation": OWNER,
    "parties:claims": staff(P.CLAIM_CONFIRM),
    "parties:claim_new": Access("flow"),  # for outside people; staff are refused, see tests/parties
    "parties:claim": OWNER,
    "parties:claim_confirm": OWNER.but(**POST),
    "parties:claim_refuse": OWNER.but(**POST),
    "parties:claim_withdraw": OWNER.but(**POST),
    "parties:claim_document": OWNER,
    "parties:bans": staff(P.BAN_VIEW, P.BAN_RECORD),
    "parties:ban_new": staff(P.BAN_RECORD),
    "parties:ban": staff(P.BAN_VIEW, P.BAN_RECORD),
    "parties:merges": staff(P.ORGANISATION_MERGE),
    "parties:merge": staff(P.ORGANISATION_MERGE),
    "parties:merge_decide": staff(P.ORGANISATION_MERGE, **POST),
    "parties:merge_undo": staff(P.ORGANISATION_MERGE, **POST),
}
