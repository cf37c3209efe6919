"""Messages as two well-known feeds write them: they apply as far as their trips match the schedule.

Written after how those feeds look, as no capture is kept here. BART: no start_date, calls by stop_id with a delay and
an uncertainty, header of version 1.0, trips that the schedule does not have. Caltrain, as 511.org tells it: route and
direction beside the trip, absolute times of the calls to come, a vehicle's description, positions in a message of their
own.
"""

from __future__ import annotations

from typing import Any

from google.transit import gtfs_realtime_pb2 as gtfs_rt

from ingest.realtime.apply import apply_message
from ingest.realtime.feed_index import FeedIndex
from ingest.realtime.patch import FeedPatch
from routing import Router
from tests.scenarios.drawn import ask, router_of
from tests.support.realtime import NOW, Entity, Trip, Update, instant, trip_update

TEXT = """
    A 08:00 > B 08:10 08:12 > C 08:20 > D 08:30 / x, trip T1, route R
    A 08:10 > B 08:20 08:22 > C 08:30 > D 08:40 / x, trip T2, route R
    A 08:20 > B 08:30 08:32 > C 08:40 > D 08:50 / x, trip T3, route R
"""


def late(stop: str, seconds: int) -> Update:
    """As BART tells it."""
    found = Update(stop_id=stop)
    for event in (found.arrival, found.departure):
        event.delay, event.uncertainty = seconds, 30
    return found


def due(stop: str, number: int, arrival: str | None, departure: str | None) -> Update:
    """As Caltrain tells it."""
    found = Update(stop_id=stop, stop_sequence=number)
    for event, clock in ((found.arrival, arrival), (found.departure, departure)):
        if clock is not None:
            event.time = instant(clock)
    return found


def heard(router: Router, *entities: Entity, version: str = "2.0") -> tuple[dict[str, Any], FeedPatch]:
    header = gtfs_rt.FeedHeader(gtfs_realtime_version=version, timestamp=NOW)
    data = gtfs_rt.FeedMessage(header=header, entity=entities).SerializeToString()
    report, patch = apply_message(FeedIndex(router.network, "x"), data, NOW)
    assert patch is not None
    return report.to_dict(), patch


def test_in_the_style_of_bart() -> None:
    router = router_of(TEXT)
    report, patch = heard(
        router,
        trip_update({"trip_id": "T1"}, late("B", 120), late("C", 180), late("D", 180), name="T1"),
        trip_update({"trip_id": "T2", "schedule_relationship": Trip.CANCELED}, name="T2"),
        trip_update({"trip_id": "1712345"}, late("B", 60), name="1712345"),
        trip_update({"trip_id": "1712346", "schedule_relationship": Trip.ADDED}, late("B", 60), name="1712346"),
        version="1.0",
    )
    assert report == {
        "feed": "x", "outcome": "apply partly", "reason": None, "entities_applied": 2,
        "entities_ignored": {"unknown_route": 1, "unknown_trip": 1},
    }  # fmt: skip
    live = router.live([patch])
    assert ask(live, "x_A", "x_D", "07:55")[0].endswith("x_A 08:00 x_T1 x_D 08:33")
    assert ask(live, "x_A", "x_D", "08:05")[0].endswith("x_A 08:20 x_T3 x_D 08:50")


def test_in_the_style_of_caltrain() -> None:
    router = router_of(TEXT)
    first, second = (
        {"trip_id": trip, "route_id": "R", "direction_id": 0, "start_date": "20260302", "start_time": start}
        for trip, start in (("T1", "08:00:00"), ("T2", "08:10:00"))
    )
    vehicle = gtfs_rt.VehicleDescriptor(id="101", label="Local")
    report, patch = heard(
        router,
        trip_update(first, due("C", 3, "08:24", "08:25"), due("D", 4, "08:36", None), vehicle=vehicle, timestamp=NOW),
        trip_update(second, due("A", 1, None, "08:16"), due("B", 2, "08:25", "08:26"), name="T2", vehicle=vehicle),
        trip_update(second | {"trip_id": "999"}, due("A", 1, None, "08:16"), name="999"),
    )
    assert (report["outcome"], report["entities_ignored"]) == ("apply partly", {"unknown_trip": 1})
    position = gtfs_rt.VehiclePosition(
        trip=Trip(**first), vehicle=vehicle, stop_id="C", timestamp=NOW,
        position=gtfs_rt.Position(latitude=37.5, longitude=-122.3, bearing=120, speed=20),
    )  # fmt: skip
    said, positions = heard(router, Entity(id="101", vehicle=position))
    assert (said["outcome"], said["entities_applied"]) == ("apply", 1)
    live = router.live([patch, positions])
    assert ask(live, "x_A", "x_D", "07:55")[0].endswith("x_A 08:00 x_T1 x_D 08:36")
    assert ask(live, "x_B", "x_D", "08:13")[0].endswith("x_B 08:26 x_T2 x_D 08:44")
    (seen,) = positions.vehicles
    assert router.network.trips.id[seen.trip] == "x_T1"
