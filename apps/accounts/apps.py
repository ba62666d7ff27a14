from django.apps import AppConfig

from apps.accounts.constants import Topic
from apps.core.events import declare_topics


class AccountsConfig(AppConfig):
    name = "apps.accounts"

    def ready(self) -> None:
        declare_topics(Topic)
        # Models must be loaded first: checks and receivers register themselves, the trail is a list to take out.
        from apps.accounts import checks, receivers, trail_export  # noqa: F401, PLC0415
