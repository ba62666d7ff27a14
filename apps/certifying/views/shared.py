"""What the pages of the application share: objects as 404 for absent and forbidden alike."""

from django.http import Http404
from django.utils import timezone

from apps.accounts.requests import actor_of
from apps.certifying.rules.applying import APPLYING
from apps.certifying.selectors.applications import of_file
from apps.core.calendar import today
from apps.parties.constants import OrganisationKind
from apps.parties.policies import can_act_for
from apps.workflow.bindings import process_of
from apps.workflow.policies import get_visible_file, hindrances


def day():
    """Today in Shanghai."""
    return today(timezone.now())


def call_of(request):
    """Who acts, and when: the first two arguments of every service."""
    return {"actor": actor_of(request), "now": timezone.now()}


def application_or_404(request, pk):
    """The application of a file that the person sees."""
    file = get_visible_file(request.user, pk)
    if file.process != APPLYING.code:
        raise Http404
    return of_file(file)


def own_or_404(request, pk):
    """The application, for who acts for its organisation."""
    application = application_or_404(request, pk)
    if not can_act_for(request.user, application.file.organisation_id, day()):
        raise Http404
    return application


def draft_or_404(request, pk):
    application = own_or_404(request, pk)
    if application.file.status != APPLYING.start:
        raise Http404
    return application


def works(user, file, party):
    """Whether the person does the party's work on the file as it stands."""
    steps = [step for step in process_of(file.process).steps_from(file.status) if party in step.by]
    return bool(steps) and not user.is_staff_member and not hindrances(file, steps[0], user, day())


def acting_body(request):
    """The certification body for which the person acts now; 404 for everybody else."""
    body = getattr(request, "acting_for", None)
    if request.user.is_staff_member or body is None or body.kind != OrganisationKind.BODY:
        raise Http404
    return body
