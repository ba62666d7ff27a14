"""The last touches on the OpenAPI description."""

from typing import Any


def close_requests(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """A field that a call does not ask for is refused (apps.parties.api.calls.Asked): the description says so."""
    schemas = result["components"]["schemas"]
    for methods in result["paths"].values():
        for operation in methods.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                name = content["schema"].get("$ref", "").rsplit("/", 1)[-1]
                if name in schemas:
                    schemas[name]["additionalProperties"] = False
    return result
