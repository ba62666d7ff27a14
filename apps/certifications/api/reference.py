"""The description of the API: OpenAPI 3.1 for programs, and the same as a page for people.

The page is drawn here from the schema: the usual viewers need inline styles, which the content security policy forbids.
"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

PREFIX = "/api/v1/"


class Schema(SpectacularAPIView):
    """OpenAPI 3.1 (YAML, or JSON with ?format=json)."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    http_method_names = ("get", "head")


@login_not_required
@require_safe
def reference(request):
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return render(request, "certifications/api_reference.html", {"operations": _operations(schema)})


def _operations(schema):
    """Each operation of the schema: method, path, summary, parameters, what is sent and answered two levels deep."""
    return [
        {
            "id": told["operationId"],
            "method": method.upper(),
            "path": path,
            "summary": told.get("summary", ""),
            "token": told.get("description", "") if told.get("security") else "",
            "parameters": [_parameter(p) for p in told.get("parameters", [])],
            "sent": _fields(schema, _first(told.get("requestBody", {}).get("content", {}))),
            "fields": _fields(schema, _answer_of(told)),
        }
        for path, methods in sorted(schema["paths"].items())
        if path.startswith(PREFIX)
        for method, told in methods.items()
    ]


def _parameter(parameter):
    described = parameter.get("schema", {})
    return {
        "name": parameter["name"],
        "required": parameter.get("required", False),
        "kind": _kind(described),
        "description": parameter.get("description", ""),
    }


def _answer_of(operation):
    good: dict[str, Any] = next(
        (answer for status, answer in operation["responses"].items() if status.startswith("2")), {}
    )
    return _first(good.get("content", {}))


def _first(content):
    first: dict[str, Any] = next(iter(content.values()), {})
    return first.get("schema", {})


def _fields(schema, described, depth=0):
    properties = _resolved(schema, described).get("properties", {})
    found = []
    for name, field in properties.items():
        inner = _resolved(schema, field)
        found.append(
            {
                "name": name,
                "depth": depth,
                "kind": _kind(field) or _kind(inner) or "object",
                "description": field.get("description", ""),
            }
        )
        if depth < 1:
            found += _fields(schema, field, depth + 1)
    return found


def _resolved(schema, described):
    """The schema behind a reference, a list or a combination."""
    described = described.get("items", described)
    for part in (described, *described.get("allOf", ()), *described.get("oneOf", ())):
        if reference_to := part.get("$ref"):
            return schema["components"]["schemas"][reference_to.rsplit("/", 1)[1]]
    return described


def _kind(described):
    kind = described.get("type", "")
    kind = " | ".join(kind) if isinstance(kind, list) else kind
    values = [str(value) for value in described.get("enum", []) if value]
    return f"{kind}: {', '.join(values)}" if values else described.get("format", kind)
