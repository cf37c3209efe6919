"""Names in the languages that riders read."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.model import Network
from ingest.pipeline import ingest_feeds
from ingest.translated_names import accepted_languages, best_language, network_in
from tests.support.gtfs_feed import GtfsFeed
from tests.unit.ingest.reading import small_feed


def translated_feed() -> GtfsFeed:
    """The small feed, in German, with a name of every kind in other languages."""
    feed = small_feed()
    feed.add("feed_info", feed_publisher_name="P", feed_publisher_url="https://p.example", feed_lang="de")
    feed.rows("routes")[0] |= {"route_long_name": "Ringlinie"}
    for row in feed.rows("trips"):
        row["trip_headsign"] = "Innenstadt"
    texts = [
        ("stops", "stop_name", "A", "en", "Stop Alpha"),
        ("stops", "stop_name", "A", "en-GB", "Stop Alpha, UK"),
        ("stops", "stop_name", "B", "fr", "Arrêt B"),
        ("routes", "route_short_name", "R", "en", "One"),
        ("routes", "route_long_name", "R", "en", "Circle line"),
        ("trips", "trip_headsign", "T2", "en", "Town centre"),
        ("agency", "agency_name", "M", "en", "The Metro"),
    ]
    for table, field, record, language, text in texts:
        feed.add("translations", table_name=table, field_name=field, record_id=record, language=language,
                 translation=text)  # fmt: skip
    return feed


@pytest.fixture
def network(tmp_path: Path) -> Network:
    found = ingest_feeds({"x": translated_feed().write_zip(tmp_path / "x.zip")}).network
    assert found is not None
    return found


def test_every_kind_of_name_is_told_in_the_language_that_was_asked_for(network: Network) -> None:
    english = network_in(network, ["en"])
    assert list(english.stops.name) == ["Stop Alpha", "Stop B", "Stop C"]
    assert (english.routes.short_name[0], english.routes.long_name[0]) == ("One", "Circle line")
    assert list(english.trips.headsign) == ["Innenstadt", "Town centre"]
    assert english.agencies.name[0] == "The Metro"
    assert english.providers[0].name == "The Metro"
    assert network.stops.name[0] == "Stop A"


@pytest.mark.parametrize(
    ("languages", "first", "second"),
    [
        ([], "Stop A", "Stop B"),
        (["en-GB"], "Stop Alpha, UK", "Stop B"),
        (["en-US"], "Stop Alpha", "Stop B"),
        (["fr", "en"], "Stop Alpha", "Arrêt B"),
        (["de", "en"], "Stop A", "Stop B"),
        (["ja", "EN_gb"], "Stop Alpha, UK", "Stop B"),
        (["ja"], "Stop A", "Stop B"),
    ],
)
def test_the_first_language_counts_that_there_is_a_name_in(
    languages: list[str], first: str, second: str, network: Network
) -> None:
    names = network_in(network, languages).stops.name
    assert (names[0], names[1]) == (first, second)


def test_nothing_is_put_in_place_where_nothing_is_translated(tmp_path: Path) -> None:
    plain = ingest_feeds({"x": small_feed().write_zip(tmp_path / "x.zip")}).network
    assert plain is not None
    assert network_in(plain, ["en"]) is plain


def test_a_provider_with_a_name_of_its_own_keeps_it(network: Network, tmp_path: Path) -> None:
    feed = translated_feed()
    feed.add("agency", **(feed.rows("agency")[0] | {"agency_id": "N", "agency_name": "Night"}))
    both = ingest_feeds({"x": feed.write_zip(tmp_path / "x.zip")}).network
    assert both is not None
    assert network_in(both, ["en"]).providers[0].name == "Metro, Night"
    assert network_in(network, ["en"]).providers[0].id == network.providers[0].id


@pytest.mark.parametrize(
    ("wanted", "offered", "best"),
    [
        ("en", ["de", "en"], "en"),
        ("en-gb", ["en", "en-gb"], "en-gb"),
        ("en-gb", ["en-us", "en"], "en"),
        ("en", ["en-us", "en-gb"], "en-gb"),
        ("zh-hant-tw", ["zh-hans", "zh-hant"], "zh-hant"),
        ("zh-tw", ["zh-hans"], None),
        ("e", ["en"], None),
        ("en", [""], None),
    ],
)
def test_a_reader_takes_a_wider_or_a_narrower_tag_but_no_other(
    wanted: str, offered: list[str], best: str | None
) -> None:
    assert best_language(wanted, offered) == best


@pytest.mark.parametrize(
    ("header", "languages"),
    [
        ("", ()),
        ("id", ("id",)),
        ("en;q=0.5, id-ID , fr;q=0.9", ("id-ID", "fr", "en")),
        ("id, *;q=0.5, en;q=0.1", ("id",)),
        ("en;q=0, de", ("de",)),
        ("<b>, en;q=high, a" + "b" * 9, ()),
        (",".join(f"x-{number}" for number in range(99)), tuple(f"x-{number}" for number in range(10))),
    ],
)
def test_what_a_client_accepts_is_read_best_first_and_rubbish_is_passed_over(
    header: str, languages: tuple[str, ...]
) -> None:
    assert accepted_languages(header) == languages
