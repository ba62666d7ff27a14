"""What a merge of two organisations does with their files."""

from django.utils.translation import gettext_lazy as _

from apps.parties.merging import column_mover, register
from apps.workflow.models import File


def register_own_rows() -> None:
    """Called by WorkflowConfig.ready."""
    register(column_mover("workflow.files", _("案件"), File, "organisation_id"))
    register(column_mover("workflow.handled", _("办理的案件"), File, "handler_id"))
