"""From exceptions to answers: one table, one shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.comparing import PARAMETERS
from api.motis.trip_ids import UnknownTripError
from api.not_ready import NotReadyError
from api.operations.admin_token import ForbiddenError, NoAdminError, UnauthorizedError
from api.schemas.error import ErrorBody, ErrorCode
from api.validators import NotModifiedError
from routing import QueryError
from routing.cancel import SearchCancelled
from routing.coverage import CoverageError
from routing.places import UnknownPlaceError

MEDIA_TYPE = "application/problem+json"
STATUS_CODES: Mapping[int, ErrorCode] = {404: "not_found", 405: "method_not_allowed", 414: "address_too_long"}
VALIDATION_CODES: Mapping[str, ErrorCode] = {"missing": "missing_parameter", "extra_forbidden": "unknown_parameter"}
CLIENT_LEFT = 499
"""What proxies and logs call it when nobody waits for the answer."""
OUR_FAULT = "something went wrong on our side"


def error_response(
    status: int,
    text: str,
    code: ErrorCode,
    field: str | None = None,
    limit: float | str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer in the one shape of errors."""
    body = ErrorBody(error=text, code=code, field=field, limit=limit)
    content = json.dumps(body.model_dump(), ensure_ascii=False, allow_nan=False)
    return Response(content, status, dict(headers or {}), MEDIA_TYPE)


def add_error_handlers(app: FastAPI) -> None:
    """Make every exception of an endpoint, and every one of the framework, answer in the one shape."""
    app.add_exception_handler(UnknownPlaceError, _unknown_place)
    app.add_exception_handler(UnknownTripError, _unknown_trip)
    app.add_exception_handler(NotModifiedError, _not_modified)
    app.add_exception_handler(QueryError, _bad_query)
    app.add_exception_handler(CoverageError, _bad_coverage)
    app.add_exception_handler(NotReadyError, _not_ready)
    app.add_exception_handler(SearchCancelled, _cancelled)
    app.add_exception_handler(NoAdminError, _no_admin)
    app.add_exception_handler(UnauthorizedError, _unauthorized)
    app.add_exception_handler(ForbiddenError, _forbidden)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(HTTPException, _http_error)


def _unknown_place(request: Request, error: Exception) -> Response:
    assert isinstance(error, UnknownPlaceError)
    return error_response(404, str(error), "unknown_stop", PARAMETERS.get(error.end, error.end))


def _unknown_trip(request: Request, error: Exception) -> Response:
    assert isinstance(error, UnknownTripError)
    return error_response(404, str(error), "unknown_trip", error.field)


def _not_modified(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotModifiedError)
    request.state.etag = error.tag
    return Response(status_code=304, headers={"Vary": "Accept-Language"})


def _bad_query(request: Request, error: Exception) -> Response:
    assert isinstance(error, QueryError)
    code: ErrorCode = "invalid_value" if error.limit is None else "out_of_range"
    return error_response(422, str(error), code, PARAMETERS.get(error.field, error.field), error.limit)


def _bad_coverage(request: Request, error: Exception) -> Response:
    return error_response(422, str(error), "invalid_value")


def _not_ready(request: Request, error: Exception) -> Response:
    return error_response(503, str(error), "not_ready", headers={"Retry-After": "5"})


def _cancelled(request: Request, error: Exception) -> Response:
    assert isinstance(error, SearchCancelled)
    metrics = request.app.state.metrics
    metrics.shed(error.why)
    if error.why == "left":
        return Response(status_code=CLIENT_LEFT)  # nobody reads it
    text = "this takes longer than a request may take; ask for less: a shorter window, fewer providers or places"
    return error_response(503, text, "deadline_exceeded", headers={"Retry-After": "10"})


def _no_admin(request: Request, error: Exception) -> Response:
    return error_response(404, "Not Found", "not_found")


def _unauthorized(request: Request, error: Exception) -> Response:
    headers = {"WWW-Authenticate": "Bearer"}
    return error_response(401, "the administration needs a bearer token", "unauthorized", headers=headers)


def _forbidden(request: Request, error: Exception) -> Response:
    return error_response(403, "this is not the token", "forbidden")


def _bad_request(request: Request, error: Exception) -> Response:
    """What pydantic found: the first fault, named by its parameter."""
    assert isinstance(error, RequestValidationError)
    first: Mapping[str, Any] = error.errors()[0]
    field = str(first["loc"][-1])
    code = VALIDATION_CODES.get(first["type"], "invalid_value")
    bounds = [value for name, value in (first.get("ctx") or {}).items() if name in ("ge", "le", "gt", "lt")]
    if bounds:
        code = "out_of_range"
    return error_response(422, f"{field}: {first['msg']}", code, field, bounds[0] if bounds else None)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = STATUS_CODES.get(error.status_code, "bad_request")
    return error_response(error.status_code, str(error.detail), code, headers=error.headers)
