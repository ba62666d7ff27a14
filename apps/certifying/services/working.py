"""Who of a body's people may do the work beside the steps: list points, plan, write up an examination."""

import datetime as dt

from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.calendar import today
from apps.core.problems import Refused
from apps.workflow.bindings import process_of
from apps.workflow.models import File
from apps.workflow.policies import hindrances, visible_files


def refuse_unless(*, actor: Actor, now: dt.datetime, file: File, party: str) -> None:
    """Whoever may take a step of the party in the file's status may do its work: duty, naming, conflicts, hands."""
    on = today(now)
    if actor.user is None or not visible_files(actor.user, on).filter(pk=file.pk).exists():
        raise Refused("absent", str(file.pk))
    steps = [step for step in process_of(file.process).steps_from(file.status) if party in step.by]
    if not steps:
        raise Refused("state", _("现在不能办理。"))
    against = hindrances(file, steps[0], actor.user, on)
    if against:
        raise Refused(str(against[0].obstacle), _("；").join(str(found) for found in against))
