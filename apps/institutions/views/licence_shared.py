"""What the pages of the licence process share: objects as 404 for absent and forbidden alike."""

from django.http import Http404
from django.utils import timezone

from apps.core.calendar import today
from apps.institutions.rules.licensing import LICENSING
from apps.institutions.selectors import applications as selectors
from apps.parties.policies import can_act_for
from apps.workflow.policies import get_visible_file


def application_or_404(request, pk):
    """The application of a file that the person sees."""
    file = get_visible_file(request.user, pk)
    if file.process != LICENSING.code:
        raise Http404
    return selectors.of_file(file)


def own_or_404(request, pk):
    """The application, for who acts for its organisation."""
    application = application_or_404(request, pk)
    if not can_act_for(request.user, application.file.organisation_id, today(timezone.now())):
        raise Http404
    return application


def demand_or_404(application, pk):
    found = application.demands.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def told_demand_or_404(application, pk):
    """A point that the applicant was told of."""
    found = demand_or_404(application, pk)
    if found.told_at is None:
        raise Http404
    return found
