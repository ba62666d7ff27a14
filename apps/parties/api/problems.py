"""Faults as problem details (RFC 9457) that name place, value, rule and remedy. `code` is for programs."""

from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, InterfaceError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, Throttled, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from apps.accounts.constants import NEVER_YOURS
from apps.core.patience import SearchTooSlow
from apps.core.problems import ProblemsFound, Refusal, StaleVersion

log = structlog.get_logger(__name__)
SHOWN = 10  # faults of the form of a body that are named; who sent more has another body in mind


class ProblemRenderer(JSONRenderer):
    """A fault, under the media type of RFC 9457."""

    media_type = "application/problem+json"
    format = "problem"


class Fault(APIException):
    """A fault of HTTP itself, with a sentence and a code."""

    def __init__(self, status: int, code: str, title: str, detail: str = "", headers: dict[str, str] | None = None):
        super().__init__(title)
        self.status_code, self.code, self.title, self.sentence = status, code, title, detail
        self.headers = headers or {}


class ProblemSerializer(serializers.Serializer):
    place = serializers.CharField()
    value = serializers.CharField()
    rule = serializers.CharField()
    remedy = serializers.CharField()
    code = serializers.CharField()


class FaultSerializer(serializers.Serializer):
    """RFC 9457 problem details."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    code = serializers.CharField(required=False)
    problems = ProblemSerializer(many=True, required=False)


def faults(*statuses: int) -> dict[tuple[int, str], Any]:
    """The part of an operation's description that says which faults it may answer."""
    return {(status, ProblemRenderer.media_type): FaultSerializer for status in statuses}


def problem_response(error: Exception, *, faulty: int = 400, stale: int = 409, absent: str = "") -> Response:
    """Any fault as problem details. What is not foreseen is logged and raised: it is our own.

    `faulty` and `stale` are the statuses of a faulty content and of a version that is no longer the latest; `absent` is
    the sentence for what is not there.
    """
    if isinstance(error, Refusal) and getattr(error, "code", "") != "absent":
        return _refused(error, faulty, stale)
    if isinstance(error, NotFound | Http404 | Refusal):
        return _problem(404, _("未查到"), detail=absent or _("未查到不等于伪造：可能尚未报送，也可能编号有误。"))
    if isinstance(error, SearchTooSlow | DatabaseError | InterfaceError):
        log.error("api_cannot_answer", error=str(error))
        return _later(_problem(503, _("暂时无法回答"), detail=_("请稍后再试，或缩小查询范围。")), 60)
    if isinstance(error, RequestDataTooBig):
        return _problem(413, _("请求内容过大"), code="too_large")
    if isinstance(error, SuspiciousOperation):
        return _problem(400, _("请求中有错误"), code="suspicious")
    if isinstance(error, APIException):
        return _of_http(error)
    raise error


def _refused(error: Refusal, faulty: int, stale: int) -> Response:
    """What a service refused."""
    if isinstance(error, ProblemsFound):
        return _problem(faulty, _("请求中有错误"), problems=_told(error), code=error.code)
    if isinstance(error, StaleVersion):
        return _problem(stale, _("内容已被他人修改"), detail=_("请重新读取后再试。"), code=error.code)
    status = 403 if error.code in NEVER_YOURS else 409
    return _problem(status, _("未能办理"), detail=getattr(error, "reason", ""), code=error.code)


def _of_http(error: APIException) -> Response:
    """What the interface itself found wrong with a request."""
    if isinstance(error, Fault):
        response = _problem(error.status_code, error.title, detail=error.sentence, code=error.code)
        for name, value in error.headers.items():
            response.headers[name] = value
        return response
    if isinstance(error, ValidationError):
        return _problem(400, _("请求中有错误"), code="invalid", problems=_flat(error.detail)[:SHOWN])
    if isinstance(error, Throttled):
        wait = int(getattr(error, "wait", None) or 60)
        return _later(_problem(429, _("请求过于频繁"), detail=_("请在 %(n)d 秒后再试。") % {"n": wait}), wait)
    return _problem(error.status_code, str(error.detail))


def _later(response: Response, seconds: int) -> Response:
    response.headers["Retry-After"] = str(seconds)
    return response


def _problem(status: int, title: str, **more: object) -> Response:
    known = {name: value for name, value in more.items() if value != ""}
    return Response({"type": "about:blank", "title": title, "status": status, **known}, status=status)


def _told(error: ProblemsFound) -> list[dict[str, str]]:
    return [
        {"place": p.place, "value": p.value, "rule": str(p.rule), "remedy": str(p.remedy), "code": p.code}
        for p in error.problems
    ]


def _flat(detail: Any, place: str = "") -> list[dict[str, str]]:
    """What a serializer found, each with the place in the body where it stands."""
    if isinstance(detail, dict):
        return [one for name, inner in detail.items() for one in _flat(inner, f"{place}.{name}".strip("."))]
    if isinstance(detail, list):
        return [one for inner in detail for one in _flat(inner, place)]
    remedy = _("请对照接口说明改正")
    code = str(getattr(detail, "code", "invalid"))
    return [{"place": place[:200], "value": "", "rule": str(detail), "remedy": remedy, "code": code}]
