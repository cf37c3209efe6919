"""Hypothesis strategies: small networks with every trap of GTFS in them, and questions worth asking of them.

All trips of a network run within two hours of the same time of day, on every day or nearly so; that, and drawing
questions from the calls of its trips, is what makes most questions have an answer.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import combinations
from typing import TypedDict, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.support.gtfs_feed import GtfsFeed, Row
from tests.support.oracle_vehicles import date_of, day_start, seconds_of
from tests.support.oracle_walking import straight_m
from tests.support.station_strategies import draw_station
from tests.support.timetable_text import add_exception, add_service, clock, position

T = TypeVar("T")

CENTRE = (52.52, 13.4)
SITE_M = 1500
# Metres from the site: near enough to change on foot, too far, and the very same place.
OFFSETS = [(0.0, 0.0), (61.7, 0.0), (0.0, 153.3), (-204.1, 90.9), (283.3, 0.0)]
# (zone, day in the middle): a common week, the short and the long Sunday of Berlin.
SETTINGS = [
    ("Asia/Jakarta", dt.date(2026, 3, 3)),
    ("Europe/Berlin", dt.date(2026, 3, 3)),
    ("Europe/Berlin", dt.date(2026, 3, 29)),
    ("Europe/Berlin", dt.date(2026, 10, 25)),
]
SPAN = dt.timedelta(days=6)
DAY_S = 24 * 3600


class Limits(TypedDict):
    """The numbers of a question, as keyword arguments of the oracle."""

    max_transfers: int
    max_walk_s: int
    walk_speed: float
    slack: int
    wheelchair: bool
    headway_wait: str


@dataclass(frozen=True)
class Asked:
    """What is asked of a router and of the oracle. Fields as in the query of docs/semantics.md."""

    origin: str | tuple[float, float]
    destination: str | tuple[float, float]
    time: dt.datetime
    arrive_by: bool = False
    max_transfers: int = 7
    max_walk_s: int = 1200
    walk_speed: float = 1.2
    slack: int = 0
    wheelchair: bool = False
    headway_wait: str = "expected"

    def limits(self) -> Limits:
        """Its numbers, by the names that the oracle gives them."""
        return Limits(
            max_transfers=self.max_transfers,
            max_walk_s=self.max_walk_s,
            walk_speed=self.walk_speed,
            slack=self.slack,
            wheelchair=self.wheelchair,
            headway_wait=self.headway_wait,
        )


@dataclass(frozen=True)
class Setting:
    """What the feeds of one network share."""

    zone: str
    day: dt.date
    hour: int


def rarely(often: list[T], seldom: list[T]) -> SearchStrategy[T]:
    """One of `seldom` about one time in five; shrinks to the first of `often`."""
    times = -(-4 * len(seldom) // len(often))
    return st.sampled_from([*often * times, *seldom])


@st.composite
def networks(
    draw: DrawFn, *, max_feeds: int = 4, max_trips: int = 5, stations: bool = False, headways: bool = False
) -> dict[str, GtfsFeed]:
    """One to `max_feeds` feeds that use the same ids and partly the same places.

    `stations` draws more stations, with pathways, and what the feed says of wheelchairs; `headways` more trips of
    frequencies.txt, mostly without exact times.
    """
    zone, day = draw(st.sampled_from(SETTINGS))
    setting = Setting(zone, day, draw(st.sampled_from([8, 0, 2, 23])))
    n_feeds = draw(st.integers(1, max_feeds))
    options = {"max_trips": max_trips, "stations": stations, "headways": headways}
    return {f"f{index}": draw(feeds(setting, **options)) for index in range(n_feeds)}


@st.composite
def feeds(
    draw: DrawFn, setting: Setting, *, max_trips: int = 5, stations: bool = False, headways: bool = False
) -> GtfsFeed:
    """One feed of a network: stops, services, up to `max_trips` trips of its own and what they continue into."""
    feed = GtfsFeed()
    zone = draw(rarely([setting.zone], ["Europe/London" if "Europe" in setting.zone else "Asia/Makassar"]))
    feed.add("agency", agency_id="A", agency_name="A", agency_url="https://a.example.com", agency_timezone=zone)
    _draw_stops(draw, feed, stations=stations)
    _draw_services(draw, feed, setting.day)
    n_trips = draw(st.integers(1, max_trips))
    while len(feed.rows("trips")) < n_trips:
        _draw_line(draw, feed, setting.hour, n_trips - len(feed.rows("trips")))
    for _ in range(draw(rarely([0], [1, 2]))):
        _draw_continuation(draw, feed)
    some = [["T1"], ["T1", "T2"]]
    exact = rarely([False], [True]) if headways else st.booleans()
    for trip in draw(rarely([*some, ["T2", "T3"]], [[]]) if headways else rarely([[]], some)):
        if trip in {row["trip_id"] for row in feed.rows("trips")}:
            _draw_frequencies(draw, feed, trip, setting.hour, exact)
    _draw_transfers(draw, feed)
    for _ in range(draw(st.sampled_from([0, 1, 3]) if stations else rarely([0], [1, 3]))):
        _draw_trip_transfer(draw, feed)
    if stations:
        draw_station(draw, feed)
    return feed


def _draw_stops(draw: DrawFn, feed: GtfsFeed, *, stations: bool) -> None:
    stops = [f"S{number}" for number in range(1, draw(st.sampled_from([4, 3, 2])) + 1)]
    groups = [stops[:1], stops[:2], stops[1:]]
    members = draw(st.sampled_from([[], *groups]) if stations else rarely([[]], groups))
    if members:
        _add_stop(feed, "P", CENTRE, location_type=1)
    first_site = draw(st.sampled_from([0, 2, 1, 3]))
    for number, stop in enumerate(stops):
        site = draw(rarely([first_site + number], [first_site, 1, 3, 5]))
        east, north = draw(st.sampled_from(OFFSETS))
        at = position(site * SITE_M + east, north, CENTRE)
        _add_stop(feed, stop, at, location_type=0, parent_station="P" if stop in members else "")


def _add_stop(feed: GtfsFeed, stop: str, at: tuple[float, float], **values: object) -> None:
    place = {"stop_lat": f"{at[0]:.7f}", "stop_lon": f"{at[1]:.7f}"}
    feed.add("stops", stop_id=stop, stop_name=stop, **place, **values)


def _draw_services(draw: DrawFn, feed: GtfsFeed, day: dt.date) -> None:
    add_service(feed, "DAILY", "1111111", day - SPAN, day + SPAN)
    week = draw(st.text("10", min_size=7, max_size=7))
    add_service(feed, "SOME", week, day - draw(st.integers(0, 2)) * SPAN / 3, day + SPAN)
    # A service that no row of calendar.txt knows; without any day of its own it would be an unknown id.
    add_exception(feed, "ALONE", day + SPAN, runs=True)
    for offset in sorted(draw(st.sets(st.integers(-1, 1)))):
        service = draw(st.sampled_from(["SOME", "ALONE"]))
        add_exception(feed, service, day + dt.timedelta(days=offset), runs=draw(st.booleans()))


def _draw_line(draw: DrawFn, feed: GtfsFeed, hour: int, max_trips: int) -> None:
    """Trips of one route and one sequence of stops; each has its own speed, so that they overtake."""
    stops = [row["stop_id"] for row in feed.rows("stops") if row["location_type"] == "0"]
    if draw(rarely([True], [False])):
        sequence = list(draw(st.permutations(stops)))[: draw(st.sampled_from([2, 3, 2, 4]))]
    else:  # loops, and the same stop twice in a row
        sequence = draw(st.lists(st.sampled_from(stops), min_size=2, max_size=5))
    route = f"R{len(feed.rows('routes')) + 1}"
    feed.add("routes", route_id=route, agency_id="A", route_short_name=route, route_type=3)
    for _ in range(draw(st.integers(1, max_trips))):
        start = hour * 3600 + 300 * draw(st.integers(0, 12)) + draw(rarely([0], [1, 59]))
        start += DAY_S * draw(rarely([0], [1, 2]))
        _draw_trip(draw, feed, route, sequence, start)


def _draw_trip(draw: DrawFn, feed: GtfsFeed, route: str, sequence: list[str], start: int, block: str = "") -> str:
    trip = f"T{len(feed.rows('trips')) + 1}"
    # The first trip runs every day: a feed of which nothing runs is no feed.
    service = draw(rarely(["DAILY"], ["SOME", "ALONE"])) if feed.rows("trips") else "DAILY"
    feed.add("trips", route_id=route, service_id=service, trip_id=trip, block_id=block)
    time, step = start, draw(st.sampled_from([1, 10]))
    hops = draw(rarely([300], [2400]))
    for number, stop in enumerate(sequence):
        arrival = time + (draw(rarely([hops, hops // 2], [0, 1, 60, 1800])) if number else 0)
        inner = 0 < number < len(sequence) - 1
        time = arrival + (draw(rarely([0], [30, 60, 300])) if inner else 0)
        feed.add(
            "stop_times",
            trip_id=trip,
            arrival_time=clock(arrival),
            departure_time=clock(time),
            stop_id=stop,
            stop_sequence=number * step,
            pickup_type=draw(rarely(["0"], ["1", "2", ""])),
            drop_off_type=draw(rarely(["0"], ["1", "3", ""])),
        )
    return trip


def _draw_continuation(draw: DrawFn, feed: GtfsFeed) -> None:
    """A trip that an earlier one continues into, by block or by row, or that only looks like it."""
    first = draw(st.sampled_from(feed.rows("trips")))
    last_call = calls_of(feed, first["trip_id"])[-1]
    stops = [row["stop_id"] for row in feed.rows("stops") if row["location_type"] == "0"]
    sequence = draw(st.lists(st.sampled_from(stops), min_size=1, max_size=3))
    start = draw(rarely([last_call["stop_id"]], stops))
    gap = draw(rarely([0, 60, 300], [-60, 3600]))
    leaving = max(0, seconds_of(last_call["arrival_time"]) + gap)
    kind = draw(st.sampled_from(["block", "row", "both", "cancelled block", "cancelled row"]))
    block = f"B{first['trip_id']}" if "block" in kind or kind == "both" else ""
    first["block_id"] = first["block_id"] or block
    shared = first["block_id"] if block else ""
    second = _draw_trip(draw, feed, first["route_id"], [start, *sequence], leaving, shared)
    ends = {"from_trip_id": first["trip_id"], "to_trip_id": second}
    if "row" in kind or kind == "both":
        feed.add("transfers", transfer_type=4, **ends)
    if "cancelled" in kind:
        feed.add("transfers", transfer_type=5, **ends)


def _draw_frequencies(draw: DrawFn, feed: GtfsFeed, trip: str, hour: int, exact: SearchStrategy[bool]) -> None:
    """One to three windows end to end, each with its own headway; the trip's own times become offsets."""
    is_exact = draw(exact)
    start = hour * 3600 + 300 * draw(st.integers(0, 6))
    for _ in range(draw(st.integers(1, 3))):
        end = start + draw(st.sampled_from([1200, 601, 2400]))
        headway = draw(rarely([300, 601], [600, 7200] if is_exact else [1, 60, 7200]))
        feed.add(
            "frequencies",
            trip_id=trip,
            start_time=clock(start),
            end_time=clock(end),
            headway_secs=headway,
            exact_times=int(is_exact),
        )
        start = end + draw(rarely([0], [600]))


