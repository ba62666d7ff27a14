"""The letter by which a new member of staff sets the first password. Called after the commit, never inside it."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str

from apps.accounts.models import User


def send_invitation(user: User) -> None:
    """Mail a link that sets the password once; it dies when used, and after three days."""
    adapter = get_adapter()
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    context = {"person": user, "password_url": adapter.get_reset_password_from_key_url(key)}
    adapter.send_mail("accounts/email/invitation", user.email, context)
