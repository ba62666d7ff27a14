from importlib import import_module

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "apps.notifications"

    def ready(self) -> None:
        # The handlers reach the models, which exist only now.
        import_module("apps.notifications.handlers").subscribe_all()