def _draw_transfers(draw: DrawFn, feed: GtfsFeed) -> None:
    """Rows of types 0 to 3 between stops and stations; no two that would rank the same for a pair."""
    ends = [row["stop_id"] for row in feed.rows("stops") if row["location_type"] in "01"]
    pair = st.tuples(st.sampled_from(ends), st.sampled_from(ends))
    mixed = 0
    for from_stop, to_stop in draw(st.lists(pair, max_size=3, unique=True)):
        mixed += (from_stop == "P") != (to_stop == "P")
        if mixed > 1:
            continue
        kind = draw(st.sampled_from([2, 0, 1, 3]))
        time = draw(st.sampled_from([0, 60, 180, 299, 900])) if kind == 2 else None
        row = {"from_stop_id": from_stop, "to_stop_id": to_stop, "min_transfer_time": time}
        feed.add("transfers", transfer_type=kind, **row)


def _draw_trip_transfer(draw: DrawFn, feed: GtfsFeed) -> None:
    """A row of types 0 to 3 that names a trip or a route at one end or both, where riders might change."""
    first, second = draw(st.sampled_from(feed.rows("trips"))), draw(st.sampled_from(feed.rows("trips")))
    left = draw(st.sampled_from(calls_of(feed, first["trip_id"])))["stop_id"]
    boarded = [call["stop_id"] for call in calls_of(feed, second["trip_id"])]
    at = {row["stop_id"]: (float(row["stop_lat"]), float(row["stop_lon"])) for row in feed.rows("stops")}
    near = [stop for stop in boarded if _near(at[left], at[stop])]
    row: dict[str, object] = {}
    named = draw(
        st.sampled_from(["trip trip", "route route", "trip route", "route trip", "trip -", "- trip", "route -"])
    )
    ends = ("from", first, left), ("to", second, draw(st.sampled_from(near or boarded)))
    for kind, (side, trip, stop) in zip(named.split(), ends, strict=True):
        parent = next(place.get("parent_station") for place in feed.rows("stops") if place["stop_id"] == stop)
        row[f"{side}_stop_id"] = draw(rarely([stop], [parent or stop]))
        if kind == "trip":
            row[f"{side}_trip_id"] = trip["trip_id"]
        if kind == "route" or draw(rarely([False], [kind == "trip"])):
            row[f"{side}_route_id"] = trip["route_id"]
    kind = draw(st.sampled_from(["3", "1", "2", "0"]))
    time = draw(st.sampled_from([60, 0, 299, 900, 3000, None])) if kind == "2" else None
    feed.add("transfers", transfer_type=kind, min_transfer_time=time, **row)


