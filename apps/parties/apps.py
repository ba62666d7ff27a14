from importlib import import_module

from django.apps import AppConfig

from apps.core.events import declare_topics
from apps.parties.constants import Topic


class PartiesConfig(AppConfig):
    name = "apps.parties"

    def ready(self) -> None:
        declare_topics(Topic)
        import_module("apps.parties.services.moving").register_own_rows()  # models exist only now
        bars = import_module("apps.parties.selectors.bans").bars_from_role
        import_module("apps.accounts.objections").register(bars)
