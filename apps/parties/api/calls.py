"""Views that a token opens: bodies within limits, idempotency keys, versions by ETag and If-Match."""

import hashlib
import json
import re
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ParseError, Throttled
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from apps.accounts.models import User
from apps.accounts.requests import FOUND_NOTHING, actor_of
from apps.core.calendar import today
from apps.core.problems import Refused
from apps.parties.api.problems import Fault, faults, problem_response
from apps.parties.api.public import Answering
from apps.parties.api.tokens import ANY, HasScope, TokenAuthentication, rate_headers, refuse_in_address, spend_token
from apps.parties.models import ApiToken, Organisation
from apps.parties.services.calls import Answer, OtherContent, answer_once

JSON_BYTES = 256 * 1024
UPLOAD_BYTES = 31 * 1024 * 1024  # one document of 30 MB, and the fields beside it
DEPTH = 20
_ETAG = re.compile(r'(W/)?"[\x21\x23-\x7e]+"')
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
KEPT_HEADERS = ("ETag", "Location")


class JsonBody(BaseParser):
    """JSON of at most 256 KB, as RFC 8259 has it: UTF-8, no NaN, no name twice, not nested without end."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        content = stream.read(JSON_BYTES + 1)
        if len(content) > JSON_BYTES:
            raise Fault(413, "too_large", _("请求内容过大"), _("JSON 内容不超过 256 KB。"))
        try:
            read = json.loads(content.decode(), parse_constant=_no_number, object_pairs_hook=_once_each)
        except (ValueError, RecursionError):
            raise ParseError(_("内容不是规范的 JSON。")) from None
        if _deeper(read, DEPTH):
            raise ParseError(_("JSON 嵌套过深。"))
        return read


def _no_number(name):
    raise ValueError(name)


def _once_each(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _deeper(value, left):
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return left == 0 or any(_deeper(each, left - 1) for each in inner)


class FileBody(MultiPartParser):
    """A form with one document."""

    def parse(self, stream, media_type=None, parser_context=None):
        length = parser_context["request"].META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit() and int(length) <= UPLOAD_BYTES):
            raise Fault(413, "too_large", _("请求内容过大"), _("单个文件不超过 30 MB。"))
        return super().parse(stream, media_type, parser_context)


class Asked(serializers.Serializer):
    """What a call sends. A field that is not asked for is a fault: nothing is dropped in silence, nothing stored."""

    def to_internal_value(self, data):
        strange = sorted(set(map(str, data)) - set(self.fields)) if hasattr(data, "keys") else []
        if strange:
            raise serializers.ValidationError({name[:100]: [_("没有这个字段")] for name in strange})
        return super().to_internal_value(data)


class Words(serializers.CharField):
    """A text, and nothing that would have to be turned into one."""

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class TokenSchema(AutoSchema):
    """Describes what every view here shares: the two headers and the faults."""

    def get_override_parameters(self):
        headers = []
        if self.method == "POST":
            headers.append(_header("Idempotency-Key", _("本次请求的键，重发时不变；同键同内容得到同一答复"), True))
        elif self.method not in ("GET", "HEAD"):
            headers.append(_header("Idempotency-Key", _("可选；重发时不变"), False))
        if self.method in getattr(self.view, "matched", ()):
            headers.append(_header("If-Match", _("所依据版本的 ETag；版本已变时答复 412"), True, '^"[!#-~]+"$'))
        return headers

    def get_description(self):  # type: ignore[override]  # of drf-spectacular, which gives neither path nor method
        """The scope that is needed."""
        wanted = self.view.scopes.get(self.method.lower(), "")  # type: ignore[attr-defined]  # a TokenView
        if wanted == ANY:
            return _("任何有效的令牌都可以")
        return _("所需权限：%(scope)s") % {"scope": wanted} if wanted else ""


def _header(name, description, required, pattern="^[!-~]+$"):
    kind = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": pattern}
    return OpenApiParameter(name, kind, OpenApiParameter.HEADER, description=description, required=required)


READING = faults(400, 401, 403, 404, 429, 503)
WRITING = faults(400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429, 503)


class TokenView(Answering):
    """`scopes`: method -> scope. `matched`: methods that need If-Match."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = (HasScope,)
    parser_classes: tuple[type[BaseParser], ...] = (JsonBody,)
    http_method_names = ("get", "head", "post", "put", "patch", "delete")
    schema = TokenSchema()
    cache_control = "private, no-store"
    scopes: dict[str, str] = {}
    matched: tuple[str, ...] = ()
    spent = None

    def initial(self, request, *args, **kwargs):
        refuse_in_address(request)
        self.now = timezone.now()
        self.today = today(self.now)
        super().initial(request, *args, **kwargs)

    def check_throttles(self, request):
        self.spent = spend_token(request.auth)
        if self.spent.wait:
            raise Throttled(self.spent.wait)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        if self.spent is not None:
            for name, value in rate_headers(self.spent).items():
                response.headers[name] = value
        return response

    def handle_exception(self, exc):
        if isinstance(exc, NotFound) or (isinstance(exc, Refused) and exc.code == "absent"):
            # The trail hears of who tries one id after another.
            setattr(self.request._request, FOUND_NOTHING, self.spent is not None)
        if isinstance(exc, OtherContent):
            exc = Fault(422, exc.code, _("键已用过"), exc.reason)
        faulty = 400 if self.request.method in ("GET", "HEAD") else 422
        return problem_response(exc, faulty=faulty, stale=412, absent=_("没有这项内容，或者它不属于本单位。"))

    @property
    def call(self):
        """Who acts, and when: the first two arguments of every service."""
        return {"actor": actor_of(self.request), "now": self.now}

    @property
    def token(self) -> ApiToken:
        assert isinstance(self.request.auth, ApiToken), "asked by HasScope"
        return self.request.auth

    @property
    def maker(self) -> User:
        """The person who answers for the token: policies ask what this person may see."""
        return self.token.made_by

    @property
    def organisation(self) -> Organisation:
        return self.token.organisation

    def asked(self, serializer):
        """The checked content of the call."""
        found = serializer(data=self.request.data)
        found.is_valid(raise_exception=True)
        return found.validated_data


