from importlib import import_module

from django.apps import AppConfig

from apps.core import alarms, events


class ClockConfig(AppConfig):
    name = "apps.clock"

    def ready(self) -> None:
        events.declare_topics([import_module("apps.clock.constants").CHANGED])
        alarms.register(import_module("apps.clock.gaps").calendar_alarms)  # models exist only now