@st.composite
def questions(draw: DrawFn, network: dict[str, GtfsFeed], *, stations: bool = False) -> Asked:
    """A question about a ride or two of a network: exactly at one of their events, a second or some minutes off."""
    rides = _rides(network)
    chains = [(ride, ride) for ride in rides]
    kind = draw(st.sampled_from(["only", "only", "any", "faster"]))
    for _ in range(draw(st.sampled_from([1, 2, 1, 0]))):
        chains = _longer(chains, rides, kind) or chains
    first, last = draw(st.sampled_from(chains))
    arrive_by = draw(st.booleans())
    wait = draw(rarely([0, 60, 600], [1, -1, 3000, -300]))
    instant = last.arrival + wait if arrive_by else first.departure - wait
    instant += DAY_S * draw(rarely([0], [1, -1]))
    return Asked(
        _draw_place(draw, network, *first.origin),
        _draw_place(draw, network, *last.destination),
        dt.datetime.fromtimestamp(instant, dt.UTC),
        arrive_by,
        draw(rarely([7], [0, 1, 2])),
        draw(rarely([1200], [600, 120, 0])),
        draw(rarely([1.2], [1.0, 0.8, 1.5])),
        draw(rarely([0], [30, 180])),
        stations and draw(st.booleans()),
        draw(rarely(["expected"], ["worst", "none"])),
    )


