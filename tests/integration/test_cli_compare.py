"""`timbang compare`: the ranked comparison as a table and as JSON."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from api.app import create_app
from api.cli import BAD_INPUT, DONE
from api.settings import Settings
from tests.support.command_line import (
    Shell,
)
from tests.unit.api.small_city import MONDAY


def test_a_comparison_validates_against_the_service_s_own_description(run: Shell, folder: Path) -> None:
    found = run("compare", folder / "city", "metro_STA", "metro_C", "--at", f"{MONDAY}T07:31", "--json").json
    description = create_app(Settings(snapshot=folder / "city")).openapi()
    schema = {"$ref": "#/components/schemas/Comparison", "components": description["components"]}
    jsonschema.validate(found, schema)
    found["options"][0]["journey"]["legs"][0]["departure"] = 5
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, schema)


def test_coordinates_south_of_the_equator_are_places_and_not_options(run: Shell, folder: Path) -> None:
    trip = ("compare", folder / "city", "-6.2,106.8", "-6.2,106.84")
    found = run(*trip, "--at", f"{MONDAY}T07:31", "--json").json
    assert (found["query"]["from"], found["query"]["to"]) == ("-6.2,106.8", "-6.2,106.84")
    assert found["options"][0]["arrival"] == f"{MONDAY}T07:50:00+07:00"


def test_options_of_a_comparison_reach_the_query(run: Shell, folder: Path) -> None:
    options = {
        "--arrive-by": f"{MONDAY}T09:00:00+07:00",
        "--providers": "metro,bus",
        "--weights": "travel=2,walk=3",
        "--max-transfers": 3,
        "--max-walk-s": 600,
        "--walk-speed": 1.5,
        "--transfer-slack-s": 60,
        "--modes": "1,3",
        "--headway-wait": "worst",
        "--window": 30,
        "--cheapest-within": 20,
    }
    words = [word for pair in options.items() for word in pair]
    found = run("compare", folder / "city", "metro_STA", "metro_C", *words, "--wheelchair", "--json").json
    assert found["query"] == {
        "from": "metro_STA",
        "to": "metro_C",
        "time": f"{MONDAY}T09:00:00+07:00",
        "arrive_by": True,
        "max_transfers": 3,
        "max_walk_s": 600,
        "walk_speed_m_per_s": 1.5,
        "transfer_slack_s": 60,
        "providers": ["bus", "metro"],
        "modes": [1, 3],
        "wheelchair": True,
        "use_realtime": True,
        "headway_wait": "worst",
        "rider": None,
        "window_s": 1800,
        "cheapest_within_s": 1200,
    }
    assert found["ranking"]["weights"]["travel"] == 2
    assert found["ranking"]["weights"]["walk"] == 3


def test_a_comparison_for_people_is_a_table(run: Shell, folder: Path) -> None:
    ran = run("compare", folder / "city", "metro_STA", "metro_C", "--at", f"{MONDAY}T07:31")
    assert ran.status == DONE
    for word in ("Metro Kota", "M1 Timur", "Alun-Alun", "07:40", "every 10 min", "single provider"):
        assert word in ran.out
    assert ran.err == ""


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["metro_X", "metro_C"], "from: there is no stop 'metro_X'"),
        (["metro_A", "metro_X"], "to: there is no stop 'metro_X'"),
        (["metro_A", "metro_C", "--at", "soon"], "at: at is 'soon'"),
        (["metro_A", "metro_C", "--providers", "tram"], "providers: there is no provider 'tram'"),
        (["metro_A", "metro_C", "--weights", "price=1"], "weights: there is no weight 'price'"),
        (["metro_A", "metro_C", "--headway-wait", "long"], "headway_wait is 'long'"),
        (["metro_A", "metro_C", "--max-transfers", "99"], "max_transfers: max_transfers is 99"),
        (["metro_A", "metro_C", "--at", f"{MONDAY}", "--arrive-by", f"{MONDAY}"], "not both"),
        (["metro_A"], "TO"),
        (["metro_A", "metro_C", "--colour", "red"], "--colour"),
        (["evil\x1b[31m\nname", "metro_C"], "\\x1b[31m"),
    ],
)
def test_a_comparison_that_makes_no_sense_is_bad_input(
    words: list[str], complaint: str, run: Shell, folder: Path
) -> None:
    ran = run("compare", folder / "city", *words, "--json")
    assert ran.status == BAD_INPUT
    assert complaint in ran.complaint
    assert "\x1b" not in ran.err
