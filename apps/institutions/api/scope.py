"""An institution's own capability scope and licences."""

from django.urls import reverse
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from apps.core.calendar import today
from apps.core.tables.problems import explain
from apps.institutions.api import serializers as shapes
from apps.institutions.api.base import OwnView
from apps.institutions.api.cursors import at_most, position
from apps.institutions.api.shown import licence_shown
from apps.institutions.constants import ScopeState
from apps.institutions.models import ScopeImport, ScopeRow, ScopeVersion
from apps.institutions.rules.scope import PROBLEMS
from apps.institutions.selectors.applications import licences_of
from apps.institutions.selectors.files import current_sites
from apps.institutions.selectors.scopes import rows_of
from apps.institutions.services.scope_reading import reread
from apps.institutions.services.scopes import take_in_scope
from apps.institutions.token_scopes import LICENCES_READ, SCOPE_READ, SCOPE_WRITE
from apps.parties.api.calls import READING, WRITING, FileBody, once
from apps.parties.api.public import absolute

ROWS, MOST_ROWS = 100, 500
MOST_PROBLEMS = 200
AFTER = OpenApiParameter("after", int, description=gettext_lazy("从这一行之后继续"))
SIZE = OpenApiParameter("page_size", int, description=gettext_lazy("每页行数，最多 500"))


class ScopeVersions(OwnView):
    scopes = {"get": SCOPE_READ}

    @extend_schema(
        operation_id="own_scope_list",
        summary=gettext_lazy("能力附表的各版本，新的在前"),
        responses={200: shapes.ScopeVersionSerializer(many=True), **READING},
    )
    def get(self, request):
        found = self.scopes_of().exclude(state=ScopeState.DISCARDED).order_by("-n")
        return Response([version_shown(scope) for scope in found[:200]])


class ScopeRows(OwnView):
    scopes = {"get": SCOPE_READ}

    @extend_schema(
        operation_id="own_scope_retrieve",
        summary=gettext_lazy("一个版本的能力附表，逐页"),
        parameters=[AFTER, SIZE],
        responses={200: shapes.ScopeRowsSerializer, **READING},
    )
    def get(self, request, n):
        scope = self.scopes_of().exclude(state=ScopeState.DISCARDED).filter(n=n).first()
        if scope is None:
            raise NotFound
        return Response(page_of_rows(request, scope, absolute("institutions_api:scope_rows", n)))


class ScopeImports(OwnView):
    scopes = {"post": SCOPE_WRITE}
    parser_classes = (FileBody,)

    @extend_schema(
        operation_id="own_scope_imports_create",
        summary=gettext_lazy("上传能力附表；全部无误即成为草稿，否则列出有误的单元格"),
        request={"multipart/form-data": shapes.ScopeSentSerializer},
        responses={201: shapes.ScopeImportSerializer, **WRITING},
    )
    @once
    def post(self, request):
        upload = self.asked(shapes.ScopeSentSerializer)["file"]
        batch = take_in_scope(**self.call, institution_id=self.institution().pk, upload=upload)
        place = reverse("institutions_api:scope_import", args=[batch.pk])
        return Response(import_shown(batch), 201, headers={"Location": place})


class ScopeImportResult(OwnView):
    scopes = {"get": SCOPE_READ}

    @extend_schema(
        operation_id="own_scope_imports_retrieve",
        summary=gettext_lazy("一次上传的结果"),
        responses={200: shapes.ScopeImportSerializer, **READING},
    )
    def get(self, request, pk):
        found = ScopeImport.objects.filter(institution__organisation=self.organisation, pk=pk).first()
        if found is None:
            raise NotFound
        return Response(import_shown(found))


class Licences(OwnView):
    scopes = {"get": LICENCES_READ}

    @extend_schema(
        operation_id="own_licences_list",
        summary=gettext_lazy("本单位的资质认定证书及其变化"),
        responses={200: shapes.LicenceSerializer(many=True), **READING},
    )
    def get(self, request):
        return Response([licence_shown(each, self.today) for each in licences_of(self.organisation.pk)[:200]])


def version_shown(scope: ScopeVersion) -> dict[str, object]:
    return {
        "n": scope.n,
        "state": scope.state,
        "rows": scope.rows_count,
        "note": scope.note,
        "made_at": scope.made_at,
        "approved_on": scope.approved_on,
        "decision_number": scope.decision_number,
        "superseded_on": scope.superseded_on,
    }


def page_of_rows(request, scope: ScopeVersion, address: str, query: str = "") -> dict[str, object]:
    """One page of a scope, by the number of its rows: the same whatever came before it."""
    after = position(request.query_params, "after")
    size = at_most(request.query_params, "page_size", usual=ROWS, most=MOST_ROWS)
    found = list(rows_of(scope, query=query).filter(n__gt=after)[: size + 1])
    more = len(found) > size
    onward = request.query_params.copy()
    onward["after"] = str(found[size - 1].n) if more else ""
    return {
        "version": version_shown(scope),
        "results": [row_shown(row) for row in found[:size]],
        "next": f"{address}?{onward.urlencode()}" if more else None,
    }


def row_shown(row: ScopeRow) -> dict[str, object]:
    known = row.capability
    parts = {name: getattr(known, name) for name in ("field", "object", "parameter", "standard", "title")}
    return {"n": row.n, **parts, "clause": row.clause, "restriction": row.restriction, "site": row.site}


def import_shown(batch: ScopeImport) -> dict[str, object]:
    problems = []
    if batch.made is None and batch.rows_bad:
        sites = [site.name for site in current_sites(batch.institution_id, today(batch.uploaded_at))]
        problems = reread(batch, sites).problems[:MOST_PROBLEMS]
    cells = []
    for problem in problems:
        said = explain(PROBLEMS, problem.code)
        cell = {"row": problem.row, "column": str(problem.column), "value": problem.value, "code": problem.code}
        cells.append({**cell, "rule": str(said.rule), "remedy": str(said.remedy)})
    return {
        "id": batch.pk,
        "file": batch.original_name,
        "sha256": batch.sha256,
        "rows": batch.rows_total,
        "bad_rows": batch.rows_bad,
        "version": batch.made.n if batch.made else None,
        "problems": cells,
    }
