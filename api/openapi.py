"""What /openapi.json says beyond the framework: the one shape of errors, answers that did not change, real examples."""

from __future__ import annotations

import json
import threading
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.errors import MEDIA_TYPE
from api.json_response import JSON
from api.schemas.error import ErrorBody

ERRORS = {
    "4XX": "A request that cannot be answered.",
    "5XX": "Not ready yet, or our own fault.",
}
FRAMEWORK_SCHEMAS = ("HTTPValidationError", "ValidationError")
EXAMPLES = Path(__file__).with_name("openapi_examples.json")
"""Path -> the parameters and the answer of a request to the embedded Jakarta; `python -m api.openapi_examples`."""


def describe(app: FastAPI) -> None:
    """Complete the framework's description of `app`."""
    lock = threading.Lock()  # the framework's own work on it is not safe to share between threads

    def openapi() -> dict[str, Any]:
        with lock:
            if app.openapi_schema is None:
                app.openapi_schema = _described(app)
            return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the framework's documented way to change the description


def _described(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(title=app.title, version=app.version, routes=app.routes, description=app.description)
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    for name in FRAMEWORK_SCHEMAS:
        schemas.pop(name, None)
    schemas["ErrorBody"] = ErrorBody.model_json_schema(ref_template="#/components/schemas/{model}")
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            responses = operation["responses"]
            responses.pop("422", None)
            if method == "get":
                responses["304"] = {"description": "The client has this answer: its If-None-Match names the ETag."}
            responses.update(_error_responses())
            _show_example(operation, examples().get(path))
    return found


def _error_responses() -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}
    return {status: {"description": text, "content": content} for status, text in ERRORS.items()}


@cache
def examples() -> dict[str, dict[str, Any]]:
    """What EXAMPLES holds."""
    found: dict[str, dict[str, Any]] = json.loads(EXAMPLES.read_text("utf-8")) if EXAMPLES.exists() else {}
    return found


def _show_example(operation: dict[str, Any], example: dict[str, Any] | None) -> None:
    """Put an example's parameters and answer where readers look for them."""
    if example is None:
        return
    for parameter in operation.get("parameters", []):
        if parameter["name"] in example["parameters"]:
            parameter["example"] = example["parameters"][parameter["name"]]
    content = operation["responses"]["200"].get("content", {})
    if JSON in content:
        content[JSON]["example"] = example["answer"]
