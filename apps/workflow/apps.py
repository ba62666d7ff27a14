from importlib import import_module

from django.apps import AppConfig

from apps.core import events


class WorkflowConfig(AppConfig):
    name = "apps.workflow"

    def ready(self) -> None:
        # These reach the models, which exist only now.
        bindings = import_module("apps.workflow.bindings")
        reconciling = import_module("apps.workflow.services.reconciling")
        events.subscribe(reconciling.CHANGED, reconciling.deadlines_changed)
        bindings.when_registered(import_module("apps.workflow.services.lapsing").watch)
        import_module("apps.workflow.papers").register()
        import_module("apps.workflow.pushing").register_topic()
        import_module("apps.workflow.exporting").register_lists()
        reminders = import_module("apps.workflow.reminders")
        reminders.register_events()
        bindings.when_registered(reminders.process_registered)
        import_module("apps.workflow.services.moving").register_own_rows()
