"""What providers run, by hand and against gtfs-kit's own way of reading a feed."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from ingest.service_profile import (
    NO_SERVICE,
    ProviderStatistics,
    provider_statistics,
    running_trips,
    vehicles_on,
)
from tests.scenarios.drawn import network_of
from tests.support.gtfs_feed import GtfsFeed
from tests.support.timetable_text import feeds_of

MONDAY = dt.date(2026, 3, 2)
TUESDAY = dt.date(2026, 3, 3)
ROOT = Path(__file__).parents[3]

TWO_PROVIDERS = """
    stop A 0 0
    stop B 0 6000
    stop C 0 12000
    days MON 1000000 2026-01-01 2026-12-31
    A 08:00 > B 08:10 08:11 > C 08:20 / x, trip T1
    A 08:30 > B 08:40 08:41 > C 08:50 / x, trip T2, service MON
    A 0:00 > B 0:12 / x, trip H, every 600 from 09:00 to 10:05
    A 0:00 > C 0:30 / x, trip E, exact 1800 from 24:00 to 25:00
    B 07:00 > C 07:30 / y
"""


def statistics(text: str, on: dt.date = MONDAY, provider: int = 0) -> ProviderStatistics:
    return provider_statistics(network_of(feeds_of(text)), provider, on)


def test_trips_run_on_the_dates_of_their_service_for_their_provider() -> None:
    network = network_of(feeds_of(TWO_PROVIDERS))

    def running(provider: int, on: dt.date) -> set[str]:
        return {network.trips.id[trip] for trip in np.flatnonzero(running_trips(network, provider, on)).tolist()}

    assert running(0, MONDAY) == {"x_T1", "x_T2", "x_H", "x_E"}
    assert running(0, TUESDAY) == {"x_T1", "x_H", "x_E"}
    assert running(1, TUESDAY) == {"y_T1"}
    assert running(0, dt.date(1990, 1, 1)) == running(0, dt.date(2090, 1, 1)) == set()


def test_every_vehicle_of_a_headway_service_counts() -> None:
    network = network_of(feeds_of(TWO_PROVIDERS))
    vehicles = vehicles_on(network, 0, TUESDAY)
    starts: dict[str, list[int]] = {}
    for trip, start in zip(vehicles.trip.tolist(), vehicles.start_s.tolist(), strict=True):
        starts.setdefault(network.trips.id[trip], []).append(start // 60)
    assert starts == {
        "x_T1": [480],
        "x_H": [540, 550, 560, 570, 580, 590, 600],  # the last before 10:05
        "x_E": [1440, 1470],
    }


def test_statistics_add_up_by_hand() -> None:
    found = statistics(TWO_PROVIDERS, TUESDAY)
    # T1 20 minutes, seven vehicles of H 12 minutes each, two of E 30 minutes each; A-B 6 km, A-C 12 km.
    assert (found.trips, found.routes, found.stops, found.km_from) == (10, 3, 3, "stops")
    assert found.hours == pytest.approx((20 + 7 * 12 + 2 * 30) / 60)
    assert found.km == pytest.approx(12 + 7 * 6 + 2 * 12, rel=6e-3)
    assert found.speed_km_h == pytest.approx(found.km / found.hours)
    # A vehicle of H takes 12 minutes and the next follows after ten: two at once from 09:10 on.
    assert (found.peak_trips, found.peak_start) == (2, "09:10:00")


def test_routes_have_their_own_statistics() -> None:
    by_route = {route.route_id: route for route in statistics(TWO_PROVIDERS).by_route}
    assert sorted(by_route) == ["x_R-E", "x_R-H", "x_R-T1", "x_R-T2"]
    assert (by_route["x_R-H"].trips, by_route["x_R-H"].peak_trips) == (7, 2)
    assert (by_route["x_R-E"].first_start, by_route["x_R-E"].last_end) == ("24:00:00", "25:00:00")
    assert by_route["x_R-T1"].hours == pytest.approx(1 / 3)


def test_a_provider_without_service_has_none() -> None:
    assert statistics(TWO_PROVIDERS, dt.date(2090, 1, 1)) == NO_SERVICE


def test_each_provider_is_measured_by_itself() -> None:
    found = statistics(TWO_PROVIDERS, provider=1)
    assert (found.trips, found.routes, found.stops, found.hours) == (1, 1, 2, 0.5)


def shaped(*, loop: bool = False) -> dict[str, GtfsFeed]:
    """A line from A to B that goes a long way round, with a shape, and a trip that has none."""
    feeds = feeds_of("stop A 0 0\nstop B 0 6000\nA 08:00 > B 08:10 / x, trip T1\nA 09:00 > B 09:10 / x, trip T2")
    feed = feeds["x"]
    feed.rows("trips")[0]["shape_id"] = "S"
    corners = [feed.rows("stops")[0], {"stop_lat": "-6.2", "stop_lon": "106.85"}, feed.rows("stops")[1]]
    for number, row in enumerate(corners):
        values = {"shape_pt_lat": row["stop_lat"], "shape_pt_lon": row["stop_lon"], "shape_pt_sequence": number}
        feed.add("shapes", shape_id="S", **values)
    return feeds


def test_kilometres_follow_the_shape_where_there_is_one() -> None:
    found = provider_statistics(network_of(shaped()), 0, MONDAY)
    km = {route.route_id: route.km for route in found.by_route}
    assert found.km_from == "mixed"
    assert km["x_R-T2"] == pytest.approx(6, rel=6e-3)
    # 5.53 km east, then back north-west.
    assert km["x_R-T1"] == pytest.approx(5.53 + np.hypot(5.53, 6), rel=1e-2)


def test_a_stop_without_position_leaves_the_kilometres_unknown_and_the_rest_known() -> None:
    feeds = feeds_of("A 08:00 > B 08:10 / x")
    feeds["x"].rows("stops")[1].update(stop_lat="", stop_lon="")
    network = network_of(feeds)
    assert np.isnan(network.stops.lat).any()
    found = provider_statistics(network, 0, MONDAY)
    assert (found.trips, found.km, found.speed_km_h) == (1, None, None)


def test_a_trip_that_takes_no_time_has_no_speed() -> None:
    found = statistics("A 08:00 > B 08:00 / x\nA 09:00 > C 09:00 / x")
    assert (found.trips, found.stops, found.routes, found.peak_trips) == (2, 3, 2, 0)
    assert (found.hours, found.speed_km_h, found.by_route) == (0, None, ())


def test_it_says_what_gtfs_kit_says_of_the_whole_feed_with_its_frequencies_expanded(tmp_path: Path) -> None:
    import gtfs_kit

    feeds = feeds_of(TWO_PROVIDERS)
    path = feeds["x"].write_zip(tmp_path / "x.zip")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expanded = gtfs_kit.read_feed(path, dist_units="km").expand_frequencies()
        expected = expanded.compute_network_stats(["20260302"]).iloc[0]
        routes = expanded.compute_route_stats(["20260302"]).set_index("route_id")
    found = provider_statistics(network_of(feeds), 0, MONDAY)
    assert (found.trips, found.stops) == (expected["num_trips"], expected["num_stops"])
    assert (found.peak_trips, found.peak_start) == (expected["peak_num_trips"], expected["peak_start_time"])
    assert found.hours == pytest.approx(expected["service_duration"])
    for route in found.by_route:
        row = routes.loc[route.route_id.removeprefix("x_")]
        assert (route.trips, route.first_start, route.last_end) == (
            row["num_trips"],
            row["start_time"],
            row["end_time"],
        )


def test_to_dict_is_plain() -> None:
    plain = statistics(TWO_PROVIDERS).to_dict()
    assert [row["route_id"] for row in plain["by_route"]] == ["x_R-T1", "x_R-T2", "x_R-H", "x_R-E"]
    kinds = {type(value) for value in plain.values()} | {type(v) for row in plain["by_route"] for v in row.values()}
    assert kinds <= {int, float, str, list, type(None)}


def test_gtfs_kit_and_matplotlib_are_not_imported_until_they_are_needed() -> None:
    names = {"gtfs_kit", "pandas", "matplotlib", "ingest.service_profile"}
    code = f"import sys, routing.coverage; print(*{names} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["ingest.service_profile"]
