"""The one place that says whom a password or a session may belong to."""

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser


class PortalBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth is untyped
    """allauth's backend; outside a demo installation it knows no demo account, not even one already signed in."""

    def __init__(self) -> None:
        self._tried: set[int] = set()

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        if getattr(user, "demo", False) and not settings.DEMO:
            return False
        return bool(super().user_can_authenticate(user))

    def _check_password(self, user: AbstractBaseUser | None, password: str) -> AbstractBaseUser | None:
        """One hashing for each attempt: allauth tries a name as e-mail, as user name and as e-mail again, so that a
        known name would cost twice what an unknown one does, and the time of the answer would tell them apart."""
        if user is None or user.pk in self._tried:
            return None
        self._tried.add(user.pk)
        return super()._check_password(user, password)  # type: ignore[no-any-return]
