"""Sign-in, account security (allauth) and apps.accounts."""

from apps.accounts.constants import Permission as P
from tests.architecture.access import ANYONE, OWNER, SIGNED_IN, Access, staff

POST = {"method": "post"}

ROWS: dict[str, Access] = {
    "accounts:exports": SIGNED_IN,
    "accounts:export_rows": SIGNED_IN,
    "accounts:export_download": OWNER,
    "accounts:export_dictionary": OWNER,
    # allauth's flows: it leads a visitor who is in the wrong step back by itself
    "account_login": ANYONE,
    "account_logout": ANYONE.but(**POST),
    "account_inactive": ANYONE,
    "account_signup": ANYONE,
    "account_reauthenticate": SIGNED_IN,
    "account_email": SIGNED_IN,
    "account_email_verification_sent": ANYONE,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "account_reset_password": ANYONE,
    "account_reset_password_done": ANYONE,
    "account_reset_password_from_key": ANYONE.but(args={"uidb36": "0", "key": "x"}),
    "account_reset_password_from_key_done": ANYONE,
    "account_confirm_login_code": Access("flow"),
    "account_confirm_email": ANYONE.but(args={"key": "x"}),
    "mfa_index": SIGNED_IN,
    "mfa_authenticate": Access("flow"),
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_reauthenticate_webauthn": SIGNED_IN,
    "mfa_remove_webauthn": SIGNED_IN,
    "mfa_edit_webauthn": SIGNED_IN,
    "mfa_login_webauthn": Access("flow"),
    # one's own account
    "accounts:me": SIGNED_IN,
    "accounts:sessions": SIGNED_IN,
    "accounts:session_end": OWNER.but(**POST),
    "accounts:sessions_end_others": SIGNED_IN.but(**POST),
    # the administrators
    "accounts:people": staff(P.ACCOUNT_MANAGE, P.ROLE_GRANT),
    "accounts:person": staff(P.ACCOUNT_MANAGE, P.ROLE_GRANT),
    "accounts:person_new": staff(P.ACCOUNT_MANAGE),
    "accounts:person_invite": staff(P.ACCOUNT_MANAGE, **POST),
    "accounts:person_close": staff(P.ACCOUNT_MANAGE),
    "accounts:person_reopen": staff(P.ACCOUNT_MANAGE),
    "accounts:person_move": staff(P.ACCOUNT_MANAGE),
    "accounts:person_reset_factor": staff(P.ACCOUNT_MANAGE),
    "accounts:grant_new": staff(P.ROLE_GRANT),
    "accounts:grant_end": staff(P.ROLE_GRANT),
}
