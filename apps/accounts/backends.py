"""The one place that says whom a password or a session may belong to."""

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser


class PortalBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth is untyped
    """allauth's backend; outside a demo installation it knows no demo account, not even one already signed in."""

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        if getattr(user, "demo", False) and not settings.DEMO:
            return False
        return bool(super().user_can_authenticate(user))
