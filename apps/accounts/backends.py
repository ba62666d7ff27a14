"""The one place that says whom a password or a session may belong to."""

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser


class PortalBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth is untyped
    """allauth's backend; outside a demo installation it knows no demo account, not even one already signed in."""

    def __init__(self) -> None:
        self._tried: set[int] = set()

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        if _demo_elsewhere(user):
            return False
        return bool(super().user_can_authenticate(user))

    def _check_password(self, user: AbstractBaseUser | None, password: str) -> AbstractBaseUser | None:
        """One hashing for each attempt: allauth tries a name as e-mail, as user name and as e-mail again, so that a
        known name would cost twice what an unknown one does, and the time of the answer would tell them apart. The
        password of a demo account is public, so outside a demo it is no password."""
        if user is None or user.pk in self._tried:
            return None
        self._tried.add(user.pk)
        if _demo_elsewhere(user):  # allauth would remember a person whose password was right, and sign them in
            self._did_check_password = True
            user.check_password(password)
            return None
        return super()._check_password(user, password)  # type: ignore[no-any-return]


def _demo_elsewhere(user: AbstractBaseUser | None) -> bool:
    return bool(getattr(user, "demo", False)) and not settings.DEMO