@dataclass(frozen=True)
class Ride:
    """From one call of a trip to a later one, on the day in the middle. Ends are (feed id, stop id)."""

    origin: tuple[str, str]
    destination: tuple[str, str]
    departure: int
    arrival: int
    origin_at: tuple[float, float]
    destination_at: tuple[float, float]


def _rides(network: dict[str, GtfsFeed]) -> list[Ride]:
    """Every ride in a network between two stops, or between two calls at one stop where there is no other."""
    rides = []
    for feed_id, feed in network.items():
        midnight = day_start(middle_day(feed), feed.rows("agency")[0]["agency_timezone"])
        stops = [row for row in feed.rows("stops") if row["location_type"] == "0"]
        places = {row["stop_id"]: (float(row["stop_lat"]), float(row["stop_lon"])) for row in stops}
        for row in feed.rows("trips"):
            calls = calls_of(feed, row["trip_id"])
            shift = midnight + _shift(feed, calls)
            rides += [
                Ride(
                    (feed_id, a["stop_id"]),
                    (feed_id, b["stop_id"]),
                    seconds_of(a["departure_time"]) + shift,
                    seconds_of(b["arrival_time"]) + shift,
                    places[a["stop_id"]],
                    places[b["stop_id"]],
                )
                for a, b in combinations(calls, 2)
            ]
    return [ride for ride in rides if ride.origin != ride.destination] or rides


