"""The catalogue that comes with the project is sane, and a catalogue that is not is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.registry import Registry, RegistryError, read_registry, request_of

FEED = """
[[region.feed]]
id = "{id}"
provider = "{provider}"
url = "https://{id}.example/gtfs.zip"
licence = "CC-BY-4.0"
attribution = "{provider}"
source = "the publisher's page"
seen = "2026-11-24"
"""
REGION = '[[region]]\nid = "town"\nname = "Town"\ncountry = "DE"\ntimezone = "Europe/Berlin"\n'
TOWN = REGION + FEED.format(id="bus", provider="Bus") + FEED.format(id="rail", provider="Rail")


@pytest.fixture(scope="module")
def catalogue() -> Registry:
    return read_registry()


def read(tmp_path: Path, text: str) -> Registry:
    path = tmp_path / "registry.toml"
    path.write_text(text, encoding="utf-8")
    return read_registry(path)


def test_jakarta_and_at_least_ten_other_regions_have_rival_providers(catalogue: Registry) -> None:
    rivals = [region.id for region in catalogue.regions if len({feed.provider for feed in region.feeds}) > 1]
    assert len(rivals) >= 10
    jakarta = catalogue.find_region("jakarta")
    assert jakarta is not None
    assert jakarta.authored == "jakarta"
    assert len({feed.country for feed in catalogue.feeds}) >= 8


def test_every_entry_says_where_it_was_seen_and_whom_to_name(catalogue: Registry) -> None:
    for feed in catalogue.feeds:
        assert feed.source.startswith(("Mobility Database", "Transitland Atlas", "Public Transportation Open Data"))
        assert feed.attribution
        assert feed.mdb or not feed.source.startswith("Mobility Database,"), feed.id
        assert feed.licence == "not stated" or feed.licence_url or feed.licence.startswith("CC-"), feed.id


def test_a_catalogue_is_read_whole(tmp_path: Path) -> None:
    registry = read(tmp_path, TOWN)
    assert [feed.id for feed in registry.feeds] == ["bus", "rail"]
    rail = registry.find_feed("rail")
    assert rail is not None
    assert (rail.region, rail.country, rail.timezone, rail.mdb) == ("town", "DE", "Europe/Berlin", "")
    assert registry.find_feed("tram") is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = "rail"', 'id = "bus"', "region.feed.id = 'bus': is there twice"),
        ('id = "rail"', 'id = "rail_1"', "must match"),
        ('id = "rail"', f'id = "{"a" * 33}"', "must match"),
        ("https://rail.example/gtfs.zip", "https://bus.example/gtfs.zip", "is there twice"),
        ("https://rail.example/gtfs.zip", "file:///etc/passwd", "only http and https"),
        ("https://rail.example/gtfs.zip", "https://u:p@rail.example/", "no user name or password"),
        ("https://rail.example/gtfs.zip", "https://127.1/", "usual form"),
        ('provider = "Rail"', 'provider = "Bus"', "at least two providers"),
        ('country = "DE"', 'country = "Germany"', "must match"),
        ("Europe/Berlin", "Europe/Nowhere", "unknown time zone"),
        ('seen = "2026-11-24"', 'seen = "yesterday"', "must be a text such as"),
        ('source = "the publisher\'s page"\n', "", "source: is missing"),
        ('attribution = "Rail"', 'attribution = ""', "must not be empty"),
        ('licence = "CC-BY-4.0"', 'license = "CC-BY-4.0"', "licence: is missing"),
        ('attribution = "Rail"', 'attribution = "Rail"\nmdb = "1909"', "must match"),
        ('attribution = "Rail"', 'attribution = "Rail"\ncolour = "red"', "unknown key"),
        ('name = "Town"', 'name = "Town"\nauthored = "atlantis"', "no such region"),
    ],
)
def test_a_mistake_is_refused_with_file_key_and_value(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in TOWN
    with pytest.raises(RegistryError, match=message) as caught:
        read(tmp_path, new.join(TOWN.rsplit(old, 1)))
    assert "registry.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def with_key(place: str, url: str = "https://rail.example/gtfs.zip") -> str:
    key = f'key = {{ variable = "TIMBANG_KEY_RAIL", place = "{place}", name = "a:key", info = "https://k.example/" }}\n'
    return TOWN.replace("https://rail.example/gtfs.zip", url) + key


def test_a_key_goes_into_the_header_or_the_query(tmp_path: Path) -> None:
    environment = {"TIMBANG_KEY_RAIL": " s&cret \n"}.get
    header = read(tmp_path, with_key("header")).feeds[1]
    assert request_of(header, environment) == ("https://rail.example/gtfs.zip", {"a:key": "s&cret"})
    query = read(tmp_path, with_key("query")).feeds[1]
    assert request_of(query, environment) == ("https://rail.example/gtfs.zip?a%3Akey=s%26cret", {})
    more = read(tmp_path, with_key("query", "https://rail.example/?x=1")).feeds[1]
    assert request_of(more, environment) == ("https://rail.example/?x=1&a%3Akey=s%26cret", {})


@pytest.mark.parametrize("value", [None, "", "  "])
def test_without_its_key_a_feed_is_not_asked_for(tmp_path: Path, value: str | None) -> None:
    feed = read(tmp_path, with_key("header")).feeds[1]
    with pytest.raises(RegistryError, match="feed rail: needs a key in TIMBANG_KEY_RAIL; get one at https://k"):
        request_of(feed, {"TIMBANG_KEY_RAIL": value}.get)


def test_a_key_never_travels_in_the_clear(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="must be https"):
        read(tmp_path, with_key("header", "http://rail.example/"))


def test_a_key_is_shown_in_a_known_place_only(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="must be one of header, query"):
        read(tmp_path, with_key("cookie"))
