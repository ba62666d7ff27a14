"""What `manage.py check --deploy` says about accounts."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from apps.accounts.selectors import demo_accounts_exist


@register(Tags.database, deploy=True)
def no_demo_accounts(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Demo accounts have a public password. Production refuses to sign them in; their presence is still a fault."""
    if settings.DEMO or not databases or not demo_accounts_exist():
        return []
    hint = "Deactivate or remove every account with User.demo before opening this installation."
    return [Error("Demo accounts exist in a database that is not a demo.", hint=hint, id="accounts.E001")]
