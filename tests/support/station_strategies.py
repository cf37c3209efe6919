"""What hypothesis draws of stations: entrances, nodes, pathways, and what a feed says of wheelchairs."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.support.gtfs_feed import GtfsFeed, Row
from tests.support.timetable_text import position

LENGTHS = [None, 0, 10, 42.4, 150]
TIMES = [None, None, 20, 75, 400]
STAIRS = [None, None, None, 30, -12]
SPREAD = st.sampled_from([(0.0, 0.0), (0.0, 40.0), (77.7, 0.0), (-120.0, 60.0)])


def draw_station(draw: DrawFn, feed: GtfsFeed, station: str = "P") -> None:
    """Add pathways to a station of a drawn feed, if it is there, and wheelchair fields to stops and trips."""
    members = [row for row in feed.rows("stops") if row.get("parent_station") == station]
    if members and draw(st.sampled_from([True, True, False])):
        _draw_pathways(draw, feed, members, station)
    for member in members:
        member["stop_access"] = draw(st.sampled_from(["", "", "0", "1"]))
    for row in feed.rows("stops"):
        row["wheelchair_boarding"] = draw(st.sampled_from(["", "", "", "0", "1", "2"]))
    for row in feed.rows("trips"):
        row["wheelchair_accessible"] = draw(st.sampled_from(["1", "1", "1", "2", ""]))


def _draw_pathways(draw: DrawFn, feed: GtfsFeed, members: list[Row], station: str) -> None:
    """Two entrances and a node near the first platform, and pathways between any of them and the platforms."""
    at = (float(members[0]["stop_lat"]), float(members[0]["stop_lon"]))
    for name, kind in (("E1", 2), ("E2", 2), ("N", 3)):
        lat, lon = position(*draw(SPREAD), at)
        place = {"stop_lat": f"{lat:.7f}", "stop_lon": f"{lon:.7f}"}
        if kind == 3 and draw(st.booleans()):
            place = {"stop_lat": "", "stop_lon": ""}
        feed.add("stops", stop_id=name, stop_name=name, **place, location_type=kind, parent_station=station)
    ends = [*(row["stop_id"] for row in members), "E1", "E2", "N"]
    for floor in (0, -1, 1.5):
        feed.add("levels", level_id=f"L{floor}", level_index=floor)
    for row in feed.rows("stops"):
        if row["stop_id"] in ends:
            row["level_id"] = draw(st.sampled_from(["", "L0", "L-1", "L1.5"]))
    pairs = st.tuples(st.sampled_from(ends), st.sampled_from(ends)).filter(lambda pair: pair[0] != pair[1])
    for number, (start, end) in enumerate(draw(st.lists(pairs, max_size=7))):
        feed.add(
            "pathways",
            pathway_id=f"W{number}",
            from_stop_id=start,
            to_stop_id=end,
            pathway_mode=draw(st.integers(1, 7)),
            is_bidirectional=draw(st.sampled_from([1, 1, 0])),
            length=draw(st.sampled_from(LENGTHS)),
            traversal_time=draw(st.sampled_from(TIMES)),
            stair_count=draw(st.sampled_from(STAIRS)),
        )
