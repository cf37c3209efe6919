"""Answers that are models: written as JSON once, without being checked a second time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from pydantic import BaseModel
from pydantic_core import to_jsonable_python
from starlette.responses import Response

JSON = "application/json"
BY_LANGUAGE: Mapping[str, str] = {"Vary": "Accept-Language"}
"""For answers with names in them."""


def plain_response(answer: Mapping[str, Any] | Sequence[Any], headers: Mapping[str, str] = BY_LANGUAGE) -> Response:
    """What our own code made JSON-ready: not made into a model first, which would cost more than to compute it.

    Numbers that are none are null.
    """
    return Response(json_bytes(answer), 200, dict(headers), JSON)


def json_bytes(answer: object) -> bytes:
    """The text of an answer."""
    return orjson.dumps(answer, default=to_jsonable_python)


def model_response(model: BaseModel, headers: Mapping[str, str] = BY_LANGUAGE) -> Response:
    """One model; fields that are None are left out."""
    return Response(model.model_dump_json(by_alias=True, exclude_none=True), 200, dict(headers), JSON)


def models_response(models: Sequence[BaseModel], headers: Mapping[str, str] = BY_LANGUAGE) -> Response:
    """A bare array of models."""
    rows = (model.model_dump_json(by_alias=True, exclude_none=True) for model in models)
    return Response(f"[{','.join(rows)}]", 200, dict(headers), JSON)


def full_response(model: BaseModel, headers: Mapping[str, str] = BY_LANGUAGE) -> Response:
    """One model of the native API: fields that are None are null."""
    return Response(model.model_dump_json(by_alias=True), 200, dict(headers), JSON)
