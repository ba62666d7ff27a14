"""What the papers of a check on site say: parameters of apps.documents.papers. All Chinese: papers are acts."""

from typing import Any

from django.conf import settings
from django.utils.translation import override

from apps.clock.selectors import running
from apps.core.calendar import today
from apps.institutions.licence_constants import Verdict
from apps.institutions.licence_papers import authority_of
from apps.institutions.rules.terms import INFORMED_RECTIFY, INFORMED_RULE
from apps.institutions.selectors.commitment_check import check_of_file, findings_of
from apps.workflow.constants import SUBJECT
from apps.workflow.models import File, Transition


def paper(file: File, transition: Transition, template: str) -> dict[str, Any]:
    """The order to rectify, the one paper of a check: what was found, until when it is put right."""
    check = check_of_file(file)
    due = next(view.due_on for view in running(SUBJECT, [file.pk])[file.pk] if view.code == INFORMED_RECTIFY)
    assert due is not None, "the step started this clock"
    assert check.visit_on is not None, "no visit begins without a day"
    with override("zh-hans"):  # whatever language the leader reads
        found = [
            {"criterion": each.get_criterion_display(), "problem": each.text}
            for each in findings_of(check)
            if each.verdict == Verdict.DEFECT
        ]
    return {
        "authority": authority_of(file),
        "number": f"{file.number}-{transition.version:02d}",
        "addressee": file.organisation.name,
        "case_number": file.number,
        "matter": file.title,
        "date": today(transition.at).isoformat(),
        "contact": str(file.unit),
        "licence_number": check.licence.number,
        "visited_on": check.visit_on.isoformat(),
        "reason": transition.reason,
        "findings": found,
        "basis": [INFORMED_RULE],
        "rectify_by": due.isoformat(),
        "reconsideration_authority": settings.RECONSIDERATION_AUTHORITY,
        "court": settings.COMPETENT_COURT,
    }
