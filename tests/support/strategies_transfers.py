"""Hypothesis strategies: one hub where everybody changes, and transfers.txt full of rows about who may change how.

Networks of tests.support.strategies hold such rows too, but among all else; here every question is about them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.support.gtfs_feed import GtfsFeed
from tests.support.station_strategies import draw_station
from tests.support.strategies import Asked, rarely
from tests.support.timetable_text import feeds_of

DAY = dt.date(2026, 3, 2)
JAKARTA = dt.timezone(dt.timedelta(hours=7))
# P is 100 m from H, Q 100 m beyond; F is too far to walk to unless a row says so.
PLACES = """
    station Z: H P
    stop A 0 30000
    stop B 0 60000
    stop H 0 0
    stop P 100 0
    stop Q 200 0
    stop F 900 0
    stop C 30000 0
    stop D 60000 0
    # Makes every place a stop of the network, and leads from no question's origin to its destination.
    C 02:00 > D 02:01 > B 02:02 > A 02:03 > F 02:04 > Q 02:05 > P 02:06 > H 02:07 / x, trip T99
"""
HUB = ["H", "H", "H", "P", "H", "H", "Q", "F"]
PLATFORMS = ["H", "P", "H", "P", "H", "P", "Q", "F"]


@dataclass(frozen=True)
class Line:
    """A drawn trip: its number, its route and its stop at the hub."""

    trip: str
    route: str
    stop: str


@st.composite
def transfer_cases(draw: DrawFn, *, stations: bool = False) -> tuple[dict[str, GtfsFeed], list[Asked]]:
    """A network with up to four trips to the hub and four from it, and questions from the one side to the other.

    With `stations` two stops of the hub are platforms of a station with pathways, and some riders use wheelchairs.
    """
    lines: list[str] = []
    hub = PLATFORMS if stations else HUB
    inward = [
        _draw_trip(draw, lines, f"T{number}", hub, inward=True) for number in range(draw(st.sampled_from([2, 1, 3, 4])))
    ]
    onward = [
        _draw_trip(draw, lines, f"T{number}", hub, inward=False)
        for number in range(4, 4 + draw(st.sampled_from([2, 3, 1, 4])))
    ]
    through = draw(rarely([""], ["stay x T0 > T4", "leave x T0 > T4"]))
    feed = feeds_of("\n".join([PLACES, *lines, through]))["x"]
    if draw(rarely([True], [False])):  # so that a row which asks for less makes a difference too
        feed.add("transfers", from_stop_id="H", to_stop_id="H", transfer_type=2, min_transfer_time=180)
    for _ in range(draw(st.sampled_from([3, 2, 5, 8]))):
        _draw_row(draw, feed, inward, onward)
    if stations:
        draw_station(draw, feed, "Z")
        for row in feed.rows("trips"):  # two trips or more make a question: that mostly all take wheelchairs
            row["wheelchair_accessible"] = draw(rarely(["1"], [row["wheelchair_accessible"]]))
    return {"x": feed}, [_draw_question(draw, wheelchairs=stations) for _ in range(4)]


def _draw_trip(draw: DrawFn, lines: list[str], trip: str, hub_stops: list[str], *, inward: bool) -> Line:
    """Inward trips are at the hub from 08:10 on, onward ones up to a quarter of an hour later; some go through."""
    stop, minute, route = (
        draw(st.sampled_from(hub_stops)),
        draw(st.integers(0, 5 if inward else 15)),
        f"R{int(trip[1:]) // 2}",
    )
    more = draw(
        rarely(["", "", ""], [", every 120 from 07:50 to 08:20", ", exact 240 from 08:00 to 08:30", ", block 7"])
    )
    end, twice = draw(rarely(["C"], ["D"])), draw(rarely([False], [True]))
    hub = f"{stop} 08:{10 + minute:02d} 08:{11 + minute:02d}"
    more = f", route {route}{more}"
    again = f" > {draw(st.sampled_from(hub_stops))} 08:{14 + minute:02d}" if twice else ""
    if inward:
        onward = f" > {end} 08:{30 + minute:02d}" if draw(rarely([False], [True])) else ""
        lines.append(f"{draw(rarely(['A'], ['B']))} 08:{minute:02d} > {hub}{again}{onward} / x, trip {trip}{more}")
    else:
        lines.append(f"{hub}{again} > {end} 08:{30 + minute:02d} / x, trip {trip}{more}")
    return Line(trip, route, stop)


def _draw_row(draw: DrawFn, feed: GtfsFeed, inward: list[Line], onward: list[Line]) -> None:
    row: dict[str, object] = {}
    named = [draw(st.sampled_from(["route", "trip", "any", "route", "both"])) for _ in range(2)]
    lines = draw(st.sampled_from(inward)), draw(st.sampled_from(onward))
    if draw(rarely([False], [True])):
        lines = lines[::-1]
    for side, line, names in zip(("from", "to"), lines, named, strict=True):
        row[f"{side}_stop_id"] = draw(rarely([line.stop], ["Z" if line.stop in "HP" else line.stop, "Z"]))
        if names in ("trip", "both"):
            row[f"{side}_trip_id"] = line.trip
        if names in ("route", "both"):
            row[f"{side}_route_id"] = line.route
    kind = draw(st.sampled_from(["3", "1", "2", "0", "2", "3"]))
    time = draw(st.sampled_from([60, 0, 180, 299, 300, 600, None])) if kind == "2" else None
    feed.add("transfers", transfer_type=kind, min_transfer_time=time, **row)


def _draw_question(draw: DrawFn, *, wheelchairs: bool) -> Asked:
    arrive_by = draw(st.booleans())
    at = dt.datetime.combine(DAY, dt.time(8, 42) if arrive_by else dt.time(7, 56), JAKARTA)
    return Asked(
        f"x_{draw(rarely(['A'], ['B', 'H']))}",
        f"x_{draw(rarely(['C'], ['D', 'Z']))}",
        at + dt.timedelta(minutes=draw(st.integers(-5, 6))),
        arrive_by,
        slack=draw(rarely([0], [60])),
        max_walk_s=draw(rarely([1200], [150])),
        wheelchair=wheelchairs and draw(st.booleans()),
    )
