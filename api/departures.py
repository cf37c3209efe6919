"""Departure boards and single vehicles, as /api/v1/departures and /api/v1/trips tell them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from api.cursors import Cursor, after, before, parse_cursor
from api.motis.trip_ids import UnknownTripError, find_trip
from api.query_text import network_zone, optional, parse_modes, parse_place, parse_time
from api.schemas.departures import BoardStop, Departures, Event, Trip, TripCall
from api.schemas.journey import Alert
from api.shown import Shown
from api.state import ServiceState
from api.stop_groups import StopGroup, find_stop, group_of_point, group_of_stop, unknown_stop
from ingest.model import CAN_ALIGHT, CAN_BOARD, Network
from routing import QueryError
from routing.along import known
from routing.boards import BoardQuery, make_board
from routing.boards import Event as Happening
from routing.instants import clock_at, instant_s
from routing.names import headsign
from routing.trip_runs import TripRun, find_run, next_run, ride_leg, stop_clock

USUAL_RADIUS_M = 300


@dataclass(frozen=True, slots=True)
class BoardRequest:
    """What was asked. Texts are as typed; without `at` and `cursor` the board begins now."""

    stop: str
    at: str | None = None
    arrivals: bool = False
    n: int = 20
    window_s: int = 0
    radius_m: int | None = None
    modes: str | None = None
    cursor: str | None = None


def departures(
    state: ServiceState, asked: BoardRequest, shown: Shown, network: Network, now: datetime
) -> Departures:  # fmt: skip
    """The board of `shown`, with the names of `network`. Raises UnknownPlaceError and QueryError."""
    zone = network_zone(network)
    group = _group(state, asked)
    time_s = int(now.timestamp()) if asked.at is None else instant_s(parse_time(asked.at, "at", zone))
    given = None if asked.cursor is None else parse_cursor(asked.cursor, "cursor")
    cursor = given or Cursor("LATER", time_s)
    board = make_board(
        shown.calls,
        BoardQuery(
            stops=group.stops,
            time_s=cursor.edge,
            n=asked.n,
            arrivals=asked.arrivals,
            later=cursor.kind != "EARLIER",
            window_s=asked.window_s,
            route_types=optional(parse_modes, asked.modes, "modes"),
            until_s=cursor.other if cursor.kind == "WINDOW" else None,
        ),
    )
    return Departures(
        snapshot=network.snapshot_id,
        realtime=shown.realtime(now),
        stop=_board_stop(network, group),
        arrivals=asked.arrivals,
        **{"from": clock_at(board.start_s, zone).isoformat()},
        to=clock_at(board.end_s, zone).isoformat(),
        events=[_event(network, event) for event in board.events],
        earlier=str(before(board.start_s, board.end_s, given)),
        later=str(after(board.start_s, board.end_s, given)),
    )


def _group(state: ServiceState, asked: BoardRequest) -> StopGroup:
    place = parse_place(asked.stop, "stop", state.network)
    if not isinstance(place, str):
        radius_m = USUAL_RADIUS_M if asked.radius_m is None else asked.radius_m
        return group_of_point(state.stop_facts, *place, radius_m)
    row = find_stop(state.network, place)
    if row < 0:
        raise unknown_stop(place, "stop")
    return group_of_stop(state.stop_facts, row, asked.radius_m)


def _board_stop(network: Network, group: StopGroup) -> BoardStop:
    stops, row = network.stops, group.stop
    stop_id, name = ("", "") if row is None else (stops.id[row], stops.name[row])
    return BoardStop(id=stop_id, name=name, lat=known(group.lat), lon=known(group.lon))


def _event(network: Network, event: Happening) -> Event:
    run, position, stop = event.run, event.position, event.stop
    route, last = int(network.trips.route[run.trip]), len(run.stops) - 1
    arrival = stop_clock(network, stop, run.arrival_s(position)).isoformat() if position else None
    departure = stop_clock(network, stop, run.departure_s(position)).isoformat() if position < last else None
    return Event(
        time=stop_clock(network, stop, event.at_s).isoformat(),
        arrival=arrival,
        departure=departure,
        scheduled_arrival=_planned(network, run, position, "arrival") if position else None,
        scheduled_departure=_planned(network, run, position, "departure") if position < last else None,
        realtime=run.is_known(position),
        cancelled=run.is_skipped(position),
        alerts=_alerts(run, position),
        stop=network.stops.id[stop],
        stop_name=network.stops.name[stop],
        platform=network.stops.platform_code[stop],
        stop_sequence=int(network.stop_times.stop_sequence[run.rows.start + position]),
        provider=network.providers[int(network.routes.provider[route])].id,
        feed=network.feeds[int(network.routes.feed[route])].id,
        trip_id=network.trips.id[run.trip],
        service_date=run.service_date.isoformat(),
        start_s=run.start_s,
        route_id=network.routes.id[route],
        route_short_name=network.routes.short_name[route],
        route_long_name=network.routes.long_name[route],
        route_color=network.routes.color[route],
        route_type=int(network.routes.type[route]),
        headsign=headsign(network, run.trip),
        headway_s=run.headway_s,
    )


def _planned(network: Network, run: TripRun, position: int, event: str) -> str | None:
    at = run.scheduled_s(position, event)
    return None if at is None else stop_clock(network, int(run.stops[position]), at).isoformat()


def _alerts(run: TripRun, *positions: int) -> list[Alert]:
    return [Alert.model_validate(alert.to_dict()) for alert in run.alerts(*positions)]


def trip_view(
    state: ServiceState, trip_id: str, day: date | None, start_s: int | None, network: Network, now: datetime
) -> Trip:
    """A vehicle; without a date its next one. Raises UnknownTripError and QueryError."""
    row = find_trip(network, trip_id)
    if row < 0:
        raise UnknownTripError(f"there is no trip {trip_id!r} in this snapshot", "trip_id")
    if day is None and start_s is not None:
        raise QueryError("start_s is given without a date", "start_s")
    run = next_run(network, row, now) if day is None else find_run(network, row, day, start_s)
    if run is None:
        raise UnknownTripError(f"trip {trip_id!r} has no vehicle then", "trip_id")
    return _trip(network, run)


def _trip(network: Network, run: TripRun) -> Trip:
    route, direction = int(network.trips.route[run.trip]), int(network.trips.direction[run.trip])
    leg = ride_leg(run, 0, len(run.stops) - 1)
    return Trip(
        snapshot=network.snapshot_id,
        trip_id=leg.trip_id,
        provider=leg.provider,
        feed=leg.feed,
        service_date=run.service_date.isoformat(),
        start_s=run.start_s,
        route_id=leg.route.id,
        route_short_name=network.routes.short_name[route],
        route_long_name=network.routes.long_name[route],
        route_color=leg.route.color,
        route_type=leg.route.type,
        headsign=headsign(network, run.trip),
        short_name=network.trips.short_name[run.trip],
        direction=None if direction < 0 else direction,
        wheelchair={1: True, 2: False}.get(int(network.trips.wheelchair[run.trip])),
        headway_s=run.headway_s,
        realtime=any(run.is_known(position) for position in range(len(run.stops))),
        cancelled=run.is_cancelled,
        alerts=_alerts(run, *range(len(run.stops))),
        calls=[_call(network, run, position) for position in range(len(run.stops))],
        geometry=[list(point) for point in leg.geometry],
    )


def _call(network: Network, run: TripRun, position: int) -> TripCall:
    stops, stop, flags = network.stops, int(run.stops[position]), int(run.flags[position])
    return TripCall(
        stop=stops.id[stop],
        name=stops.name[stop],
        platform=stops.platform_code[stop],
        lat=known(stops.lat[stop]),
        lon=known(stops.lon[stop]),
        stop_sequence=int(network.stop_times.stop_sequence[run.rows.start + position]),
        arrival=stop_clock(network, stop, run.arrival_s(position)).isoformat(),
        departure=stop_clock(network, stop, run.departure_s(position)).isoformat(),
        scheduled_arrival=_planned(network, run, position, "arrival"),
        scheduled_departure=_planned(network, run, position, "departure"),
        skipped=run.is_skipped(position),
        can_board=bool(flags & CAN_BOARD) and position < len(run.stops) - 1,
        can_alight=bool(flags & CAN_ALIGHT) and position > 0,
    )
