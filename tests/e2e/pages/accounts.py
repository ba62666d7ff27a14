"""Sign-in, one's own account, accounts and roles."""

import datetime as dt
from types import SimpleNamespace

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from apps.accounts.constants import ExportState, Role
from apps.accounts.models import Export
from tests import factories
from tests.accounts.conftest import confirmed
from tests.e2e.pages import ENTERPRISE, PUBLIC, row

ADMIN, SECURITY, CLERK = Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.WINDOW_CLERK
SECURED = "a person with a second factor"
EXPORTER = "a member of staff with files"

ROWS = [
    row("/people/exports/", CLERK),
    row("/people/exports/", EXPORTER),
    row("/accounts/login/", PUBLIC),
    row("/accounts/signup/", PUBLIC),
    row("/accounts/inactive/", PUBLIC),
    row("/accounts/confirm-email/", PUBLIC),
    row("/accounts/confirm-email/x/", PUBLIC),
    row("/accounts/password/reset/", PUBLIC),
    row("/accounts/password/reset/done/", PUBLIC),
    row("/accounts/password/reset/key/0-x/", PUBLIC),
    row("/accounts/password/reset/key/done/", PUBLIC),
    row("/accounts/password/change/", ENTERPRISE),
    row("/accounts/reauthenticate/", ENTERPRISE),
    row("/accounts/email/", ENTERPRISE),
    row("/accounts/2fa/", ENTERPRISE, SECURED),
    row("/accounts/2fa/totp/activate/", ENTERPRISE),
    row("/accounts/2fa/totp/deactivate/", SECURED),
    row("/accounts/2fa/reauthenticate/", SECURED),
    row("/accounts/2fa/recovery-codes/", SECURED),
    row("/accounts/2fa/recovery-codes/generate/", SECURED),
    row("/accounts/2fa/webauthn/", ENTERPRISE),
    row("/accounts/2fa/webauthn/add/", ENTERPRISE),
    row("/accounts/2fa/webauthn/", SECURED),
    row("/accounts/2fa/webauthn/keys/{key.pk}/edit/", SECURED),
    row("/accounts/2fa/webauthn/keys/{key.pk}/remove/", SECURED),
    row("/people/me/", ENTERPRISE, CLERK),
    row("/people/me/sessions/", ENTERPRISE),
    row("/people/accounts/", ADMIN, SECURITY),
    row("/people/accounts/new/", ADMIN),
    row("/people/accounts/{clerk.pk}/", ADMIN, SECURITY),
    row("/people/accounts/{clerk.pk}/close/", ADMIN),
    row("/people/accounts/{clerk.pk}/unit/", ADMIN),
    row("/people/accounts/{clerk.pk}/second-factor/", ADMIN),
    row("/people/accounts/{closed.pk}/reopen/", ADMIN),
    row("/people/accounts/{clerk.pk}/roles/new/", SECURITY),
    row("/people/accounts/roles/{grant.pk}/end/", SECURITY),
]

NOT_PAGES = {
    "account_set_password": "redirects: every account has a password",
    "account_confirm_login_code": "redirects: nobody signs in by a code from a mail",
    "mfa_authenticate": "a step of signing in: tests/e2e/test_signing_in.py goes through it",
    "mfa_download_recovery_codes": "a download",
    "accounts:export_rows": "a part of the list of exports",
    "accounts:export_download": "a download",
    "accounts:export_dictionary": "a download",
    "mfa_login_webauthn": "JSON",
    "mfa_reauthenticate_webauthn": "wants a passkey of an authenticator: tests/e2e/test_passkey.py goes through it",
}


def seed(city: SimpleNamespace) -> None:
    city.clerk = factories.staff(CLERK)
    city.grant = city.clerk.role_grants.get()
    city.closed = factories.staff(Role.OFFICER, is_active=False)
    city.people[SECURED] = confirmed(factories.person())
    key = {"name": "USB", "credential": {}}
    city.key = Authenticator.objects.create(user=city.people[SECURED], type=Authenticator.Type.WEBAUTHN, data=key)
    TOTP.activate(city.people[SECURED], generate_totp_secret())
    RecoveryCodes.activate(city.people[SECURED])
    city.people[EXPORTER] = factories.staff(CLERK)
    for n, (state, file_format) in enumerate(zip(ExportState, ["csv", "xlsx", "csv", "xlsx", "csv"], strict=True)):
        Export.objects.create(
            user=city.people[EXPORTER],
            source="certifications.certificates",
            file_format=file_format,
            key=str(n),
            language="zh-hans",
            state=state,
            requested_at=timezone.now(),
            finished_at=timezone.now(),
            expires_at=timezone.now() + dt.timedelta(days=7),
            rows=6_000,
            size=400_000,
            failure="系统出错" if state == ExportState.FAILED else "",
        )
