"""What the pages of matters share: who acts and when, objects as 404 for absent and forbidden alike."""

from django.http import Http404
from django.utils import timezone

from apps.accounts.requests import actor_of
from apps.core.calendar import today
from apps.matters.constants import PROCESS
from apps.matters.selectors.cases import of_file
from apps.parties.policies import can_act_for
from apps.workflow.policies import get_visible_file


def call_of(request):
    """Who acts, and when: the first two arguments of every service."""
    return {"actor": actor_of(request), "now": timezone.now()}


def day():
    """Today in Shanghai."""
    return today(timezone.now())


def case_or_404(request, pk):
    """The case of a file that the person sees."""
    file = get_visible_file(request.user, pk)
    if file.process != PROCESS:
        raise Http404
    return of_file(file)


def own_or_404(request, pk):
    """The case, for who acts for its organisation."""
    case = case_or_404(request, pk)
    if request.user.is_staff_member or not can_act_for(request.user, case.file.organisation_id, day()):
        raise Http404
    return case


def or_404(found):
    if found is None:
        raise Http404
    return found
