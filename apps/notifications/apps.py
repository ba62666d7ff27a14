from importlib import import_module

from django.apps import AppConfig

from apps.core import alarms


class NotificationsConfig(AppConfig):
    name = "apps.notifications"

    def ready(self) -> None:
        # The handlers reach the models, which exist only now.
        import_module("apps.notifications.handlers").subscribe_all()
        import_module("apps.notifications.ban_reminders").register_events()
        alarms.register(import_module("apps.notifications.alarms").delivery_alarms)
        # No deadline lapses by a clock that has jumped: what silence grants cannot be taken back.
        fence = import_module("apps.notifications.services.fence")
        import_module("apps.clock.lapses").register_fence(fence.clock_is_trusted)
