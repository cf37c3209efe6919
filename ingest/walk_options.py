"""How riders are to walk between stops: what a user chooses, before anything is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ingest.footpaths import DEFAULT_DETOUR, DEFAULT_RADIUS_M

Walk = Literal["streets", "straight", "off"]


@dataclass(frozen=True, slots=True)
class WalkOptions:
    """How stops are linked on foot, up to `radius_m` apart: along the streets of an OpenStreetMap extract `osm`,
    by straight lines `detour` times as long, or not at all.
    """

    walk: Walk = "straight"
    radius_m: float = DEFAULT_RADIUS_M
    detour: float = DEFAULT_DETOUR
    osm: Path | None = None


STRAIGHT = WalkOptions()
