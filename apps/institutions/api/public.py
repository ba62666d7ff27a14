"""Testing institutions for everybody: who they are, what they may test, whether a licence holds."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from apps.core.problems import Problem, ProblemsFound
from apps.core.tokens import token_key
from apps.institutions.api import public_serializers as shapes
from apps.institutions.api.cursors import at_most
from apps.institutions.api.scope import AFTER, SIZE, page_of_rows
from apps.institutions.api.shown import licence_shown
from apps.institutions.constants import Field
from apps.institutions.licence_constants import LicenceStatus
from apps.institutions.models import Institution
from apps.institutions.rules.asking import TEXT_LENGTH, ask
from apps.institutions.selectors.capabilities import LAST_PAGE, who_may_test
from apps.institutions.selectors.certificates import licence_by_token
from apps.institutions.selectors.files import institution_by_token
from apps.institutions.selectors.life import Standing, public_standings
from apps.institutions.selectors.public import licence_state, public_page
from apps.institutions.selectors.scopes import scope_in_force
from apps.parties.api.problems import faults
from apps.parties.api.public import PublicView, absolute

FAULTS = faults(400, 404, 429, 503)
PAGE_SIZE, MOST = 50, 100
WORDS = 100


def _text(name, description, **more):
    return OpenApiParameter(name, str, description=description, **more)


DIVISION = _text("division", gettext_lazy("行政区划代码，2、4 或 6 位"))
QUESTION = [
    _text("q", gettext_lazy("要检什么：对象、参数、标准，用空格分开")),
    _text("object", gettext_lazy("检测对象")),
    _text("parameter", gettext_lazy("参数")),
    _text("standard", gettext_lazy("标准编号或名称")),
    _text("field", gettext_lazy("领域"), enum=Field.values),
    DIVISION,
    OpenApiParameter("page", int, description=gettext_lazy("第几页，最多 50")),
]


class Institutions(PublicView):
    cache_control = "public, max-age=60"

    @extend_schema(
        operation_id="institutions_list",
        summary=gettext_lazy("检验检测机构名录"),
        parameters=[
            DIVISION,
            _text("after", gettext_lazy("从上一页最后一家机构的代码之后继续")),
            OpenApiParameter("page_size", int, description=gettext_lazy("每页家数，最多 100")),
        ],
        responses={200: shapes.InstitutionListSerializer, **FAULTS},
    )
    def get(self, request):
        params = request.query_params
        size = at_most(params, "page_size", usual=PAGE_SIZE, most=MOST)
        rows = Institution.objects.select_related("organisation").filter(organisation__merged_into=None)
        rows = rows.filter(organisation__division_code__startswith=_division(params)).order_by("pk")
        if after := params.get("after", ""):
            rows = rows.filter(pk__gt=_by_token(after).pk)
        found = list(rows[: size + 1])
        onward = params.copy()
        onward["after"] = found[size - 1].token if len(found) > size else ""
        next_page = f"{absolute('institutions_api:institutions')}?{onward.urlencode()}"
        return Response(
            {
                "results": rows_shown(found[:size], self.today),
                "next": next_page if len(found) > size else None,
            }
        )


class InstitutionDetail(PublicView):
    @extend_schema(
        operation_id="institutions_retrieve",
        summary=gettext_lazy("一家机构的公开信息"),
        responses={200: shapes.InstitutionSerializer, **FAULTS},
    )
    def get(self, request, token):
        institution = _by_token(token)
        shown = public_page(institution, self.today)
        scope = scope_in_force(institution.pk)
        return Response(
            {
                **row_shown(institution, shown.standing, self.today),
                "sites": [{"name": site.name, "address": site.address} for site in shown.sites],
                "posts": [
                    {"position": str(post.position), "name": post.name, "fields": post.fields, "since": post.since}
                    for post in shown.posts
                ],
                "scope": {"version": scope.n, "rows": scope.rows_count, "since": scope.approved_on} if scope else None,
                "commitments": [
                    {"kind": each.kind, "year": each.year, "state": each.state, "published_on": each.published_on}
                    for each in shown.commitments
                ],
                "annual_reports": [
                    {"year": report.year, "filed_on": report.filed_on, "late": late} for report, late in shown.reports
                ],
                "bans": [
                    {"decision": b.decision_number, "authority": b.authority, "since": b.starts_on, "until": b.ends_on}
                    for b in shown.bans
                ],
            }
        )


class InstitutionScope(PublicView):
    @extend_schema(
        operation_id="institutions_scope",
        summary=gettext_lazy("一家机构现行有效的能力附表，逐页"),
        parameters=[_text("q", gettext_lazy("对象、参数或标准")), AFTER, SIZE],
        responses={200: shapes.PublicRowsSerializer, **FAULTS},
    )
    def get(self, request, token):
        institution = _by_token(token)
        scope = scope_in_force(institution.pk)
        if scope is None:
            raise NotFound
        query = _words(request.query_params, "q", WORDS)
        address = absolute("institutions_api:institution_scope", institution.token)
        page = page_of_rows(request, scope, address, query)
        page["version"] = {"version": scope.n, "rows": scope.rows_count, "since": scope.approved_on}
        return Response(page)


class Capabilities(PublicView):
    cache_control = "public, max-age=60"

    @extend_schema(
        operation_id="capabilities_list",
        summary=gettext_lazy("谁能检：能力附表中有这一项的机构"),
        parameters=QUESTION,
        responses={200: shapes.HolderListSerializer, **FAULTS},
    )
    def get(self, request):
        params = request.query_params
        limits = {"q": WORDS, **dict.fromkeys(("object", "parameter", "standard"), TEXT_LENGTH)}
        asked = {name: _words(params, name, most) for name, most in limits.items()}
        page = at_most(params, "page", usual=1, most=LAST_PAGE)
        question = ask(**asked, field=_field(params), division=_division(params))
        if not question.literal:
            rule, remedy = _("没有说明要检什么"), _("请给出 q、object、parameter 或 standard")
            raise ProblemsFound(Problem("question.missing", "q", asked["q"][:40], rule, remedy))
        answer = who_may_test(question, page=page)
        institutions = rows_shown([holder.institution for holder in answer.holders], self.today)
        return Response(
            {
                "results": [
                    {
                        "institution": institution,
                        "matches": holder.matches,
                        "samples": [_capability(each) for each in holder.samples],
                    }
                    for holder, institution in zip(answer.holders, institutions, strict=True)
                ],
                "total": answer.total,
                "page": page,
                "more": answer.more and page < LAST_PAGE,
            }
        )


class LicenceDetail(PublicView):
    cache_control = "no-store"

    @extend_schema(
        operation_id="licences_retrieve",
        summary=gettext_lazy("按证书上的查询码核验资质认定证书"),
        responses={200: shapes.PublicLicenceSerializer, **FAULTS},
    )
    def get(self, request, token):
        found = licence_by_token(token) if len(token) <= 64 and token.isprintable() else None
        if found is None:
            raise NotFound
        return Response({**licence_shown(found, self.today), "checked_at": self.now})


def rows_shown(institutions: Sequence[Institution], on: dt.date) -> list[dict[str, Any]]:
    standings = public_standings([each.organisation_id for each in institutions], on)
    return [row_shown(each, standings.get(each.organisation_id), on) for each in institutions]


def row_shown(institution: Institution, standing: Standing | None, on: dt.date) -> dict[str, Any]:
    """As its page says it: of the licence that this portal knows; only without one, of the transcribed certificate."""
    organisation = institution.organisation
    return {
        "token": institution.token,
        "url": absolute("portal:institution", institution.token),
        "name": organisation.name,
        "uscc": organisation.uscc,
        "division_code": organisation.division_code,
        "cma_number": standing.licence.number if standing else institution.cma_number,
        "cma_to": standing.licence.valid_to if standing else institution.cma_to,
        "licence": _state(standing) if standing else licence_state(institution, on),
    }


def _state(standing: Standing) -> str:
    """A licence that has not begun is none to rely on yet."""
    if standing.status == LicenceStatus.VALID and not standing.begun:
        return shapes.NOT_BEGUN
    return standing.status.value


def _capability(known: Any) -> dict[str, str]:
    return {name: getattr(known, name) for name in ("field", "object", "parameter", "standard")}


def _by_token(token: str) -> Institution:
    found = institution_by_token(token_key(token)[:12]) if len(token) <= 64 and token.isprintable() else None
    if found is None:
        raise NotFound
    return found


def _words(params: Any, name: str, most: int) -> str:
    text: str = params.get(name, "")
    if len(text) > most or not text.isprintable():
        rule = _("最长 %(n)d 个可见字符") % {"n": most}
        raise ProblemsFound(Problem(f"{name}.invalid", name, ascii(text[:40]), rule, _("请缩短，并去掉不可见字符")))
    return text.strip()


def _field(params: Any) -> str:
    code: str = params.get("field", "")
    if code and code not in Field.values:
        rule, remedy = _("没有这个领域"), _("请填 00 至 21 的代码")
        raise ProblemsFound(Problem("field.unknown", "field", ascii(code[:20]), rule, remedy))
    return code


def _division(params: Any) -> str:
    code: str = params.get("division", "")
    if code and not (code.isascii() and code.isdigit() and len(code) in (2, 4, 6)):
        rule, remedy = _("不是行政区划代码"), _("请填 2、4 或 6 位数字")
        raise ProblemsFound(Problem("division.invalid", "division", ascii(code[:20]), rule, remedy))
    return code
