"""What users type: places, times, lists, weights."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from api.comparing import CompareRequest, build_query
from api.query_text import network_zone, parse_modes, parse_names, parse_place, parse_time, parse_weights
from ingest.model import Network
from ingest.pipeline import ingest_feeds
from routing import QueryError
from tests.unit.api.small_city import ZONE, metro_feed, write_feeds

JAKARTA = ZoneInfo(ZONE)
NOW = datetime(2026, 3, 2, 1, 30, 0, 999, UTC)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    found = ingest_feeds(write_feeds(tmp_path_factory.mktemp("city"))).network
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("metro_A", "metro_A"),
        ("-6.2,106.8", (-6.2, 106.8)),
        (" -6.2 , 106.8 ", (-6.2, 106.8)),
        ("+6,-0", (6.0, 0.0)),
        ("90,180", (90.0, 180.0)),
        ("1,2,3", "1,2,3"),
        ("nowhere", "nowhere"),
    ],
)
def test_a_place_is_a_coordinate_only_if_it_reads_as_one(text: str, place: object, network: Network) -> None:
    assert parse_place(text, "from", network) == place


def test_a_stop_whose_id_looks_like_a_coordinate_is_a_stop(tmp_path: Path) -> None:
    feed = metro_feed()
    for row in (*feed.rows("stops"), *feed.rows("stop_times")):
        row["stop_id"] = row["stop_id"].replace("B", "48,11")
    network = ingest_feeds({"metro": feed.write_zip(tmp_path / "m.zip")}).network
    assert network is not None
    assert parse_place("48,11", "from", network) == "48,11"
    assert parse_place("48,12", "from", network) == (48.0, 12.0)


@pytest.mark.parametrize("text", ["90.1,0", "0,180.5", "-91,0", "", "  "])
def test_a_place_out_of_the_world_or_empty_names_its_field(text: str, network: Network) -> None:
    with pytest.raises(QueryError) as raised:
        parse_place(text, "to", network)
    assert raised.value.field == "to"


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-02T07:30:00+07:00", "00:30"),
        ("2026-03-02T07:30", "00:30"),
        ("2026-03-02 07:30:00", "00:30"),
        ("2026-03-02T00:30:00Z", "00:30"),
        ("2026-03-02T07:30:00 07:00", "00:30"),
        ("2026-03-02T02:30:00 0200", "00:30"),
    ],
)
def test_times_are_local_unless_they_say_otherwise_and_come_back_local(text: str, utc: str) -> None:
    time = parse_time(text, "at", JAKARTA)
    assert f"{time.astimezone(UTC):%H:%M}" == utc
    assert time.utcoffset() == timedelta(hours=7)


@pytest.mark.parametrize(
    "text", ["soon", "", "2026-13-01", "2026-02-30T00:00", "0001-01-01", "9999-12-31T23:59", "7:30"]
)
def test_a_time_that_is_none_or_too_far_away_names_its_field(text: str) -> None:
    with pytest.raises(QueryError) as raised:
        parse_time(text, "at", JAKARTA)
    assert raised.value.field == "at"


def test_names_and_modes_are_sets() -> None:
    assert parse_names(" a, b,,a ", "providers") == {"a", "b"}
    assert parse_modes("0, 3", "modes") == {0, 3}


@pytest.mark.parametrize("text", ["", " , "])
def test_a_list_of_nothing_is_an_error_and_not_everything(text: str) -> None:
    with pytest.raises(QueryError, match="providers is empty"):
        parse_names(text, "providers")
    with pytest.raises(QueryError, match="modes is empty"):
        parse_modes(text, "modes")


def test_modes_are_numbers() -> None:
    with pytest.raises(QueryError, match="modes is 'bus'"):
        parse_modes("bus", "modes")


@pytest.mark.parametrize("text", ["travel=1,walk=2.5", "travel:1,walk:2.5", " travel = 1 , walk:2.5"])
def test_weights_are_written_with_signs_of_equality_or_colons(text: str) -> None:
    assert parse_weights(text, "weights") == {"travel": 1.0, "walk": 2.5}


@pytest.mark.parametrize("text", ["", "travel", "travel=", "travel=fast", "travel=1,,walk=2"])
def test_weights_that_are_no_pairs_are_refused(text: str) -> None:
    with pytest.raises(QueryError, match="weights"):
        parse_weights(text, "weights")


def test_without_a_time_the_trip_leaves_now_in_the_city_s_zone(network: Network) -> None:
    query = build_query(CompareRequest("metro_A", "metro_B"), network, NOW)
    assert query.time == NOW.replace(microsecond=0)
    assert query.time.tzinfo == network_zone(network) == JAKARTA
    assert not query.arrive_by


def test_a_deadline_makes_the_query_arrive_by(network: Network) -> None:
    query = build_query(CompareRequest("metro_A", "metro_B", arrive_by="2026-03-02T08:00"), network, NOW)
    assert query.arrive_by
    assert query.time.isoformat() == "2026-03-02T08:00:00+07:00"


def test_a_time_to_leave_and_one_to_arrive_are_too_much(network: Network) -> None:
    request = CompareRequest("metro_A", "metro_B", at="2026-03-02T08:00", arrive_by="2026-03-02T08:00")
    with pytest.raises(QueryError, match="not both"):
        build_query(request, network, NOW)
