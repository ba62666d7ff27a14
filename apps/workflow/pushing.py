"""The progress of a file, pushed to the systems of its applicant and of the body that works it (apps.webhooks).

The applicant's system learns what the applicant is told or did, the body's every step on what was submitted to it;
neither learns a name or a reason of the other side.
"""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from apps.webhooks.services import emit
from apps.webhooks.topics import Topic, register
from apps.workflow.bindings import process_of
from apps.workflow.models import File, Transition
from apps.workflow.process import APPLICANT, Step

FILE_STEP = "file.step"


def push(*, now: dt.datetime, file: File, transition: Transition, step: Step) -> None:
    """Promise the event, in the transaction of the step."""
    to = {file.organisation_id} if APPLICANT in {*step.tells, *step.by} else set()
    if file.handler_id is not None and file.submitted_at is not None:
        to.add(file.handler_id)
    if to:
        key = f"file:{file.pk}:{transition.version}"
        emit(topic=FILE_STEP, key=key, organisation_ids=to, data=_told(file, transition, step), now=now)


def _told(file: File, transition: Transition, step: Step) -> dict[str, Any]:
    with override("zh-hans"):
        status, message = str(process_of(file.process).state(file.status).label), str(step.message)
    return {
        "file": file.number,
        "process": file.process,
        "matter": file.matter,
        "title": file.title,
        "step": step.code,
        "status": file.status,
        "status_label": status,
        "message": message,
        "taken_at": transition.at.isoformat(),
        "due_on": file.due_on.isoformat() if file.due_on else None,
    }


def register_topic() -> None:
    """Called by WorkflowConfig.ready."""
    told = _("本单位的办件每有一步进展时发送：编号、事项、步骤、现在的环节和截止日。")
    register(Topic(FILE_STEP, _("办件进展"), told))
