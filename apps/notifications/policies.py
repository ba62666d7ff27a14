"""Whose messages a person sees."""

from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from apps.accounts.policies import scope_of
from apps.accounts.rules import scope_prefix
from apps.core.calendar import today
from apps.notifications.constants import Channel
from apps.notifications.models import Message, MessageTemplate, ReminderRule
from apps.parties.selectors.memberships import running_memberships

T = TypeVar("T")


def visible_messages(user: Any) -> QuerySet[Message]:
    """What a member of staff sees in the delivery monitor: a branch its own people, the bureau everything.

    Whose membership has ended is no longer one of the branch's people, and neither are their messages its business.
    """
    prefix = scope_of(user)
    everything = Message.objects.select_related("recipient")
    if scope_prefix(settings.HOME_DIVISION).startswith(prefix):
        return everything
    members = running_memberships(today(timezone.now())).filter(organisation__division_code__startswith=prefix)
    firms = Q(recipient__in=members.values("user_id"))
    staff = Q(recipient__unit__division_code__startswith=prefix)
    return everything.filter(firms | staff)


def get_visible_message(user: Any, pk: int) -> Message:
    """A message of the monitor; absent and out of sight look the same."""
    return _or_404(visible_messages(user).filter(pk=pk).first())


def get_own_message(user: Any, pk: int) -> Message:
    """An in-app message of the person's own."""
    return _or_404(Message.objects.filter(pk=pk, recipient_id=user.pk, channel=Channel.IN_APP).first())


def get_rule(pk: int) -> ReminderRule:
    """A rule; whoever may open the page sees all of them."""
    return _or_404(ReminderRule.objects.filter(pk=pk).first())


def get_template(pk: int) -> MessageTemplate:
    """A text; whoever may open the page sees all of them."""
    return _or_404(MessageTemplate.objects.filter(pk=pk).first())


def _or_404(found: T | None) -> T:
    if found is None:
        raise Http404
    return found
