"""Whom a person acts for. Memberships are asked on every request, so a choice that is no longer true ends at once."""

from django.conf import settings
from django.utils import timezone

from apps.accounts.requests import ACTING_FOR
from apps.core.calendar import today
from apps.parties.selectors.memberships import organisations_of


class ActingForMiddleware:
    """Sets `request.organisations` (whom the person may act for) and keeps the session's choice one of them.

    With one organisation there is nothing to choose. Staff act for nobody.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.organisations = []
        # Without a session cookie nobody is asked who they are: the answer would vary by cookie.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            request.organisations = self._organisations(request)
            self._keep_choice_true(request)
        return self.get_response(request)

    def _organisations(self, request):
        user = request.user
        if user.is_staff_member:
            return []
        return list(organisations_of(user, today(timezone.now())).only("pk", "name", "uscc", "kind"))

    def _keep_choice_true(self, request):
        ids = [organisation.pk for organisation in request.organisations]
        chosen = request.session.get(ACTING_FOR)
        if chosen not in ids:
            chosen = ids[0] if len(ids) == 1 else None
        if chosen != request.session.get(ACTING_FOR):
            request.session[ACTING_FOR] = chosen
        request.acting_for = next((each for each in request.organisations if each.pk == chosen), None)
