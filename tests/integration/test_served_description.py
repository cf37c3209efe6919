"""What the service serves is what it says it serves: thousands of requests made from its own description.

Half of each request is drawn by schemathesis from the description; the other half are values of the small city, so
that not everything is refused. TIMBANG_EXAMPLES=500 asks each operation so often.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from api.settings import Settings
from tests.support.page_server import running
from tests.unit.api.small_city import MONDAY, write_city

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
USUAL_EXAMPLES = 60
LEAST_REQUESTS = 2000
AT = f"{MONDAY}T07:31:00+07:00"
STOPS = ["metro_STA", "metro_A", "metro_C", "bus_P", "bus_Q", "-6.2,106.8", "-6.198,106.84,2"]
CORNERS = ["-6.25,106.7", "-6.15,106.9", "-6.2,106.8"]
TIMES = [AT, f"{MONDAY}T23:59", "2026-12-31T20:00Z"]
TRIPS = ["metro_T460", "20260302_07:40_metro_T460", "bus_T"]
CURSORS = ["LATER|1772411460", "EARLIER|1772411460|1772412000", None]
KNOWN: dict[str, list[Any]] = {
    "from": STOPS, "to": STOPS, "fromPlace": STOPS, "toPlace": STOPS, "stop": STOPS, "stopId": STOPS, "one": STOPS,
    "time": TIMES, "at": TIMES, "startTime": [AT], "endTime": [AT, f"{MONDAY}T08:00:00+07:00"],
    "min": CORNERS, "max": CORNERS, "place": CORNERS, "center": CORNERS, "zoom": [14],
    "tripId": TRIPS, "trip_id": TRIPS, "date": [MONDAY], "start_s": [None, 27_600],
    "text": ["beta", "cikini", "-6.2,106.8"], "q": ["beta", "alun"],
    "pageCursor": CURSORS, "cursor": CURSORS,
    "transitModes": [["TRANSIT"], ["BUS", "SUBWAY"], []], "mode": [["TRANSIT"], ["BUS"], []],
    "directModes": [["WALK"], []], "preTransitModes": [["WALK"]], "postTransitModes": [["WALK"]],
    "requireBikeTransport": [False], "requireCarTransport": [False],
    "language": [[]], "via": [[]], "type": [[]], "lang": [None], "weights": [None], "providers": [None],
    "modes": [None], "arrive_by": [None], "timeout": [None], "maxTravelTime": [30], "max_walk_s": [600],
}  # fmt: skip
OF_WALKS: dict[str, list[Any]] = {
    "one": ["-6.2;106.8"], "many": [["-6.2;106.8"], ["-6.2;106.8", "-6.3;106.9"]], "mode": ["WALK"], "max": [600],
}  # fmt: skip
"""Of /one-to-many, where some names mean something else."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service of the small city."""
    folder = tmp_path_factory.mktemp("served")
    app = create_app(Settings(snapshot=write_city(folder)))
    with running(app) as address:
        assert app.state.service.is_warm.wait(120)
        yield address


@pytest.mark.xdist_group("served")
def test_every_answer_is_as_described_and_none_is_our_fault(served: str) -> None:
    schema = schemathesis.openapi.from_url(f"{served}/openapi.json")
    examples = int(os.environ.get("TIMBANG_EXAMPLES", USUAL_EXAMPLES))
    answered: dict[str, Counter[int]] = {}
    known = KNOWN | {"itineraryId": [_itinerary_id(served)]}
    for result in schema.get_all_operations():
        operation = result.ok()
        answered[operation.label] = _ask(
            operation, examples, known | (OF_WALKS if operation.path.endswith("/one-to-many") else {})
        )
    total = sum(counts.total() for counts in answered.values())
    assert total >= LEAST_REQUESTS * min(examples, USUAL_EXAMPLES) // USUAL_EXAMPLES
    assert not [label for label, counts in answered.items() if not counts[200]]


def _itinerary_id(served: str) -> str:
    query = urlencode({"fromPlace": "metro_A", "toPlace": "metro_C", "time": AT})
    with urlopen(f"{served}/api/v6/plan?{query}", timeout=60) as response:
        return str(json.load(response)["itineraries"][0]["id"])


def _ask(operation: Any, examples: int, known: Mapping[str, list[Any]]) -> Counter[int]:
    """Ask an operation so often; how often it answered with which status."""
    statuses: Counter[int] = Counter()

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), data=st.data())
    def ask(case: Any, data: st.DataObject) -> None:
        _make_plausible(case, data, known)
        response = case.call()
        statuses[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    ask()
    return statuses


def _make_plausible(case: Any, data: st.DataObject, known: Mapping[str, list[Any]]) -> None:
    """Put values that the city knows in place of some that were drawn."""
    boldness = data.draw(st.sampled_from([1.0, 0.8, 0.0]))
    for parameters in (case.query, case.path_parameters, case.body if isinstance(case.body, dict) else {}):
        for name in list(parameters or {}):
            if name in known and data.draw(st.floats(0, 1)) <= boldness:
                value = data.draw(st.sampled_from(known[name]))
                if value is None:
                    del parameters[name]
                else:
                    parameters[name] = value
