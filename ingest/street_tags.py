"""Which ways of OpenStreetMap can be walked: the one place that reads tags. docs/walking.md states the rules."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.street_model import BARRED, CROSSING, ELEVATOR, ONE_WAY, STAIRS

ONE_WAY_BACK = 128
"""On foot only against the drawing of the way; the builder turns such a way round."""

TAGGED = ("highway", "railway", "public_transport", "man_made")
"""A walkable way has one of these keys."""

WALKED = frozenset(
    {
        "footway",
        "path",
        "steps",
        "pedestrian",
        "living_street",
        "residential",
        "service",
        "unclassified",
        "road",
        "track",
        "tertiary",
        "tertiary_link",
        "secondary",
        "secondary_link",
        "primary",
        "primary_link",
        "cycleway",
        "bridleway",
        "corridor",
        "platform",
        "elevator",
    }
)
# Fast roads are walked only where the map says that there is a place for it.
WITH_SIDEWALK = frozenset({"trunk", "trunk_link"})
NEVER = frozenset({"proposed", "construction", "abandoned", "razed", "raceway", "escape", "via_ferrata", "no"})

WELCOME = frozenset({"yes", "designated", "permissive", "official", "public", "destination", "customers"})
REFUSED = frozenset(
    {
        "no",
        "private",
        "use_sidepath",
        "restricted",
        "permit",
        "agricultural",
        "forestry",
        "delivery",
        "military",
        "emergency",
        "residents",
    }
)
SIDEWALK_KEYS = ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")
NOT_STEP_FREE_BARRIERS = frozenset({"stile", "turnstile", "full-height_turnstile", "kissing_gate", "log", "debris"})

Tags = Mapping[str, str]


def walking_flags(tags: Tags) -> int | None:
    """Flags of Streets.edge_flags (or ONE_WAY_BACK) for a way, None where it cannot be walked."""
    highway = tags.get("highway", "")
    if highway in NEVER or tags.get("construction") == "yes":
        return None
    foot = tags.get("foot", "")
    if foot in REFUSED:
        return None
    if foot not in WELCOME and not _walked_unless_told(highway, tags):
        return None
    if not highway and not _is_platform(tags):
        return None
    return _flags(highway, tags)


def is_walkable_area(tags: Tags) -> bool:
    """Whether the outline of this multipolygon relation can be walked."""
    if tags.get("type") != "multipolygon" or "building" in tags:
        return False
    return walking_flags(tags) is not None


def blocks_walking(tags: Tags) -> bool:
    """Whether nobody gets past a barrier node: a locked gate, not a bollard."""
    if "barrier" not in tags:
        return False
    foot = tags.get("foot", "")
    return foot in REFUSED or (foot not in WELCOME and tags.get("access", "") in REFUSED)


def bars_wheels(tags: Tags) -> bool:
    """Whether a barrier node is passed on legs only."""
    return "barrier" in tags and (tags["barrier"] in NOT_STEP_FREE_BARRIERS or tags.get("wheelchair") == "no")


def _walked_unless_told(highway: str, tags: Tags) -> bool:
    if tags.get("access", "") in REFUSED or tags.get("motorroad") == "yes":
        return False
    if highway in WITH_SIDEWALK:
        return any(tags.get(key, "no") not in ("no", "none") for key in SIDEWALK_KEYS)
    return highway in WALKED or (not highway and _is_platform(tags))


def _is_platform(tags: Tags) -> bool:
    return (
        tags.get("railway") == "platform"
        or tags.get("public_transport") == "platform"
        or tags.get("man_made") == "pier"
    )


def _flags(highway: str, tags: Tags) -> int:
    flags = 0
    wheelchair = tags.get("wheelchair", "")
    if highway == "steps":
        flags |= STAIRS
        has_ramp = tags.get("ramp:wheelchair") == "yes" or wheelchair in ("yes", "designated")
        flags |= 0 if has_ramp else BARRED
    if wheelchair == "no":
        flags |= BARRED
    if highway == "elevator":
        flags |= ELEVATOR
    if "crossing" in (tags.get("footway"), tags.get("path"), tags.get("cycleway"), highway):
        flags |= CROSSING
    return flags | _one_way(tags)


def _one_way(tags: Tags) -> int:
    told = tags.get("oneway:foot", "")
    if told in ("yes", "1") or tags.get("foot:backward") == "no" or tags.get("conveying") == "forward":
        return ONE_WAY
    if told == "-1" or tags.get("foot:forward") == "no" or tags.get("conveying") == "backward":
        return ONE_WAY_BACK
    return 0
