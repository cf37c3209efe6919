"""Where vehicles are."""

from __future__ import annotations

import math

from google.transit import gtfs_realtime_pb2 as gtfs_rt

from ingest.realtime.descriptors import Ignored, RunFinder, text_of
from ingest.realtime.feed_index import FeedIndex
from ingest.realtime.outcome import Reason
from ingest.realtime.patch import VehiclePosition

LATEST_S = 2**40
_NEW = (gtfs_rt.TripDescriptor.ADDED, gtfs_rt.TripDescriptor.NEW, gtfs_rt.TripDescriptor.DUPLICATED)


def read_vehicle(index: FeedIndex, finder: RunFinder, entity: gtfs_rt.FeedEntity) -> VehiclePosition:
    """Raises Ignored for a position that is none, or a trip that the feed does not have."""
    said = entity.vehicle
    lat, lon = said.position.latitude, said.position.longitude
    is_place = math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0)
    if not said.HasField("position") or not is_place:
        raise Ignored(Reason.BAD_POSITION)
    trip, day = _trip(finder, said)
    bearing = said.position.bearing if said.position.HasField("bearing") else math.nan
    return VehiclePosition(
        id=text_of(said.vehicle.id or entity.id),
        label=text_of(said.vehicle.label),
        trip=trip,
        day=day,
        lat=lat,
        lon=lon,
        bearing=bearing % 360 if math.isfinite(bearing) else None,
        timestamp_s=said.timestamp if said.timestamp < LATEST_S else 0,
        stop=index.stops.get(text_of(said.stop_id), -1) if said.stop_id else -1,
        status=gtfs_rt.VehiclePosition.VehicleStopStatus.Name(said.current_status),
        occupancy=gtfs_rt.VehiclePosition.OccupancyStatus.Name(said.occupancy_status)
        if said.HasField("occupancy_status")
        else "",
    )


def _trip(finder: RunFinder, said: gtfs_rt.VehiclePosition) -> tuple[int, int]:
    """(row, service date); (-1, 0) for a vehicle on no trip of the schedule."""
    if not said.HasField("trip") or said.trip.schedule_relationship in _NEW:
        return -1, 0
    if not (said.trip.trip_id or said.trip.route_id):
        return -1, 0
    if not said.trip.trip_id and not said.trip.start_time:
        return -1, 0  # on a route, but who knows which trip
    try:
        run = finder.find(said.trip)
    except Ignored as error:
        if error.reason is Reason.START_TIME_MISSING:
            return finder.trip(said.trip), 0
        raise
    return run.trip, run.day
