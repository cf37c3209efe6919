"""Routes whose parameters are one model of the query, read without the framework's general way.

The framework works out anew for every request what each parameter is, which costs more than to check it. The route is
declared as any other, so that the description stays its own; and whatever is not plain (a mistake, a name that is not
declared) is handed to the framework, so that there is one set of refusals.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Mapping
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from api.deps import MOST_LANGUAGE_CHARACTERS, get_now, get_state
from api.validators import snapshot_only

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class SwiftRoute(APIRoute):
    """A route for `endpoint(asked, state, now, accepted)`, of which all but `asked` may be missing."""

    def get_route_handler(self) -> Handler:
        """The short way where this route is of that kind; else the framework's."""
        usual = super().get_route_handler()
        swift = _swift_of(self, usual)
        return usual if swift is None else swift.answer


class QueryReader:
    """Reads one model from a query."""

    def __init__(self, model: type[BaseModel]) -> None:
        fields = model.model_fields
        self._model = model
        self._is_list = {field.alias or name: _is_list(field.annotation) for name, field in fields.items()}
        self._other_names = fields.keys() - self._is_list.keys()
        self._passes_over = model.model_config.get("extra") == "ignore"

    def read(self, query: bytes) -> BaseModel | None:
        """The model; None where that takes a closer look."""
        given: dict[str, Any] = {}
        for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
            is_list = self._is_list.get(name)
            if is_list is None:
                if name in self._other_names or not self._passes_over:
                    return None
            elif is_list:
                given.setdefault(name, []).append(value)
            else:
                given[name] = value
        try:
            return self._model.model_validate(given, by_alias=True, by_name=False)
        except ValidationError:
            return None


@dataclass(frozen=True, slots=True)
class _Swift:
    """How requests of one route are answered. `name`: what the endpoint calls its model."""

    endpoint: Callable[..., Response]
    reader: QueryReader
    name: str
    wants: frozenset[str]
    is_fixed: bool
    usual: Handler

    async def answer(self, request: Request) -> Response:
        """As the framework would."""
        state = await get_state(request) if "state" in self.wants else None
        if self.is_fixed and state is not None:
            await snapshot_only(request, state)
        accepted = request.headers.get("accept-language")
        asked = self.reader.read(request.scope["query_string"])
        overrides = request.app.dependency_overrides
        if asked is None or len(accepted or "") > MOST_LANGUAGE_CHARACTERS or overrides.keys() - {get_now}:
            return await self.usual(request)
        given = {"state": state, "now": await _result(overrides.get(get_now, get_now)), "accepted": accepted}
        arguments = {self.name: asked} | {name: given[name] for name in self.wants}
        call = partial(copy_context().run, partial(self.endpoint, **arguments))
        return await asyncio.get_running_loop().run_in_executor(None, call)


async def _result(clock: Callable[[], Any]) -> Any:
    found = clock()
    return await found if inspect.isawaitable(found) else found


def is_swift(route: APIRoute) -> bool:
    """Whether requests of this route are read the short way."""
    return isinstance(route, SwiftRoute) and _swift_of(route, route.get_route_handler()) is not None


def _swift_of(route: APIRoute, usual: Handler) -> _Swift | None:
    """None for routes of any other kind."""
    dependant = route.dependant
    others = dependant.path_params, dependant.cookie_params, dependant.body_params
    headers = {field.name for field in dependant.header_params}
    known: Mapping[Any, str] = {get_state: "state", get_now: "now", snapshot_only: "fixed"}
    calls = {known.get(part.call, "other") for part in dependant.dependencies}
    if len(dependant.query_params) != 1 or any(others) or not headers <= {"accepted"} or "other" in calls:
        return None
    (parameter,) = dependant.query_params
    model = parameter.field_info.annotation
    if not (inspect.isclass(model) and issubclass(model, BaseModel)) or inspect.iscoroutinefunction(route.endpoint):
        return None
    return _Swift(
        endpoint=route.endpoint,
        reader=QueryReader(model),
        name=parameter.name,
        wants=frozenset(headers | calls) - {"fixed"},
        is_fixed="fixed" in calls,
        usual=usual,
    )


def _is_list(annotation: Any) -> bool:
    """Whether a parameter may be given several times."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _is_list(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return any(_is_list(part) for part in get_args(annotation))
    return origin in (tuple, list) or annotation in (tuple, list)
