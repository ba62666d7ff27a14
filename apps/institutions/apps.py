from importlib import import_module

from django.apps import AppConfig

from apps.core import alarms
from apps.core.events import declare_topics
from apps.institutions.licence_constants import Topic


class InstitutionsConfig(AppConfig):
    name = "apps.institutions"

    def ready(self) -> None:
        import_module("apps.institutions.services.moving").register_own_rows()  # models exist only now
        import_module("apps.institutions.selectors.route_records").register_own_sources()
        # The binding reaches the models, which exist only now.
        import_module("apps.institutions.licensing").bind()
        import_module("apps.institutions.life_processes").bind()
        checking = import_module("apps.institutions.commitment_checking")
        checking.bind()
        alarms.register(checking.overdue_alarms)
        declare_topics(Topic)
        import_module("apps.institutions.licence_reminders").register_events()
        import_module("apps.institutions.duty_reminders").register_events()
        import_module("apps.institutions.token_scopes").register_scopes()
