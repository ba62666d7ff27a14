from django.apps import AppConfig


class ClockConfig(AppConfig):
    name = "apps.clock"
