"""Endpoints of the public register under /api/v1/."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from apps.certifications.api.serializers import (
    BodySerializer,
    CertificateDetailSerializer,
    CertificateListSerializer,
    CertificateSerializer,
    FindingSerializer,
    OrganisationSerializer,
    ProjectSerializer,
    VerificationSerializer,
)
from apps.certifications.constants import Status
from apps.certifications.rules import effective_status, token_key
from apps.certifications.rules.coverage import covers, overall
from apps.certifications.rules.verdict import Kind, verdict_of
from apps.certifications.selectors.asked import MAX_PAGE_SIZE, cursor_text, read_question
from apps.certifications.selectors.certificate_page import covered, details, head, verdict_for
from apps.certifications.selectors.holders import holder_at
from apps.certifications.selectors.listed import for_lists
from apps.certifications.selectors.lookup import by_body_and_number
from apps.certifications.selectors.reference import projects
from apps.certifications.selectors.search import PAGE_SIZE, search, summary
from apps.core.problems import Problem, ProblemsFound
from apps.parties.api.problems import faults
from apps.parties.api.public import PublicView, absolute
from apps.parties.selectors import bodies_after

FAULTS = faults(400, 404, 429, 503)
DATE = {"type": "string", "pattern": r"^(\d{4}-\d{2}-\d{2})?$"}  # an empty field of a form asks nothing


def _text(name, description, **more):
    return OpenApiParameter(name, str, OpenApiParameter.QUERY, description=description, **more)


SEARCH = [
    _text("q", _("编号、查询码、统一社会信用代码、名称、产品或拼音首字母；空格隔开的词须同时出现")),
    _text("as", _("words：一律按文字查找"), enum=["words"]),
    _text("scheme", _("认证类别或项目代码")),
    _text("body", _("认证机构批准号")),
    _text("county", _("行政区划代码，2、4 或 6 位")),
    _text("status", _("现在的状态"), enum=Status.values),
    OpenApiParameter("since", DATE, description=_("发证日期自")),
    OpenApiParameter("until", DATE, description=_("发证日期至")),
    _text("product", _("范围或产品中的文字")),
    _text("sort", _("按发证日期"), enum=["newest", "oldest"]),
    _text("after", _("从上一页给出的位置继续")),
    _text("before", _("回到上一页")),
    OpenApiParameter("page_size", int, description=_("每页条数，最多 100")),
]


class CertificateList(PublicView):
    cache_control = "public, max-age=60"

    @extend_schema(
        operation_id="certificates_list",
        summary=_("查找证书"),
        parameters=SEARCH,
        responses={200: CertificateListSerializer, **FAULTS},
    )
    def get(self, request):
        question = read_question(request.query_params, default_size=PAGE_SIZE)
        onward = back = total = None
        if question.finds_nothing or question.is_list_of_ids:
            rows = for_lists(list(question.found.ids))
            total = len(rows)
        else:
            page = search(question.criteria, today=self.today, cursor=question.cursor, size=question.size)
            rows, onward, back = page.certificates, page.next, page.previous
            if page.summary_inline and question.cursor is None:
                total = summary(question.criteria, today=self.today).total
        return Response(
            {
                "meaning": str(question.found.meaning),
                "results": self.serialised(CertificateSerializer, instance=rows, many=True),
                "next": self._neighbour("after", onward),
                "previous": self._neighbour("before", back),
                "total": total,
            }
        )

    def _neighbour(self, parameter, cursor):
        if cursor is None:
            return None
        params = self.request.query_params.copy()
        for name in ("after", "before"):
            params.pop(name, None)
        params[parameter] = cursor_text(cursor)
        return f"{absolute('api:certificates')}?{params.urlencode()}"


class CertificateDetail(PublicView):
    @extend_schema(
        operation_id="certificates_retrieve",
        summary=_("一张证书的全部公开信息"),
        responses={200: CertificateDetailSerializer, **FAULTS},
    )
    def get(self, request, token):
        found = _by_token(token)
        status = str(effective_status(found.status, found.valid_to, self.today))
        context = {"now": self.now, "today": self.today, "details": details(found, status=status)}
        return Response(CertificateDetailSerializer(found, context=context).data)


class Verify(PublicView):
    cache_control = "no-store"

    @extend_schema(
        operation_id="verify",
        summary=_("核验一张证书，可同时问产品、场所和日期"),
        parameters=[
            _text("token", _("查询码；或者给出 number 和 body")),
            _text("number", _("证书编号")),
            _text("body", _("认证机构批准号")),
            _text("product", _("是否包括这一产品")),
            _text("site", _("是否包括这一场所")),
            OpenApiParameter("day", DATE, description=_("哪一天；不填为今天")),
        ],
        responses={200: VerificationSerializer, **FAULTS},
    )
    def get(self, request):
        asked = _verification(request.query_params)
        found = _identified(asked)
        if found is None:
            return Response(self._answer(verdict_of(Kind.NOT_FOUND), None, []))
        findings = []
        if asked["product"] or asked["site"] or asked["day"]:
            criteria = {name: asked[name] for name in ("product", "site", "day")}
            findings = covers(covered(found), **criteria, today=self.today)
        return Response(self._answer(verdict_for(found, now=self.now, today=self.today), found, findings))

    def _answer(self, verdict, found, findings):
        return {
            "verdict": str(verdict.kind),
            "word": str(verdict.word),
            "sentence": str(verdict.sentence),
            "checked_at": self.now.isoformat(timespec="seconds"),
            "certificate": self.serialised(CertificateSerializer, instance=found) if found else None,
            "covers": str(overall(findings)) if findings else None,
            "findings": FindingSerializer(findings, many=True).data,
        }


class OrganisationDetail(PublicView):
    @extend_schema(
        operation_id="organisations_retrieve",
        summary=_("一家单位：统一社会信用代码或组织机构代码"),
        responses={200: OrganisationSerializer, **FAULTS},
    )
    def get(self, request, code):
        holder = holder_at(code) if len(code) in (9, 10, 18) else None
        if holder is None:
            raise NotFound
        names = [{"name": name, "kind": str(kind)} for name, kind, _span in holder.names]
        fields = ("name", "uscc", "org_code", "approval_number", "division", "codes")
        known = {name: getattr(holder, name) for name in fields}
        url = absolute("portal:organisation", holder.uscc or holder.org_code or holder.pk)
        return Response({**known, "kind": str(holder.kind), "names": names, "url": url})


class BodyList(PublicView):
    cache_control = "public, max-age=3600"

    @extend_schema(
        operation_id="bodies_list",
        summary=_("认证机构，按批准号顺序"),
        parameters=[_text("after", _("从这一批准号之后继续")), OpenApiParameter("page_size", int)],
        responses={200: BodySerializer(many=True), **FAULTS},
    )
    def get(self, request):
        params = {name: value for name, value in request.query_params.items() if name in ("page_size", "page")}
        size = read_question(params, default_size=MAX_PAGE_SIZE).size
        after = _printable("after", request.query_params.get("after", ""), 20)
        return Response(BodySerializer(bodies_after(after, size), many=True).data)


class ProjectList(PublicView):
    cache_control = "public, max-age=3600"

    @extend_schema(
        operation_id="projects_list", summary=_("认证项目"), responses={200: ProjectSerializer(many=True), **FAULTS}
    )
    def get(self, request):
        return Response(ProjectSerializer(projects(), many=True).data)


def _by_token(token):
    found = head(token_key(token)[:12]) if len(token) <= 64 and token.isprintable() else None
    if found is None:
        raise NotFound
    return found


def _identified(asked):
    if asked["token"]:
        return head(token_key(asked["token"])[:12])
    named = by_body_and_number(asked["body"], asked["number"])
    return head(named.token) if named else None


def _verification(params):
    """The parameters of a verification, checked; everything wrong at once."""
    problems: list[Any] = []
    asked: dict[str, Any] = {}
    for name, longest in {"token": 64, "number": 64, "body": 20, "product": 100, "site": 200}.items():
        try:
            asked[name] = _printable(name, params.get(name, ""), longest)
        except ProblemsFound as found:
            problems += found.problems
    try:
        asked["day"] = dt.date.fromisoformat(params["day"]) if params.get("day") else None
    except ValueError:
        shown = ascii(params["day"][:40])
        problems.append(
            Problem("day.invalid", "day", shown, gettext("不是日历上的日期"), gettext("请写成 2026-01-31 的样子"))
        )
    if not problems and not asked["token"] and not (asked["number"] and asked["body"]):
        rule, remedy = gettext("没有说明核验哪一张证书"), gettext("请给出 token，或同时给出 number 和 body")
        problems.append(Problem("token.missing", "token", "", rule, remedy))
    if problems:
        raise ProblemsFound(*problems)
    return asked


def _printable(name, value, longest):
    if len(value) > longest or not value.isprintable():
        rule = gettext("最长 %(n)d 个可见字符") % {"n": longest}
        raise ProblemsFound(
            Problem(f"{name}.invalid", name, ascii(value[:40]), rule, gettext("请缩短，并去掉不可见字符"))
        )
    return value.strip()