def _shift(feed: GtfsFeed, calls: list[Row]) -> int:
    """Seconds from the trip's times to those of the first vehicle, where frequencies.txt runs it."""
    for row in feed.rows("frequencies"):
        if row["trip_id"] == calls[0]["trip_id"]:
            return seconds_of(row["start_time"]) - seconds_of(calls[0]["departure_time"])
    return 0


def _longer(chains: list[tuple[Ride, Ride]], rides: list[Ride], kind: str) -> list[tuple[Ride, Ride]]:
    """(first, last ride) of what one more change makes of `chains`, if it leads away from where the first began.

    Kind `only` asks that no single ride goes there, `faster` that those from then on all arrive later.
    """
    longer = []
    for first, last in chains:
        direct = [ride for ride in rides if _near(ride.origin_at, first.origin_at)]
        for ride in rides:
            if not _meet(last, ride) or _near(ride.destination_at, first.origin_at):
                continue
            rivals = [rival for rival in direct if _near(rival.destination_at, ride.destination_at)]
            later = [rival for rival in rivals if rival.departure >= first.departure]
            slower = bool(later) and all(rival.arrival > ride.arrival for rival in later)
            if {"only": not rivals, "faster": slower, "any": True}[kind]:
                longer.append((first, ride))
    return longer


def _near(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return straight_m(a, b) < 500


def _meet(ride: Ride, onward: Ride) -> bool:
    """Whether a rider might change from one to the other, within half a kilometre and a few hours."""
    in_time = -300 <= onward.departure - ride.arrival <= 3 * 3600
    return in_time and _near(ride.destination_at, onward.origin_at)


def _draw_place(draw: DrawFn, network: dict[str, GtfsFeed], feed_id: str, stop: str) -> str | tuple[float, float]:
    """The stop itself, its station, an entrance of that, or a place not far from it."""
    kind = draw(rarely(["stop"], ["station", "near", "entrance"]))
    row = next(row for row in network[feed_id].rows("stops") if row["stop_id"] == stop)
    if kind == "near":
        east, north = draw(st.sampled_from([(12.3, 0.0), (0.0, -171.7), (333.3, 333.3)]))
        at = position(east, north, (float(row["stop_lat"]), float(row["stop_lon"])))
        return round(at[0], 7), round(at[1], 7)
    parent = row.get("parent_station") if kind == "station" else ""
    entrances = [row["stop_id"] for row in network[feed_id].rows("stops") if row["location_type"] == "2"]
    if kind == "entrance" and entrances:
        return f"{feed_id}_{draw(st.sampled_from(entrances))}"
    return f"{feed_id}_{parent or stop}"


@st.composite
def cases(
    draw: DrawFn,
    *,
    max_feeds: int = 4,
    max_trips: int = 5,
    max_questions: int = 4,
    stations: bool = False,
    headways: bool = False,
) -> tuple[dict[str, GtfsFeed], list[Asked]]:
    """A network and questions about it; with `stations` about wheelchairs too."""
    network = draw(networks(max_feeds=max_feeds, max_trips=max_trips, stations=stations, headways=headways))
    return network, [draw(questions(network, stations=stations)) for _ in range(draw(st.integers(1, max_questions)))]


def calls_of(feed: GtfsFeed, trip: str) -> list[Row]:
    """The stop_times.txt rows of a drawn trip, in order."""
    return [row for row in feed.rows("stop_times") if row["trip_id"] == trip]


def middle_day(feed: GtfsFeed) -> dt.date:
    """The day in the middle of a drawn feed's first calendar."""
    return date_of(feed.rows("calendar")[0]["start_date"]) + SPAN
