"""Itineraries written as plain dicts are what the models that describe them say, field by field and type by type."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from google.transit import gtfs_realtime_pb2 as gtfs_rt
from hypothesis import given
from hypothesis import strategies as st

from api.json_response import json_bytes
from api.leg_lines import LegLines
from api.motis.itinerary_writer import Detail, ItineraryWriter
from api.motis.place_writer import PlaceWriter
from api.motis.told import ToldNetwork
from api.motis.versions import VERSIONS, ApiVersion
from api.schemas.motis.itinerary import Itinerary
from api.served_stops import find_served_stops
from api.stop_facts import StopFacts
from ingest.model import Network
from routing import Journey, Router
from routing.call_index import CallIndex
from tests.property.test_metamorphic import query_of
from tests.property.test_realtime import DAY, base
from tests.scenarios.drawn import network_of
from tests.scenarios.drawn import query_of as drawn_query
from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.motis_models import ModelWriter
from tests.support.realtime import Entity, Trip, Update, call, heard, message, trip_update
from tests.support.strategies import Asked, cases

DETAILS = st.builds(Detail, st.booleans(), st.booleans(), st.booleans(), st.booleans())
PRESENT = st.sampled_from(VERSIONS)


def facts_of(network: Network) -> StopFacts:
    return StopFacts.of(network, find_served_stops(network), CallIndex(network))


def check(planned: Network, shown: Network, journeys: Sequence[Journey], version: ApiVersion, detail: Detail) -> None:
    """Twice, for the second time much is kept."""
    facts = facts_of(planned)
    kept, lines = ToldNetwork(planned, facts, version), LegLines(planned)
    slow = ModelWriter(shown, facts, version, detail)
    for journey in [*journeys, *journeys]:
        quick = ItineraryWriter(PlaceWriter(shown, facts, version, kept), lines, detail)
        told: Any = json.loads(json_bytes(quick.itinerary(journey, 3)))
        model = json.loads(slow.itinerary(journey, 3).model_dump_json(by_alias=True, exclude_none=True))
        assert (told["startTime"], told["endTime"]) == (told["legs"][0]["startTime"], told["legs"][-1]["endTime"])
        # As text: 1 is not 1.0 then.
        assert json.dumps(told, sort_keys=True) == json.dumps(model, sort_keys=True)
        Itinerary.model_validate(told, strict=True)


@thorough(25)
@given(cases(max_feeds=2, max_trips=4, max_questions=2, stations=True, headways=True), PRESENT, DETAILS)
def test_by_the_schedule(case: tuple[dict[str, GtfsFeed], list[Asked]], version: ApiVersion, detail: Detail) -> None:
    feeds, questions = case
    router = Router(network_of(feeds))
    for asked in questions:
        query = query_of(asked)
        if not router.ends(query).is_same_place:
            check(router.network, router.network, router.journeys(query), version, detail)


def _notice() -> Entity:
    """What everybody should know at one stop and riders of one trip."""
    texts = gtfs_rt.TranslatedString(translation=[gtfs_rt.TranslatedString.Translation(text="closed", language="en")])
    named = [gtfs_rt.EntitySelector(stop_id="B"), gtfs_rt.EntitySelector(trip=gtfs_rt.TripDescriptor(trip_id="T1"))]
    return Entity(id="n", alert=gtfs_rt.Alert(header_text=texts, informed_entity=named))


LATE = st.one_of(st.none(), st.lists(st.integers(0, 599), min_size=4, max_size=4))
SKIPPED = Update.ScheduleRelationship.SKIPPED


def _said(trip: str, late: list[int] | None, skipped: int | None) -> Entity:
    named = {"trip_id": trip, **DAY}
    if late is None:
        return trip_update({**named, "schedule_relationship": Trip.CANCELED}, name=trip)
    calls = [
        call(number, schedule_relationship=SKIPPED) if number == skipped else call(number, arrival=s, departure=s)
        for number, s in enumerate(late, 1)
    ]
    return trip_update(named, *calls, name=trip)


@thorough(15)
@given(
    st.dictionaries(st.sampled_from(["T0", "T1", "T2", "T3"]), st.tuples(LATE, st.sampled_from([None, 2, 3]))),
    st.booleans(),
    PRESENT,
    DETAILS,
)
def test_in_real_time(
    said: dict[str, tuple[list[int] | None, int | None]], notice: bool, version: ApiVersion, detail: Detail
) -> None:
    planned = base()[2]
    entities = [_said(trip, *what) for trip, what in said.items()]
    _, patch = heard(planned, message(*entities, *([_notice()] if notice else [])))
    live = Router(planned).live([patch])
    for ends in (("x_A", "x_D"), ("x_A", "y_E"), ("x_D", "x_G")):
        journeys = live.journeys(drawn_query(*ends, "08:01"))
        check(planned, live.network, journeys, version, detail)


def test_what_is_told_of_an_alert_is_that_of_the_models() -> None:
    planned = base()[2]
    _, patch = heard(planned, message(_notice()))
    live = Router(planned).live([patch])
    (journey, *_) = live.journeys(drawn_query("x_A", "x_D", "08:01"))
    facts, version = facts_of(planned), VERSIONS[-1]
    writer = ItineraryWriter(
        PlaceWriter(live.network, facts, version, ToldNetwork(planned, facts, version)), LegLines(planned)
    )
    (leg,) = json.loads(json_bytes(writer.itinerary(journey)))["legs"]
    assert [alert["headerText"] for alert in leg["intermediateStops"][0]["alerts"]] == ["closed"]
