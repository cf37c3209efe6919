"""GTFS route types and the modes of MOTIS."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast, get_args

from api.motis.versions import ApiVersion
from api.schemas.motis.base import Mode
from routing import QueryError

# route_type of GTFS, and of its extended types the hundreds, with those that differ from their hundred.
BY_ROUTE_TYPE: dict[int, Mode] = {
    0: "TRAM",
    1: "SUBWAY",
    2: "REGIONAL_RAIL",
    3: "BUS",
    4: "FERRY",
    5: "FUNICULAR",
    6: "AERIAL_LIFT",
    7: "FUNICULAR",
    11: "TRAM",
    12: "TRAM",
    101: "HIGHSPEED_RAIL",
    102: "LONG_DISTANCE",
    103: "REGIONAL_RAIL",
    105: "NIGHT_RAIL",
    109: "SUBURBAN",
    300: "SUBURBAN",
    717: "ODM",
}
BY_HUNDRED: dict[int, Mode] = {
    1: "REGIONAL_RAIL",
    2: "COACH",
    3: "SUBURBAN",
    4: "SUBWAY",
    5: "SUBWAY",
    6: "SUBWAY",
    7: "BUS",
    8: "BUS",
    9: "TRAM",
    10: "FERRY",
    11: "AIRPLANE",
    12: "FERRY",
    13: "AERIAL_LIFT",
    14: "FUNICULAR",
    15: "ODM",
}
OLD_NAMES: dict[Mode, Mode] = {"SUBURBAN": "METRO", "AERIAL_LIFT": "AREAL_LIFT"}
RAIL = ("HIGHSPEED_RAIL", "LONG_DISTANCE", "NIGHT_RAIL", "REGIONAL_RAIL", "SUBURBAN", "SUBWAY")
STREET_MODES = (
    "WALK", "BIKE", "RENTAL", "CAR", "HGV", "CAR_PARKING", "CAR_DROPOFF", "ODM", "RIDE_SHARING", "FLEX",
)  # fmt: skip
TRANSIT_MODES = tuple(mode for mode in get_args(Mode) if mode not in ("WALK", "METRO", "AREAL_LIFT"))
ASKED: dict[str, tuple[str, ...]] = {
    **{mode: (mode,) for mode in TRANSIT_MODES},
    "TRANSIT": TRANSIT_MODES,
    "RAIL": RAIL,
    "METRO": ("SUBURBAN",),
    "AREAL_LIFT": ("AERIAL_LIFT",),
    "REGIONAL_FAST_RAIL": ("REGIONAL_RAIL",),
    "CABLE_CAR": ("FUNICULAR", "TRAM"),
    "DEBUG_BUS_ROUTE": (),
    "DEBUG_RAILWAY_ROUTE": (),
    "DEBUG_FERRY_ROUTE": (),
    "RIDE_SHARING": (),
}
"""What an asked mode stands for. Modes of streets carry nobody between stops."""


def mode_of(route_type: int, version: ApiVersion) -> Mode:
    """The mode of a route, by the name that it has in a version."""
    mode = BY_ROUTE_TYPE.get(route_type) or BY_HUNDRED.get(route_type // 100, "OTHER")
    return OLD_NAMES.get(mode, mode) if version.has_old_modes else mode


def modes_of(route_types: Iterable[int], version: ApiVersion) -> list[Mode]:
    """Each mode once, in a fixed order."""
    found = {mode_of(route_type, version) for route_type in route_types}
    return sorted(found, key=get_args(Mode).index)


def route_types_of(modes: Iterable[str], field: str, known: Iterable[int]) -> frozenset[int] | None:
    """Of the `known` route types those that any of `modes` means; None where they mean all.

    Raises QueryError for what is no mode.
    """
    wanted: set[str] = set()
    for mode in modes:
        if mode not in ASKED and mode not in STREET_MODES:
            raise QueryError(f"{field} has {mode!r}, which is no mode; TRANSIT means all vehicles", field)
        wanted.update(ASKED.get(mode, ()))
    if wanted.issuperset(TRANSIT_MODES):
        return None
    newest = ApiVersion(6)
    return frozenset(kind for kind in known if cast(str, mode_of(kind, newest)) in wanted)


def walks(modes: Iterable[str], field: str) -> bool:
    """Whether WALK is among modes of streets. Raises QueryError for what is no such mode."""
    asked = list(modes)
    for mode in asked:
        if mode not in STREET_MODES:
            raise QueryError(f"{field} has {mode!r}, which is no mode of streets; WALK is offered", field)
    return "WALK" in asked
