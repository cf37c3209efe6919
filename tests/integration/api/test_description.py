"""The description of the service: valid, typed, and of the words that answers use."""

from __future__ import annotations

import re

import jsonschema
from starlette.testclient import TestClient

from routing.answer import Answer


def test_the_description_is_valid_and_knows_only_our_errors(client: TestClient) -> None:
    found = client.get("/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    assert not re.search("HTTPValidationError|ValidationError", client.get("/openapi.json").text)
    for schema in found["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for path, operations in found["paths"].items():
        for operation in operations.values():
            assert set(operation["responses"]) - {"304"} == {"200", "4XX", "5XX"}, path
            assert operation["description"], path


def test_every_field_of_a_comparison_is_typed(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    todo, seen = ["Comparison"], set()
    while todo:
        name = todo.pop()
        seen.add(name)
        schema = schemas[name]
        assert schema["type"] == "object"
        assert schema["additionalProperties"] is False, name
        for field, part in schema["properties"].items():
            assert {"type", "$ref", "anyOf", "oneOf", "enum", "const"} & part.keys(), f"{name}.{field} is untyped"
        todo += [found for found in re.findall(r"schemas/(\w+)", str(schema)) if found not in seen]
    assert {"RideLeg", "WalkLeg", "StopCall", "WeightRange", "InterchangeableLine"} <= seen


def test_reasons_of_answers_are_those_of_the_schema() -> None:
    from typing import get_args

    from api.schemas.comparison import Reason

    named = set(re.findall(r"[a-z]+_[a-z_]+", Answer.__doc__ or ""))
    assert set(get_args(Reason)) == named - {"unknown_origin", "unknown_destination"}
