"""What the pages about issued certificates share."""

from django.http import Http404
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.requests import actor_of
from apps.certifying.rules import life_acts
from apps.certifying.rules.life_terms import AUDIT
from apps.workflow.models import Named
from apps.workflow.policies import get_visible_file


def call_of(request):
    """Who acts, and when: the first two arguments of every service."""
    return {"actor": actor_of(request), "now": timezone.now()}


def case_file(request, pk):
    """A file of ours that the person sees, or 404."""
    file = get_visible_file(request.user, pk)
    if file.process not in life_acts.TABLES:
        raise Http404
    return file


def named_people(file):
    """The auditors who were named to an audit."""
    named = Named.objects.filter(file=file, role=AUDIT, until=None)
    return User.objects.filter(pk__in=named.values("user_id")).order_by("display_name", "pk")


def days_late(file, on):
    """By how many days the earliest limit of a file has passed."""
    return (on - file.due_on).days if file.due_on is not None else 0
