from django.apps import AppConfig

from apps.core.events import declare_topics
from apps.parties.constants import Topic


class PartiesConfig(AppConfig):
    name = "apps.parties"

    def ready(self) -> None:
        declare_topics(Topic)
