"""What /openapi.json says of errors: every endpoint answers them in the one shape."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.errors import MEDIA_TYPE
from api.schemas.error import ErrorBody

ERRORS = {
    "4XX": "A request that cannot be answered.",
    "5XX": "Not ready yet, or our own fault.",
}
FRAMEWORK_SCHEMAS = ("HTTPValidationError", "ValidationError")


def describe_errors(app: FastAPI) -> None:
    """Replace the framework's description of errors, which is not the shape that they have here."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            found = get_openapi(title=app.title, version=app.version, routes=app.routes, description=app.description)
            schemas = found.setdefault("components", {}).setdefault("schemas", {})
            for name in FRAMEWORK_SCHEMAS:
                schemas.pop(name, None)
            schemas["ErrorBody"] = ErrorBody.model_json_schema(ref_template="#/components/schemas/{model}")
            for path in found["paths"].values():
                for operation in path.values():
                    operation["responses"].pop("422", None)
                    operation["responses"].update(_error_responses())
            app.openapi_schema = found
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the framework's documented way to change the description


def _error_responses() -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}
    return {status: {"description": text, "content": content} for status, text in ERRORS.items()}
