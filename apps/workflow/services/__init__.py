"""What other apps and interfaces may do with files."""

from apps.workflow.services.absences import declare_absence, end_absence
from apps.workflow.services.assignment import assign, claim, hand_over, name_person, recuse, unname_person
from apps.workflow.services.engine import advance, lock_file, open_file
from apps.workflow.services.routing import add_rule, end_rule

__all__ = [
    "add_rule",
    "advance",
    "assign",
    "claim",
    "declare_absence",
    "end_absence",
    "end_rule",
    "hand_over",
    "lock_file",
    "name_person",
    "open_file",
    "recuse",
    "unname_person",
]
