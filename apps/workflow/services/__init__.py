"""What other apps and interfaces may do with files."""

from apps.workflow.services.absences import declare_absence, end_absence
from apps.workflow.services.assignment import assign, claim, hand_over, name_person, recuse, unname_person
from apps.workflow.services.bulk import bulk_assign, bulk_remind, chosen_files, preview_assign, preview_remind
from apps.workflow.services.engine import advance, lock_file, open_file
from apps.workflow.services.routing import add_rule, end_rule
from apps.workflow.services.tabs import delete_view, save_view

__all__ = [
    "add_rule",
    "advance",
    "assign",
    "bulk_assign",
    "bulk_remind",
    "chosen_files",
    "claim",
    "declare_absence",
    "delete_view",
    "end_absence",
    "end_rule",
    "hand_over",
    "lock_file",
    "name_person",
    "open_file",
    "preview_assign",
    "preview_remind",
    "recuse",
    "save_view",
    "unname_person",
]
