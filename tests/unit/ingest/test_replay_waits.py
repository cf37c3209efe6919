"""How long riders wait for a vehicle without a timetable: by the model that the query, or the user, names."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.replay import HeadwayWait, Terms, replay_journeys
from ingest.replay.frequencies import Period, first_start
from routing import Router
from tests.scenarios.drawn import network_of, query_of
from tests.support.gtfs_feed import GtfsFeed
from tests.support.timetable_text import feeds_of

TEXT = """
    A 0:00 > B 0:10 > C 0:30 / x, trip H, every 601 from 06:00 to 10:00
    C 09:00 > D 09:10 / x, trip T
"""
WAITS: dict[HeadwayWait, int] = {"expected": 300, "worst": 601, "none": 0}


@pytest.fixture(scope="module")
def feeds() -> dict[str, GtfsFeed]:
    return feeds_of(TEXT)


def _journey(feeds: dict[str, GtfsFeed], model: HeadwayWait) -> dict[str, Any]:
    """From B at 07:55 on: what a router that waits by `model` would say."""
    (journey,) = Router(network_of(feeds)).journeys(query_of("x_B", "x_C", "07:55"))
    told = copy.deepcopy(journey.to_dict())
    (leg,) = told["legs"]
    shift = timedelta(seconds=WAITS[model] - WAITS["expected"])
    for place in (leg, told):
        place["arrival"] = (datetime.fromisoformat(place["arrival"]) + shift).isoformat()
    leg["departure"] = (datetime.fromisoformat(leg["departure"]) + shift).isoformat()
    leg["scheduled_departure"], leg["scheduled_arrival"] = leg["departure"], leg["arrival"]
    leg["wait_s"] = WAITS[model]
    return told


@pytest.mark.parametrize("model", WAITS)
@pytest.mark.parametrize("other", WAITS)
def test_a_wait_replays_by_its_own_model_alone(
    model: HeadwayWait, other: HeadwayWait, feeds: dict[str, GtfsFeed], tmp_path: Path
) -> None:
    paths = {"x": feeds["x"].write_folder(tmp_path)}
    journey = _journey(feeds, model)
    expected = [] if model == other else ["wrong_headway_wait"]
    by_option = replay_journeys(journey, paths, terms=Terms(headway_wait=other))
    assert [fault.code for fault in by_option.faults] == expected
    answer = json.loads(json.dumps({"query": {"headway_wait": other}, "journeys": [journey]}))
    by_query = replay_journeys(answer, paths, terms=Terms(headway_wait=model))
    assert [fault.code for fault in by_query.faults] == expected


def test_the_first_start_of_all_periods_counts_and_none_is_at_or_after_the_end() -> None:
    early, late = Period(0, 1000, 600, False), Period(1000, 2000, 100, False)
    exact = Period(0, 5000, 60, True)
    assert first_start([early, late, exact], 0, "expected") == 300
    assert first_start([early, late, exact], 699, "expected") == 999
    assert first_start([early, late, exact], 700, "expected") == 1050
    assert first_start([early, late, exact], 1949, "expected") == 1999
    assert first_start([early, late, exact], 1950, "expected") is None
    assert first_start([early, late], 1999, "none") == 1999
    assert first_start([early], 399, "worst") == 999
    assert first_start([early], 400, "worst") is None


def test_vehicles_of_exact_times_leave_on_a_grid_that_ends_before_its_end() -> None:
    period = Period(0, 1200, 600, True)
    assert [second for second in range(-600, 1801, 300) if period.has_departure(second)] == [0, 600]
