"""Search by name: what is found, in which order, and what counts as one place."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.place_search import PlaceSearch, fold, match_ranges
from api.served_stops import find_served_stops
from ingest.pipeline import ingest_feeds
from tests.support.gtfs_feed import GtfsFeed
from tests.unit.api.small_city import bus_feed, metro_feed, write_feeds


def _search(folder: Path, **feeds: GtfsFeed) -> PlaceSearch:
    network = ingest_feeds({name: feed.write_zip(folder / f"{name}.zip") for name, feed in feeds.items()}).network
    assert network is not None
    return PlaceSearch(network, find_served_stops(network))


def _city(folder: Path) -> PlaceSearch:
    return _search(folder, metro=metro_feed(), bus=bus_feed())


def _ids(search: PlaceSearch, text: str, limit: int = 8) -> list[str]:
    return [place.id for place in search.find(text, limit)]


def test_case_accents_and_punctuation_do_not_matter(tmp_path: Path) -> None:
    search = _city(tmp_path)
    for text in ("Béta", "beta", "BETA", "be\u0301ta", " beta "):
        assert _ids(search, text) == ["metro_B"]
    assert _ids(search, "alun alun")[0] == "metro_STA"
    assert fold("  Jl. Ñandú—2 ") == "jl nandu 2"


def test_a_prefix_comes_before_a_later_part_and_that_before_a_likeness(tmp_path: Path) -> None:
    search = _city(tmp_path)
    assert _ids(search, "cik") == ["metro_C", "bus_Q"]
    assert _ids(search, "alun") == ["metro_STA", "bus_P"]
    assert _ids(search, "ikini") == ["metro_C", "bus_Q"]
    assert set(_ids(search, "cikinni")) == {"metro_C", "bus_Q"}


def test_words_may_come_in_any_order_and_be_only_begun(tmp_path: Path) -> None:
    search = _city(tmp_path)
    assert _ids(search, "cikini halte")[0] == "bus_Q"
    assert _ids(search, "al hal") == ["bus_P"]


@pytest.mark.parametrize(
    ("typed", "name", "ranges"),
    [
        ("cik", "Cikini", [(0, 3)]),
        ("halte cik", "Halte Cikini", [(0, 5), (6, 3)]),
        ("cik halte", "Halte Cikini", [(0, 5), (6, 3)]),
        ("beta", "Stasiun Béta", [(8, 4)]),
        ("cikinni", "Cikini", []),
        ("", "Cikini", []),
        ("alun alun", "Alun-Alun", [(0, 4), (5, 4)]),
    ],
)
def test_what_was_typed_is_found_again_in_the_name(typed: str, name: str, ranges: list[tuple[int, int]]) -> None:
    assert match_ranges(typed, name) == ranges


def test_a_stop_of_the_network_belongs_to_a_place(tmp_path: Path) -> None:
    network = ingest_feeds(write_feeds(tmp_path)).network
    assert network is not None
    search = PlaceSearch(network, find_served_stops(network))
    platform = search.place_of(network.stops.id.find("metro_A"))
    assert platform is not None
    assert platform.id == "metro_STA"


def test_a_station_stands_for_its_platforms(tmp_path: Path) -> None:
    found = _city(tmp_path).find("alun-alun", 8)[0]
    assert found.to_dict() == {
        "id": "metro_STA",
        "ids": ["metro_STA"],
        "name": "Alun-Alun",
        "lat": -6.2,
        "lon": 106.8,
        "providers": ["metro"],
        "kind": "station",
    }
    assert "metro_A" not in _ids(_city(tmp_path), "alun")


def test_the_busier_of_two_equal_matches_comes_first(tmp_path: Path) -> None:
    feed = metro_feed()
    feed.rows("stops")[1]["parent_station"] = ""
    for row, name in zip(feed.rows("stops")[1:], ("Pasar Baru", "Pasar Lama", "Pasar Tua"), strict=True):
        row["stop_name"] = name
    feed.add("stops", stop_id="D", stop_name="Pasar Aneh", stop_lat=-6.3, stop_lon=106.9)
    feed.add("trips", route_id="R", service_id="ALL", trip_id="once")
    for position, stop in enumerate("DA"):
        feed.add(
            "stop_times",
            trip_id="once",
            stop_id=stop,
            stop_sequence=position,
            arrival_time="09:00:00",
            departure_time="09:00:00",
        )
    # From A and B 84 trains leave a day, from D one, from C none.
    assert _ids(_search(tmp_path, metro=feed), "pasar") == ["metro_A", "metro_B", "metro_D", "metro_C"]


def test_two_sides_of_a_street_are_one_place_but_two_towns_are_not(tmp_path: Path) -> None:
    for lon, n_places in (("106.801", 1), ("106.84", 2)):
        feed = bus_feed()
        for row in feed.rows("stops"):
            row["stop_name"] = "Pasar"
        feed.rows("stops")[1]["stop_lon"] = lon
        assert len(_ids(_search(tmp_path, bus=feed), "pasar")) == n_places


def test_a_station_that_two_feeds_have_is_one_place_by_either_id(tmp_path: Path) -> None:
    bus = bus_feed()
    bus.rows("stops")[0] |= {"stop_name": "Alun-Alun", "stop_lat": "-6.2001", "stop_lon": "106.8001"}
    search = _search(tmp_path, metro=metro_feed(), bus=bus)
    (found,) = search.find("alun", 8)
    assert (found.id, set(found.ids), found.providers) == (found.ids[0], {"metro_STA", "bus_P"}, ("bus", "metro"))
    assert found.kind == "station"
    assert _ids(search, "bus_P") == _ids(search, "metro_STA") == [found.id]


def test_a_stop_that_nothing_serves_is_not_found(tmp_path: Path) -> None:
    feed = metro_feed()
    feed.add("stops", stop_id="G", stop_name="Halte Hantu", stop_lat=-6.2, stop_lon=106.8)
    assert _ids(_search(tmp_path, metro=feed), "hantu") == []


def test_an_id_typed_in_full_is_found_first(tmp_path: Path) -> None:
    assert _ids(_city(tmp_path), "bus_Q")[0] == "bus_Q"


@pytest.mark.parametrize("text", ["", "  ", "-", "zzzzzzzz", "日本"])
def test_nothing_is_found_for_nothing_and_for_what_is_not_there(text: str, tmp_path: Path) -> None:
    assert _ids(_city(tmp_path), text) == []


def test_no_more_are_given_than_asked_for(tmp_path: Path) -> None:
    assert len(_ids(_city(tmp_path), "a", limit=2)) == 2


def test_names_in_other_languages_are_found_too(tmp_path: Path) -> None:
    feed = metro_feed()
    feed.add(
        "translations",
        table_name="stops",
        field_name="stop_name",
        language="en",
        translation="Town Square",
        record_id="STA",
    )
    feed.add("feed_info", feed_publisher_name="x", feed_publisher_url="https://example.org", feed_lang="id")
    assert _ids(_search(tmp_path, metro=feed), "town") == ["metro_STA"]


def test_departures_are_those_of_a_mean_day(tmp_path: Path) -> None:
    network = ingest_feeds(write_feeds(tmp_path)).network
    assert network is not None
    served = find_served_stops(network)
    counts = {
        (network.stops.id[stop], network.providers[provider].id): count
        for stop, provider, count in zip(served.stop, served.provider, served.departures, strict=True)
    }
    # 14 hours of a train every 10 minutes; 16 hours of a bus every 10 minutes; nobody boards at the last stop.
    assert counts == {
        ("metro_A", "metro"): 84,
        ("metro_B", "metro"): 84,
        ("metro_C", "metro"): 0,
        ("bus_P", "bus"): 96,
        ("bus_Q", "bus"): 0,
    }
    assert served.n_routes.tolist() == [1, 1]
