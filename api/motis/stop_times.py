"""/stoptimes and /stop: departure boards, and what serves a stop."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from api.cursors import Cursor, after, before, parse_cursor
from api.motis.asked import Asked, Texts, instant_of, languages_of, point_of
from api.motis.itinerary_writer import ACCESS
from api.motis.modes import mode_of, route_types_of
from api.motis.place_writer import NORMAL, NOT_ALLOWED, PlaceWriter, make_place_writer
from api.motis.run_calls import RunCalls
from api.motis.told import Told
from api.motis.trip_names import trip_names
from api.motis.versions import ApiVersion
from api.shown import Shown
from api.state import ServiceState
from api.stop_groups import MOST_RADIUS_M, StopGroup, find_stop, group_of_point, group_of_stop, unknown_stop
from ingest.model import CAN_ALIGHT, CAN_BOARD, Int32s
from routing import QueryError
from routing.boards import MOST_EVENTS, Board, BoardQuery, Event, make_board
from routing.instants import instant_s

MOST_WINDOW_S = 86_400
USUAL_EVENTS = 10
NO_ACCESS = "NOT_ACCESSIBLE"
"""Also where nobody says: boards know two words only."""


class StopParameters(Asked):
    """Which stops: of /stoptimes and /stop."""

    stop_id: Annotated[str | None, Field(description="A stop or station.")] = None
    center: Annotated[
        str | None, Field(description="latitude,longitude: where stopId is missing or unknown; needs radius.")
    ] = None
    radius: Annotated[
        int | None, Field(ge=0, le=MOST_RADIUS_M, description="Metres. Default: the stop and what riders take for it.")
    ] = None
    exact_radius: Annotated[
        bool, Field(description="Only what lies in the radius, and nothing that belongs to it.")
    ] = False
    language: Annotated[Texts, Field(description="Of names, where a feed has them translated.")] = ()


class StopTimesParameters(StopParameters):
    """What /stoptimes may be asked."""

    time: Annotated[str | None, Field(description="ISO 8601, without offset the city's time. Default: now.")] = None
    arrive_by: Annotated[bool, Field(description="Arrivals in place of departures.")] = False
    both: Annotated[bool, Field(description="Arrivals and departures.")] = False
    direction: Annotated[
        Literal["EARLIER", "LATER"] | None, Field(description="Default: LATER, for arrivals EARLIER.")
    ] = None
    mode: Annotated[Texts, Field(description="Default: all.")] = ()
    n: Annotated[int | None, Field(ge=0, le=MOST_EVENTS, description="At least so many; default 10.")] = None
    window: Annotated[
        int, Field(ge=0, le=MOST_WINDOW_S, description=f"Seconds: all events in them, but not over {MOST_EVENTS}.")
    ] = 0
    page_cursor: Annotated[str | None, Field(max_length=64)] = None
    fetch_stops: Annotated[bool, Field(description="With the stops after a departure or before an arrival.")] = False
    with_scheduled_skipped_stops: Annotated[
        bool, Field(description="Also where riders may not board (arrivals: alight).")
    ] = False
    realtime_mode: Literal["OFF", "REALTIME_ANNOTATION_ONLY", "REALTIME"] = "REALTIME"


def asked_stops(state: ServiceState, asked: StopParameters) -> StopGroup:
    """Raises UnknownPlaceError and QueryError."""
    row = find_stop(state.network, asked.stop_id) if asked.stop_id else -1
    if row >= 0:
        return group_of_stop(state.stop_facts, row, asked.radius, exact=asked.exact_radius)
    if asked.center is not None and asked.radius is not None:
        point = point_of(asked.center, "center")
        return group_of_point(state.stop_facts, *point, asked.radius, exact=asked.exact_radius)
    if asked.stop_id:
        raise unknown_stop(asked.stop_id, "stopId")
    raise QueryError("give stopId, or center and radius", "stopId")


def stop_times(
    state: ServiceState, asked: StopTimesParameters, version: ApiVersion, now: datetime, accepted: str | None
) -> Told:  # fmt: skip
    """As schemas.motis.stops.StopTimes has it. Raises UnknownPlaceError and QueryError."""
    shown = state.shown(use_realtime=asked.realtime_mode != "OFF")
    writer = make_place_writer(state, shown.network, languages_of(asked.language, accepted), version)
    found = asked_stops(state, asked)
    cursor = None if asked.page_cursor is None else parse_cursor(asked.page_cursor)
    time_s = instant_s(instant_of(asked.time, "time", now, state.network))
    boards = [
        _board(shown, asked, found.stops, arrivals, cursor or _first(asked, time_s))
        for arrivals in ((False, True) if asked.both else (asked.arrive_by,))
    ]
    events, start, end = _merged(boards, (cursor or _first(asked, time_s)).kind)
    return {
        "stopTimes": [_stop_time(writer, event, arrivals, asked) for arrivals, event in events],
        "place": _asked_place(writer, found),
        "previousPageCursor": str(before(start, end, cursor)),
        "nextPageCursor": str(after(start, end, cursor)),
    }


def _first(asked: StopTimesParameters, time_s: int) -> Cursor:
    """The cursor of the first page."""
    direction = asked.direction or ("EARLIER" if asked.arrive_by and not asked.both else "LATER")
    return Cursor("LATER", time_s) if direction == "LATER" else Cursor("EARLIER", time_s + 1)


def _board(shown: Shown, asked: StopTimesParameters, stops: Int32s, arrivals: bool, cursor: Cursor) -> Board:
    query = BoardQuery(
        stops=stops,
        time_s=cursor.edge,
        n=(1 if asked.window else USUAL_EVENTS) if asked.n is None else asked.n,
        arrivals=arrivals,
        later=cursor.kind != "EARLIER",
        window_s=asked.window,
        route_types=route_types_of(asked.mode or ["TRANSIT"], "mode", set(shown.network.routes.type.tolist())),
        passing=asked.with_scheduled_skipped_stops,
        until_s=cursor.other if cursor.kind == "WINDOW" else None,
    )
    return make_board(shown.calls, query)


def _merged(boards: list[Board], kind: str) -> tuple[list[tuple[bool, Event]], int, int]:
    """(arrives, event) of one board, or of one of departures and one of arrivals as far as both reach."""
    start, end = boards[0].start_s, boards[0].end_s
    for board in boards[1:]:
        start, end = (max(start, board.start_s), end) if kind == "EARLIER" else (start, min(end, board.end_s))
    events = [
        (len(boards) == 2 and place == 1, event)
        for place, board in enumerate(boards)
        for event in board.events
        if start <= event.at_s < end
    ]
    return sorted(events, key=lambda pair: pair[1].at_s), start, end


def _stop_time(writer: PlaceWriter, event: Event, is_arrival: bool, asked: StopTimesParameters) -> Told:
    run, position, calls = event.run, event.position, RunCalls(event.run)
    arrives = is_arrival or (asked.arrive_by and not asked.both)
    names = trip_names(writer.network, writer.told, run)
    can_ride = calls.flags[position] & (CAN_ALIGHT if arrives else CAN_BOARD)
    told: Told = {
        "place": writer.made_call(calls, position),
        "mode": mode_of(names["routeType"], writer.version),
        "realTime": run.is_known(position),
        "tripFrom": writer.made_call(calls, 0),
        "tripTo": writer.made_call(calls, calls.last),
        **names,
        "pickupDropoffType": NORMAL if can_ride else NOT_ALLOWED,
        "cancelled": calls.is_skipped(position),
        "tripCancelled": run.is_cancelled,
        "bikesAllowed": False,
        "wheelchairAccessible": ACCESS.get(int(writer.network.trips.wheelchair[run.trip]), NO_ACCESS),
        "reservation": "NONE",
    }
    if asked.fetch_stops:
        others = range(position) if arrives else range(position + 1, calls.last + 1)
        told["previousStops" if arrives else "nextStops"] = writer.made_calls((calls, other) for other in others)
    return told if run.headway_s is None else told | {"headway": run.headway_s}


def _asked_place(writer: PlaceWriter, found: StopGroup) -> Told:
    if found.stop is None:
        return writer.point("center", found.lat, found.lon)
    return writer.stop(found.stop, with_modes=True)


def stop_info(state: ServiceState, asked: StopParameters, version: ApiVersion, accepted: str | None) -> Told:
    """As schemas.motis.stops.StopInfo has it. Raises UnknownPlaceError and QueryError."""
    writer = make_place_writer(state, state.network, languages_of(asked.language, accepted), version)
    found = asked_stops(state, asked)
    trips = state.calls.at(found.stops).trip
    routes = np.unique(writer.network.trips.route[trips]).tolist()
    return {"place": _asked_place(writer, found), "routes": [_route(writer, route) for route in routes]}


def _route(writer: PlaceWriter, row: int) -> Told:
    route = dict(writer.told.route(row))
    del route["provider"]  # an answer of MOTIS has none here
    return {**route, "mode": mode_of(route["routeType"], writer.version)}
