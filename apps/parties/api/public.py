"""Public reading: nobody signs in, the budget of lookups, answers that can be cached."""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from rest_framework.exceptions import NotFound, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.views import APIView

from apps.accounts.requests import client_ip
from apps.core.calendar import today as date_of
from apps.core.limits import budget, seconds_to_wait
from apps.parties.api.problems import ProblemRenderer, problem_response


class Answering(APIView):
    # One form of answer, and every fault as problem details. No docstring: drf-spectacular would make it the
    # description of every operation that has none of its own, and the page for people shows that.
    renderer_classes = (JSONRenderer,)
    cache_control = "no-store"

    def perform_content_negotiation(self, request, force=False):
        """There is one form of answer; a strange Accept header gets it too."""
        return JSONRenderer(), JSONRenderer.media_type

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code < 400:
            response.headers.setdefault("Cache-Control", self.cache_control)
        else:
            response.headers["Cache-Control"] = "no-store"
            response.accepted_renderer = ProblemRenderer()
            response.accepted_media_type = ProblemRenderer.media_type
        return response

    def handle_exception(self, exc):
        return problem_response(exc)


@method_decorator(conditional_page, name="dispatch")
class PublicView(Answering):
    # Read only. `cache_control` says how long an answer may be kept; every answer has an ETag.
    authentication_classes = ()
    permission_classes = (AllowAny,)
    http_method_names = ("get", "head")
    cache_control = "public, no-cache"

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        wait = seconds_to_wait(client_ip(request), budget("lookup"))
        if wait:
            raise Throttled(wait)
        self.now: dt.datetime = timezone.now()
        self.today: dt.date = date_of(self.now)

    def serialised(self, serializer, **options):
        return serializer(context={"now": self.now, "today": self.today}, **options).data


class Nowhere(Answering):
    """An address of the API that does not exist: a fault like any other, and no page."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request, *args, **kwargs):
        raise NotFound


def absolute(name: str, *args: object) -> str:
    """An address of this installation, from the settings and never from the Host header."""
    return f"{settings.PUBLIC_URL}{reverse(name, args=args)}"
