from importlib import import_module

from django.apps import AppConfig

from apps.core.events import declare_topics
from apps.matters.constants import Topic


class MattersConfig(AppConfig):
    name = "apps.matters"

    def ready(self) -> None:
        import_module("apps.matters.binding").bind()  # reaches the models, which exist only now
        declare_topics(Topic)
