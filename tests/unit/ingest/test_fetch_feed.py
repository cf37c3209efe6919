"""The whole way of one feed: fetched, kept, looked into, put in use or held; and the commands that do it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import typer

from api.cli_feeds import feeds_app
from api.cli_output import InputError
from ingest.feed_archive import FeedArchive
from ingest.fetch import FetchError, FetchLimits, Surroundings
from ingest.fetch_feed import Update, update_feed
from ingest.registry import FeedSource
from tests.support.gtfs_feed import GtfsFeed
from tests.unit.ingest.loopback import Asked, LoopbackServer, World, reply
from tests.unit.ingest.reading import add_call, small_feed

LIMITS = FetchLimits(connect_s=2, read_s=2, total_s=5, attempts=2)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    server = LoopbackServer()
    yield server
    server.close()


@pytest.fixture
def world() -> World:
    return World()


def source(server: LoopbackServer, feed_id: str = "bus") -> FeedSource:
    return FeedSource(
        id=feed_id, region="town", provider="Bus", name="", url=server.url(f"/{feed_id}.zip"), licence="CC0-1.0",
        licence_url="", attribution="Bus", country="DE", timezone="Europe/Berlin", mdb="", key=None, source="here",
        seen=date(2026, 3, 1), note="",
    )  # fmt: skip


def larger_feed() -> GtfsFeed:
    """The small feed with four trips."""
    feed = small_feed()
    for trip, hour in (("T3", 10), ("T4", 11)):
        feed.add("trips", route_id="R", service_id="S", trip_id=trip)
        for place, stop in enumerate("ABC"):
            add_call(feed, trip, f"{hour}:{place * 10:02}:00", stop, place + 1)
    return feed


def one_trip_feed() -> GtfsFeed:
    """A quarter of the larger feed."""
    feed = small_feed()
    feed.tables["trips"] = feed.rows("trips")[:1]
    feed.tables["stop_times"] = [row for row in feed.rows("stop_times") if row["trip_id"] == "T1"]
    return feed


def offer(server: LoopbackServer, folder: Path, feed: GtfsFeed, etag: str, path: str = "/bus.zip") -> None:
    """Serve `feed`, as a server that knows conditional requests."""
    whole = reply(feed.write_zip(folder / "offered.zip").read_bytes(), ETag=etag)
    same = reply(status=304)

    def answer(asked: Asked, connection: socket.socket) -> None:
        (same if asked.headers.get("if-none-match") == etag else whole)(asked, connection)

    server.routes[path] = answer


def update(server: LoopbackServer, world: World, root: Path, *, accept: bool = False) -> Update:
    return update_feed(source(server), root, limits=LIMITS, world=world.surroundings(), accept=accept)


def test_a_first_version_is_kept_and_put_in_use(server: LoopbackServer, world: World, tmp_path: Path) -> None:
    offer(server, tmp_path, small_feed(), '"1"')
    found = update(server, world, tmp_path / "archive")
    assert (found.outcome, found.is_new) == ("published", True)
    assert found.path.read_bytes() == (tmp_path / "offered.zip").read_bytes()
    assert (tmp_path / "archive/bus/current.zip").resolve() == found.path.resolve()
    [version] = FeedArchive(tmp_path / "archive", "bus").versions()
    assert (version.etag, version.url, version.fetched) == ('"1"', server.url("/bus.zip"), world.now)
    assert version.facts is not None
    assert (version.facts.n_trips, version.facts.last_date) == (2, date(2026, 12, 31))


def test_the_same_version_is_not_sent_twice(server: LoopbackServer, world: World, tmp_path: Path) -> None:
    offer(server, tmp_path, small_feed(), '"1"')
    update(server, world, tmp_path)
    found = update(server, world, tmp_path)
    assert (found.outcome, found.is_new) == ("unchanged", False)
    assert server.asked[1].headers["if-none-match"] == '"1"'


def test_a_version_whose_zip_was_lost_is_fetched_again(server: LoopbackServer, world: World, tmp_path: Path) -> None:
    offer(server, tmp_path, small_feed(), '"1"')
    update(server, world, tmp_path).path.unlink()
    assert update(server, world, tmp_path).path.is_file()
    assert "if-none-match" not in server.asked[1].headers


def test_a_version_with_less_than_half_the_trips_is_held_until_accepted(
    server: LoopbackServer, world: World, tmp_path: Path
) -> None:
    offer(server, tmp_path, larger_feed(), '"1"')
    first = update(server, world, tmp_path)
    offer(server, tmp_path, one_trip_feed(), '"2"')
    for _ in range(2):  # fetched, then not modified: held both times
        held = update(server, world, tmp_path)
        assert (held.outcome, held.reasons) == ("held", ("1 trips, 4 before: less than 50%",))
        assert held.in_use is not None
        assert held.in_use.sha256 == first.version.sha256
    assert FeedArchive(tmp_path, "bus").versions()[1].held == held.reasons
    accepted = update(server, world, tmp_path, accept=True)
    assert (accepted.outcome, accepted.is_new) == ("published", False)
    assert (tmp_path / "bus/current.zip").resolve() == held.path.resolve()
    assert first.path.is_file()
    assert [version.held for version in FeedArchive(tmp_path, "bus").versions()] == [(), ()]


def test_a_version_whose_service_is_yet_to_come_is_put_in_use_once_it_is_near(
    server: LoopbackServer, world: World, tmp_path: Path
) -> None:
    feed = small_feed()
    feed.rows("calendar")[0]["start_date"] = "20260401"
    offer(server, tmp_path, feed, '"1"')
    assert update(server, world, tmp_path).outcome == "held"
    world.now += timedelta(days=24)  # 26 March: 1 April is the seventh day
    assert update(server, world, tmp_path).outcome == "published"


def test_which_day_it_is_depends_on_where_the_feed_is(server: LoopbackServer, world: World, tmp_path: Path) -> None:
    feed = small_feed()
    feed.rows("calendar")[0].update(start_date="20260101", end_date="20260301")
    offer(server, tmp_path, feed, '"1"')
    world.now = world.now.replace(day=1, hour=23, minute=30)  # 00:30 on 2 March in Berlin
    assert update(server, world, tmp_path).outcome == "held"


def test_a_feed_that_cannot_be_ridden_is_kept_but_never_accepted(
    server: LoopbackServer, world: World, tmp_path: Path
) -> None:
    feed = small_feed()
    del feed.tables["stop_times"]
    offer(server, tmp_path, feed, '"1"')
    found = update(server, world, tmp_path, accept=True)
    assert found.outcome == "held"
    assert "stop_times.txt" in found.reasons[0]
    assert found.path.is_file()
    assert not (tmp_path / "bus/current.zip").exists()


def test_a_web_page_in_place_of_a_feed_is_not_kept(server: LoopbackServer, world: World, tmp_path: Path) -> None:
    server.routes["/bus.zip"] = reply(b"<!doctype html><title>Please log in</title>")
    with pytest.raises(FetchError, match="what came is no zip file, 43 bytes"):
        update(server, world, tmp_path)
    assert [path.name for path in (tmp_path / "bus").iterdir()] == []


def test_a_provider_that_goes_back_to_an_older_version_is_followed(
    server: LoopbackServer, world: World, tmp_path: Path
) -> None:
    offer(server, tmp_path, small_feed(), '"1"')
    first = update(server, world, tmp_path)
    offer(server, tmp_path, larger_feed(), '"2"')
    update(server, world, tmp_path)
    offer(server, tmp_path, small_feed(), '"3"')
    back = update(server, world, tmp_path)
    assert (back.outcome, back.is_new, back.version.sha256) == ("published", False, first.version.sha256)
    assert update(server, world, tmp_path).outcome == "unchanged"
    assert server.asked[-1].headers["if-none-match"] == '"3"'


# The commands

app = typer.Typer()
app.add_typer(feeds_app, name="feeds")


def run(*words: object) -> int:
    status = app(["feeds", *map(str, words)], standalone_mode=False)
    return status if isinstance(status, int) else 0


@pytest.fixture
def catalogue(server: LoopbackServer, tmp_path: Path) -> Path:
    text = '[[region]]\nid = "town"\nname = "Town"\ncountry = "DE"\ntimezone = "Europe/Berlin"\n'
    for feed_id in ("bus", "rail"):
        text += (
            f'[[region.feed]]\nid = "{feed_id}"\nprovider = "{feed_id}"\nurl = "{server.url(f"/{feed_id}.zip")}"\n'
            'licence = "CC0-1.0"\nattribution = "Town"\nsource = "here"\nseen = "2026-03-01"\n'
        )
    text += (
        '[[region.feed]]\nid = "tram"\nprovider = "Tram"\nurl = "https://tram.example/"\nlicence = "CC0-1.0"\n'
        'attribution = "Tram"\nsource = "here"\nseen = "2026-03-01"\n'
        'key = { variable = "TIMBANG_KEY_TRAM", place = "header", name = "K", info = "https://tram.example/key" }\n'
    )
    path = tmp_path / "registry.toml"
    path.write_text(text)
    return path


@pytest.fixture
def _in_this_world(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    found: Surroundings = world.surroundings()
    monkeypatch.setattr("ingest.fetch.Surroundings", lambda: found)


def test_the_catalogue_is_listed_as_a_table_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--region", "jakarta") == 0
    assert "transjakarta" in capsys.readouterr().out
    assert run("list", "--region", "jakarta", "--json") == 0
    [feed] = json.loads(capsys.readouterr().out)["feeds"]
    assert (feed["id"], feed["mdb"], feed["country"]) == ("transjakarta", "mdb-1909", "ID")


@pytest.mark.usefixtures("_in_this_world")
def test_a_region_is_fetched_past_a_feed_without_its_key_and_one_that_fails(
    server: LoopbackServer, catalogue: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    offer(server, tmp_path, small_feed(), '"1"', "/rail.zip")
    server.routes["/bus.zip"] = reply(status=404)
    words = ("fetch", "--region", "town", "--catalogue", catalogue, "--into", tmp_path / "archive", "--json")
    assert run(*words) == 2
    captured = capsys.readouterr()
    rows = {row["feed"]: row for row in json.loads(captured.out)["feeds"]}
    assert {feed: row["outcome"] for feed, row in rows.items()} == {
        "bus": "failed", "rail": "published", "tram": "skipped",
    }  # fmt: skip
    assert Path(rows["rail"]["path"]).is_file()
    assert f"failed: feed bus: {server.url('/bus.zip')}: status 404\n" in captured.err


@pytest.mark.usefixtures("_in_this_world")
def test_a_held_version_raises_an_alarm_and_is_accepted_by_name(
    server: LoopbackServer, catalogue: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("fetch", "bus", "--catalogue", catalogue, "--into", tmp_path / "archive")
    offer(server, tmp_path, larger_feed(), '"1"')
    assert run(*words) == 0
    offer(server, tmp_path, one_trip_feed(), '"2"')
    assert run(*words) == 0
    assert "ALARM: bus: version" in capsys.readouterr().err
    assert run(*words, "--accept") == 0
    assert "bus: published: 1 trips, 3 stops" in capsys.readouterr().err


@pytest.mark.usefixtures("_in_this_world")
def test_verify_finds_a_changed_zip(
    server: LoopbackServer, catalogue: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / "archive"
    offer(server, tmp_path, small_feed(), '"1"')
    assert run("fetch", "bus", "--catalogue", catalogue, "--into", archive) == 0
    assert run("verify", "--catalogue", catalogue, "--into", archive, "--json") == 0
    capsys.readouterr()
    zip_path = (archive / "bus/current.zip").resolve()
    data = bytearray(zip_path.read_bytes())
    data[100] ^= 1
    zip_path.write_bytes(data)
    assert run("verify", "--catalogue", catalogue, "--into", archive, "--json") == 2
    captured = capsys.readouterr()
    [row] = json.loads(captured.out)["feeds"]
    assert "its hash differs" in row["faults"][0]
    assert f"bus: {row['faults'][0]}" in captured.err


@pytest.mark.usefixtures("_in_this_world")
def test_verify_warns_of_a_feed_that_is_over(
    server: LoopbackServer, catalogue: Path, world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = small_feed()
    feed.rows("calendar")[0].update(start_date="20200101", end_date="20201231")
    offer(server, tmp_path, feed, '"1"')
    words = ("--catalogue", catalogue, "--into", tmp_path / "archive")
    assert run("fetch", "bus", *words, "--accept") == 0
    assert run("verify", *words) == 0
    assert "warning: bus: expired: its last day with service was 2020-12-31" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("fetch",), "give the ids of feeds, or --region"),
        (("fetch", "bus", "--region", "town"), "and not both"),
        (("fetch", "nobody"), "'nobody': is no feed of the catalogue"),
        (("list", "--region", "nowhere"), "'nowhere': is not in the catalogue"),
        (("fetch", "ktmb", "--timeout", "0"), "must be at least 1"),
        (("verify", "--into", "/nonexistent/archive"), "there is no such folder"),
        (("verify", "--days", "0"), "must be at least 1"),
    ],
)
def test_bad_input_is_told_in_one_line(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        run(*words)
    assert "\n" not in str(caught.value)
