"""How allauth meets the portal: limits on sign-in, links that never follow the Host header, secrets at rest."""

import base64
from urllib.parse import quote, urljoin, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from apps.accounts import throttle
from apps.accounts.requests import anonymous_actor, client_ip
from apps.accounts.selectors import is_known_address
from apps.accounts.services.passwords import set_password
from apps.accounts.services.refusals import record_blocked_sign_in


class AccountAdapter(DefaultAccountAdapter):
    """allauth's behaviour with the portal's limits, addresses and names."""

    def get_client_ip(self, request):
        return client_ip(request) or "0.0.0.0"  # noqa: S104  a Unix socket has no address

    def pre_authenticate(self, request, **credentials):
        """Count the attempt before the password is looked at; refuse above the limits (throttle.py)."""
        name, address = _login_name(credentials), self.get_client_ip(request)
        self._counted = [(throttle.PAIR, (name, address)), (throttle.ADDRESS, (address,))]
        if not is_known_address(name, address):
            self._counted.append((throttle.STRANGERS, (name,)))
        excess = {limit.name: throttle.count(limit, *parts) - limit.attempts for limit, parts in self._counted}
        if 1 in excess.values():  # the attempt that crossed a limit, not each one after it
            over = next(limit for limit in excess if excess[limit] == 1)
            record_blocked_sign_in(actor=anonymous_actor(request), now=timezone.now(), login_name=name, limit=over)
        if max(excess.values()) > 0:
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self):
        """allauth calls this when the password was right."""
        for limit, parts in self._counted:
            throttle.give_back(limit, *parts)

    def set_password(self, user, password):
        set_password(user=user, password=password, now=timezone.now())

    def get_reset_password_from_key_url(self, key):
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return urljoin(settings.PUBLIC_URL, path.replace("UID-KEY", quote(key)))

    def get_email_confirmation_url(self, request, emailconfirmation):
        return urljoin(settings.PUBLIC_URL, reverse("account_confirm_email", args=[emailconfirmation.key]))

    def send_mail(self, template_prefix, email, context):
        """Every link and name in mail comes from the settings: a command without a request may send it too."""
        english = (get_language() or "").startswith("en")
        bureau = settings.BUREAU_NAME_EN if english else settings.BUREAU_NAME
        context = {
            "email": email,
            "current_site": {"name": bureau, "domain": urlsplit(settings.PUBLIC_URL).netloc},
            **context,
            "bureau_name": bureau,
            "public_url": settings.PUBLIC_URL,
        }
        for name in ("signup_url", "password_reset_url"):
            if name in context:
                context[name] = urljoin(settings.PUBLIC_URL, "/" + context[name].split("/", 3)[-1])
        self.render_mail(template_prefix, email, context).send()


def _login_name(credentials):
    return str(credentials.get("email") or credentials.get("username") or "").strip().casefold()


class MfaAdapter(DefaultMFAAdapter):
    """TOTP secrets and recovery seeds are encrypted with a key derived from SECRET_KEY, older keys still readable."""

    def encrypt(self, text):
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self):
        return settings.BUREAU_NAME


def _fernet():
    return MultiFernet([Fernet(_derived(key)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _derived(secret):
    key = HKDF(SHA256(), 32, salt=None, info=b"certportal second factor").derive(secret.encode())
    return base64.urlsafe_b64encode(key)
