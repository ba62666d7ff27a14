"""What every view of the public API shares: nobody signs in, the budget of lookups, answers that can be cached,
and faults as problem details (RFC 9457) that name place, value, rule and remedy."""

import datetime as dt

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page
from rest_framework.exceptions import APIException, NotFound, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.constants import NEVER_YOURS
from apps.accounts.requests import client_ip
from apps.certifications.selectors.search import SearchTooSlow
from apps.core.calendar import today as date_of
from apps.core.limits import budget, seconds_to_wait
from apps.core.problems import ProblemsFound, Refused

log = structlog.get_logger(__name__)


class ProblemRenderer(JSONRenderer):
    """A fault, under the media type of RFC 9457."""

    media_type = "application/problem+json"
    format = "problem"


@method_decorator(conditional_page, name="dispatch")
class PublicView(APIView):
    """Read only. `cache_control` says how long an answer may be kept; every answer has an ETag."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    http_method_names = ("get", "head")
    renderer_classes = (JSONRenderer,)
    cache_control = "public, no-cache"

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        wait = seconds_to_wait(client_ip(request), budget("lookup"))
        if wait:
            raise Throttled(wait)
        self.now: dt.datetime = timezone.now()
        self.today: dt.date = date_of(self.now)

    def perform_content_negotiation(self, request, force=False):
        """There is one form of answer; a strange Accept header gets it too."""
        return JSONRenderer(), JSONRenderer.media_type

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code == 200:
            response.headers.setdefault("Cache-Control", self.cache_control)
        else:
            response.headers["Cache-Control"] = "no-store"
            if response.status_code >= 400:
                response.accepted_renderer = ProblemRenderer()
                response.accepted_media_type = ProblemRenderer.media_type
        return response

    def handle_exception(self, exc):
        return problem_response(exc)

    def serialised(self, serializer, **options):
        return serializer(context={"now": self.now, "today": self.today}, **options).data


def problem_response(error: Exception) -> Response:
    """Any fault as problem details. What is not foreseen is logged and raised: it is our own."""
    if isinstance(error, ProblemsFound):
        problems = [
            {"place": p.place, "value": p.value, "rule": str(p.rule), "remedy": str(p.remedy), "code": p.code}
            for p in error.problems
        ]
        return _problem(400, _("请求中有错误"), problems=problems)
    if isinstance(error, Throttled):
        wait = int(getattr(error, "wait", None) or 60)
        response = _problem(429, _("请求过于频繁"), detail=_("请在 %(n)d 秒后再试。") % {"n": wait})
        response.headers["Retry-After"] = str(wait)
        return response
    if isinstance(error, Refused):
        return _problem(403 if error.code in NEVER_YOURS else 409, _("未能办理"), detail=error.reason, code=error.code)
    if isinstance(error, NotFound | Http404):
        return _problem(404, _("未查到"), detail=_("未查到不等于伪造：可能尚未报送，也可能编号有误。"))
    if isinstance(error, SearchTooSlow | DatabaseError):
        log.error("api_cannot_answer", error=str(error))
        response = _problem(503, _("暂时无法回答"), detail=_("请稍后再试，或缩小查询范围。"))
        response.headers["Retry-After"] = "60"
        return response
    if isinstance(error, APIException):
        return _problem(error.status_code, str(error.detail))
    raise error


def _problem(status: int, title: str, **more: object) -> Response:
    return Response({"type": "about:blank", "title": title, "status": status, **more}, status=status)


def absolute(name: str, *args: object) -> str:
    """An address of this installation, from the settings and never from the Host header."""
    return f"{settings.PUBLIC_URL}{reverse(name, args=args)}"