def once(handler):
    """A method of a view that changes something. Under an Idempotency-Key it is done once; POST needs one."""

    @wraps(handler)
    def guarded(view, request, *args, **kwargs):
        key = _key_of(request)
        if key is None:
            with transaction.atomic():
                return handler(view, request, *args, **kwargs)

        def act():
            response = handler(view, request, *args, **kwargs)
            body = "" if response.data is None else JSONRenderer().render(response.data).decode()
            kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
            return Answer(response.status_code, body, kept)

        answer = answer_once(
            token_id=request.auth.pk, key=key, fingerprint=_fingerprint(request), now=view.now, act=act
        )
        response = Response(json.loads(answer.body) if answer.body else None, answer.status, headers=answer.headers)
        if answer.again:
            response.headers["Idempotency-Replayed"] = "true"
        return response

    return guarded


def _key_of(request):
    """The key of a call: a structured-field string, or the bare text of one."""
    given = request.headers.get("Idempotency-Key", "")
    plain = given[1:-1] if len(given) > 1 and given[0] == given[-1] == '"' else given
    if not given and request.method != "POST":
        return None
    if not _KEY.fullmatch(plain):
        detail = _("请为每个新的请求生成一个键（1 至 255 个可见字符，例如 UUID），重发时不变。")
        raise Fault(400, "idempotency.missing", _("缺少可用的 Idempotency-Key"), detail)
    return plain


def _fingerprint(request):
    """What tells two contents apart, whatever the spacing of JSON or the boundary of a form."""
    digest = hashlib.sha256(f"{request.method}\n{request.path}\n".encode())
    data = request.data
    if hasattr(data, "lists"):
        for name, values in sorted(data.lists()):
            digest.update(json.dumps([name, *map(_told, values)]).encode())
    else:
        digest.update(json.dumps(data, sort_keys=True).encode())
    return digest.hexdigest()


def _told(value):
    if not isinstance(value, UploadedFile):
        return str(value)
    content = hashlib.sha256()
    for chunk in value.chunks():
        content.update(chunk)
    value.seek(0)
    return f"{value.name}\n{content.hexdigest()}"


def match(request: Any, etag: str) -> None:
    """The call was made on the version that stands: 428 if it does not say on which, 412 if on another."""
    given = request.headers.get("If-Match", "").strip()
    if not given or given == "*":
        detail = _("请在 If-Match 中写明所读版本的 ETag，以免覆盖他人的修改。")
        raise Fault(428, "version.missing", _("缺少 If-Match"), detail)
    versions = [one.strip() for one in given.split(",")]
    if not all(_ETAG.fullmatch(one) for one in versions):
        raise Fault(400, "version.malformed", _("If-Match 不规范"), _("请照 ETag 原样填写，包括引号。"))
    if etag not in versions:
        raise Fault(412, "stale_version", _("内容已被修改"), _("请重新读取，核对后在新版本上再试。"), {"ETag": etag})
