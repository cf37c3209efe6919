"""Trip ids of MOTIS answers: `YYYYMMDD_HH:MM_FEED_TRIPID`, service date and first departure before our own id.

They name one vehicle on one day. Seconds are written where there are any.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from ingest.model import Network
from routing import QueryError
from routing.trip_runs import TripRun, find_run, next_run

FORM = re.compile(r"(\d{4})(\d{2})(\d{2})_(\d{2,3}):(\d{2})(?::(\d{2}))?_(.+)", re.DOTALL)


class UnknownTripError(LookupError):
    """A trip that is not there, or does not run then. `field` is the parameter that names it."""

    def __init__(self, message: str, field: str = "tripId") -> None:
        super().__init__(message)
        self.field = field


def motis_trip_id(run: TripRun, trip_id: str | None = None) -> str:
    """The id of a vehicle. `trip_id`: its scoped one, if that is known."""
    minutes, seconds = divmod(run.start_s, 60)
    clock = f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
    day = run.service_date.isoformat().replace("-", "")  # a third of the time that strftime takes
    return f"{day}_{clock}_{run.network.trips.id[run.trip] if trip_id is None else trip_id}"


def run_of_id(network: Network, text: str, now: datetime) -> TripRun:
    """The vehicle of an id; of a plain trip id the next one. Raises UnknownTripError and QueryError."""
    match = FORM.fullmatch(text)
    if match is not None:
        trip = find_trip(network, match[7])
        if trip >= 0:
            day = _date(match)
            start_s = (int(match[4]) * 60 + int(match[5])) * 60 + int(match[6] or 0)
            run = find_run(network, trip, day, start_s)
            if run is None:
                raise UnknownTripError(f"trip {match[7]!r} has no vehicle that starts then")
            return run
    trip = find_trip(network, text)
    run = next_run(network, trip, now) if trip >= 0 else None
    if run is None:
        raise UnknownTripError(f"there is no trip {text!r} in this snapshot")
    return run


def find_trip(network: Network, trip_id: str) -> int:
    """Row of a scoped trip id, or of a bare one if there is one feed; -1 if there is none."""
    row = network.trips.id.find(trip_id)
    if row < 0 and len(network.feeds) == 1:
        row = network.trips.id.find(f"{network.feeds[0].id}_{trip_id}")
    return row


def _date(match: re.Match[str]) -> date:
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise QueryError(f"tripId begins with {match[0][:8]}, which is no date", "tripId") from None
