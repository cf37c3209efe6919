"""The examples of /openapi.json are answers of the service as it is described."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from api.app import create_app
from api.openapi import examples
from api.openapi_examples import MOTIS, NATIVE
from api.settings import Settings

WITHOUT = {"/health/ready", "/api/v1/status"}
"""Their answers are examples of nothing: they tell of the moment in which they are asked for."""


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return create_app(Settings(snapshot=Path("unread"))).openapi()


def test_every_operation_has_a_real_example_that_fits_its_schema(description: dict[str, Any]) -> None:
    for path, operations in description["paths"].items():
        if path in WITHOUT:
            continue
        content = operations["get"]["responses"]["200"]["content"]["application/json"]
        schema = {**content["schema"], "components": description["components"]}
        jsonschema.validate(content["example"], schema)


def test_parameters_have_the_values_of_the_example(description: dict[str, Any]) -> None:
    for path, operations in description["paths"].items():
        asked = examples().get(path, {"parameters": {}})["parameters"]
        shown = {row["name"]: row["example"] for row in operations["get"].get("parameters", []) if "example" in row}
        assert shown == asked, path


def test_there_is_no_example_of_what_is_not_there(description: dict[str, Any]) -> None:
    assert set(examples()) <= set(description["paths"])
    assert set(NATIVE) <= set(examples())
    assert {f"/api/v6/{path}" for path in MOTIS} & set(description["paths"]) <= set(examples())


def test_examples_are_small_enough_to_read() -> None:
    assert all(len(str(example)) < 12_000 for example in examples().values())
