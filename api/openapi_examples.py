"""The examples of /openapi.json: real answers of the embedded Jakarta. `python -m api.openapi_examples` writes them.

Long lists are cut to their first items. Nothing reads them but people.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from api.app import create_app
from api.motis.versions import DESCRIBED
from api.openapi import EXAMPLES
from api.settings import Settings
from api.snapshot_extra import extra_of
from ingest.pipeline import ingest_feeds
from ingest.region import embedded_region, read_region
from ingest.region_sources import locate_feed
from ingest.snapshot import write_snapshot

LONGEST = 2
KEPT_WHOLE = ("bbox", "departures_by_hour", "trips_by_hour", "center", "providers", "tokens")
"""Lists whose length means something."""

TODAY = date(2026, 1, 1)
"""The day on which the feeds are compiled: their calendars depend on it."""
TIME = "2026-03-02T07:30:00+07:00"
STOP, NEXT_STOP = "mrt_LBB", "mrt_FTM"
CORNERS = {"min": "-6.30,106.77", "max": "-6.28,106.79"}

NATIVE: dict[str, dict[str, str]] = {
    "/api/v1/compare": {"from": STOP, "to": "mrt_BHI", "at": TIME},
    "/api/v1/duel": {"from": STOP, "to": "mrt_BHI", "date": TIME[:10], "begin": "07:00", "until": "08:00"},
    "/api/v1/departures": {"stop": STOP, "at": TIME, "n": "2"},
    "/api/v1/providers": {},
    "/api/v1/feeds": {},
    "/api/v1/places": {"q": "lebak", "limit": "2"},
    "/api/v1/network.geojson": {},
    "/api/v1/coverage": {"date": TIME[:10], "radius_m": "500"},
    "/api/v1/realtime": {},
    "/health/live": {},
}
MOTIS: dict[str, dict[str, str]] = {
    "plan": {"fromPlace": STOP, "toPlace": NEXT_STOP, "time": TIME, "numItineraries": "1", "searchWindow": "600"},
    "stoptimes": {"stopId": STOP, "time": TIME, "n": "2"},
    "stop": {"stopId": STOP},
    "one-to-all": {"one": STOP, "time": TIME, "maxTravelTime": "15"},
    "one-to-many": {
        "one": "-6.2893;106.7750",
        "many": "-6.2880;106.7760,-6.1754;106.8272",
        "mode": "WALK",
        "max": "900",
    },
    "geocode": {"text": "lebak", "numResults": "2"},
    "reverse-geocode": {"place": "-6.2893,106.7750", "numResults": "2"},
    "map/initial": {},
    "map/stops": CORNERS,
    "map/trips": {**CORNERS, "zoom": "13", "startTime": TIME, "endTime": "2026-03-02T07:33:00+07:00"},
    "map/levels": CORNERS,
    "map/rentals": {},
    "rentals": {},
    "health": {},
}


@contextmanager
def embedded_client() -> Iterator[TestClient]:
    """A service of the embedded Jakarta."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = embedded_region()
        region = read_region(file)
        sources = {feed.id: locate_feed(feed, file.parent, folder, TODAY, folder) for feed in region.feeds}
        network = ingest_feeds(sources, region=region, today=TODAY).network
        assert network is not None
        write_snapshot(network, folder / "city", extra_of(region, 1.2, {}).to_dict())
        with TestClient(create_app(Settings(snapshot=folder / "city"))) as client:
            yield client


def make_examples(client: TestClient) -> dict[str, dict[str, Any]]:
    """Path of the description -> parameters and answer."""
    found = {path: _ask(client, path, parameters) for path, parameters in NATIVE.items()}
    for endpoint, parameters in MOTIS.items():
        for version in DESCRIBED[endpoint]:
            path = f"/api/v{version}/{endpoint}"
            found[path] = _ask(client, path, parameters)
    plan = client.get("/api/v6/plan", params=MOTIS["plan"]).json()["itineraries"][0]
    for version in DESCRIBED["trip"]:
        path = f"/api/v{version}/trip"
        found[path] = _ask(client, path, {"tripId": plan["legs"][0]["tripId"]})
    found["/api/v6/refresh-itinerary"] = _ask(client, "/api/v6/refresh-itinerary", {"itineraryId": plan["id"]})
    event = client.get("/api/v1/departures", params=NATIVE["/api/v1/departures"]).json()["events"][0]
    path = f"/api/v1/trips/{event['trip_id']}"
    trip = _ask(client, path, {"date": event["service_date"]})
    trip["parameters"]["trip_id"] = event["trip_id"]
    found["/api/v1/trips/{trip_id}"] = trip
    return dict(sorted(found.items()))


def _ask(client: TestClient, path: str, parameters: dict[str, str]) -> dict[str, Any]:
    response = client.get(path, params=parameters)
    if response.status_code != 200:
        raise RuntimeError(f"{path} {parameters}: {response.text}")
    return {"parameters": dict(parameters), "answer": _shortened(response.json())}


def _shortened(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _shortened(part, key) for key, part in value.items()}
    if isinstance(value, list):
        kept = value if name in KEPT_WHOLE else value[:LONGEST]
        return [_shortened(part) for part in kept]
    return value


def main() -> None:
    """Write EXAMPLES."""
    with embedded_client() as client:
        found = make_examples(client)
    EXAMPLES.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    sys.stderr.write(f"{EXAMPLES.name}: {len(found)} examples\n")


if __name__ == "__main__":
    main()
