"""Who sees the documents of a file: whoever sees the file. A paper that has not left the house is the bureau's."""

from collections.abc import Collection
from typing import Any

from django.utils import timezone

from apps.core.calendar import today
from apps.documents import access
from apps.workflow.bindings import binding_of, path_of
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File
from apps.workflow.policies import visible_files, works_for_handler


def register() -> None:
    """Called once at start-up. An app with forms of its own for a file's documents registers the subject again."""
    access.register(SUBJECT, sees, page=page_of, withheld=withheld, number=number_of)


def sees(user: Any, organisation_id: int | None, subject_id: int) -> bool:
    return visible_files(user).filter(pk=subject_id).exists()


def withheld(user: Any, subject_id: int) -> Collection[str]:
    """The papers that outside people do not get in the file's present state: its app says which."""
    file = File.objects.get(pk=subject_id)
    if user.is_staff_member or works_for_handler(user, file, today(timezone.now())):
        return ()
    return binding_of(file.process).withheld(file)


def page_of(subject_id: int) -> str:
    """The case page of a file."""
    return path_of(File.objects.get(pk=subject_id))


def number_of(subject_id: int) -> str:
    """The number of a file."""
    return File.objects.values_list("number", flat=True).get(pk=subject_id)
