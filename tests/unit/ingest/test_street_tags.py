"""Which tags make a way walkable, and what else they say."""

from __future__ import annotations

import pytest

from ingest.street_model import BARRED, CROSSING, ELEVATOR, ONE_WAY, STAIRS
from ingest.street_tags import ONE_WAY_BACK, bars_wheels, blocks_walking, is_walkable_area, walking_flags


def tags(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split())


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("highway=footway", 0),
        ("highway=residential", 0),
        ("highway=residential sidewalk=separate", 0),
        ("highway=pedestrian area=yes", 0),
        ("highway=platform", 0),
        ("railway=platform", 0),
        ("public_transport=platform", 0),
        ("man_made=pier", 0),
        ("highway=cycleway", 0),
        ("highway=cycleway oneway=yes", 0),
        ("highway=footway access=customers", 0),
        ("highway=footway access=no foot=yes", 0),
        ("highway=primary motorroad=yes foot=designated", 0),
        ("highway=motorway foot=yes", 0),
        ("highway=trunk sidewalk=right", 0),
        ("highway=footway footway=crossing", CROSSING),
        ("highway=elevator", ELEVATOR),
        ("highway=steps", STAIRS | BARRED),
        ("highway=steps ramp:wheelchair=yes", STAIRS),
        ("highway=footway wheelchair=no", BARRED),
        ("highway=steps conveying=forward", STAIRS | BARRED | ONE_WAY),
        ("highway=steps conveying=backward", STAIRS | BARRED | ONE_WAY_BACK),
        ("highway=footway oneway:foot=yes", ONE_WAY),
        ("highway=footway oneway:foot=-1", ONE_WAY_BACK),
        ("highway=residential oneway=yes", 0),
    ],
)
def test_walkable_ways_and_their_flags(text: str, flags: int) -> None:
    assert walking_flags(tags(text)) == flags


@pytest.mark.parametrize(
    "text",
    [
        "highway=motorway",
        "highway=motorway_link",
        "highway=trunk",
        "highway=trunk sidewalk=no",
        "highway=primary motorroad=yes",
        "highway=residential access=private",
        "highway=service access=no",
        "highway=cycleway foot=no",
        "highway=secondary foot=use_sidepath",
        "highway=construction construction=footway foot=yes",
        "highway=footway construction=yes",
        "highway=proposed",
        "highway=raceway",
        "highway=rest_area",
        "railway=rail",
        "railway=platform access=private",
        "building=yes foot=yes",
        "",
    ],
)
def test_ways_that_nobody_may_or_can_walk(text: str) -> None:
    assert walking_flags(tags(text)) is None


@pytest.mark.parametrize(
    ("text", "blocks", "bars"),
    [
        ("barrier=bollard", False, False),
        ("barrier=gate access=private", True, False),
        ("barrier=gate access=private foot=yes", False, False),
        ("barrier=gate foot=no", True, False),
        ("barrier=stile", False, True),
        ("barrier=kerb wheelchair=no", False, True),
        ("access=private", False, False),
        ("wheelchair=no", False, False),
    ],
)
def test_barriers_on_the_way(text: str, blocks: bool, bars: bool) -> None:
    assert (blocks_walking(tags(text)), bars_wheels(tags(text))) == (blocks, bars)


def test_the_outline_of_a_square_is_walked_but_not_that_of_a_building() -> None:
    assert is_walkable_area(tags("type=multipolygon highway=pedestrian"))
    assert not is_walkable_area(tags("type=multipolygon highway=pedestrian building=yes"))
    assert not is_walkable_area(tags("type=route highway=pedestrian"))
