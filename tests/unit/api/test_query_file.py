"""Query files and the answers to them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from api.query_file import QueryFileError, answer_dict, build_queries, read_query_file
from ingest.pipeline import ingest_feeds
from routing import Router
from routing.answer import answer
from tests.support.gtfs_feed import GtfsFeed
from tests.unit.api.small_city import MONDAY, metro_feed, write_feeds

GOOD = {"id": "x", "from": "metro_A", "to": "metro_C", "time": f"{MONDAY}T07:31:00+07:00"}


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> Router:
    network = ingest_feeds(write_feeds(tmp_path_factory.mktemp("city"))).network
    assert network is not None
    return Router(network)


def _write(folder: Path, found: Any) -> Path:
    path = folder / "queries.json"
    path.write_text(found if isinstance(found, str) else json.dumps(found), encoding="utf-8")
    return path


def _answers(router: Router, path: Path) -> dict[str, dict[str, str | None]]:
    rows = read_query_file(path)
    queries = build_queries(path, rows, router.network)
    return {row.id: answer_dict(router, q, answer(router, q)) for row, q in zip(rows, queries, strict=True)}


@pytest.mark.parametrize("wrap", [lambda rows: rows, lambda rows: {"queries": rows}, lambda rows: {"canaries": rows}])
def test_a_list_may_stand_alone_or_under_a_name(wrap: Any, tmp_path: Path) -> None:
    rows = read_query_file(_write(tmp_path, wrap([GOOD, {**GOOD, "id": 7}])))
    assert [(row.id, row.row) for row in rows] == [("x", 1), ("7", 2)]


def test_csv_says_the_same_as_json(router: Router, tmp_path: Path) -> None:
    table = tmp_path / "queries.csv"
    table.write_text(
        "\ufeffid,from,to,time,mode,max_transfers,providers\n"
        f'd,metro_A,metro_C,{MONDAY}T07:31:00+07:00,depart,,"metro,bus"\n'
        f"a,metro_A,metro_C,{MONDAY}T07:49:59,arrive,0,metro\n"
        f'p,"-6.2,106.8",metro_C,{MONDAY}T07:31,,,\n',
        encoding="utf-8",
    )
    listed = [
        {**GOOD, "id": "d", "mode": "depart", "providers": ["metro", "bus"]},
        {**GOOD, "id": "a", "time": f"{MONDAY}T07:49:59", "mode": "arrive", "max_transfers": 0, "providers": "metro"},
        {**GOOD, "id": "p", "from": [-6.2, 106.8]},
    ]
    found = _answers(router, table)
    assert found == _answers(router, _write(tmp_path, listed))
    assert found["d"] == {"depart": f"{MONDAY}T07:40:00+07:00", "arrive": f"{MONDAY}T07:50:00+07:00", "reason": None}
    assert found["a"] == {"depart": f"{MONDAY}T07:30:00+07:00", "arrive": f"{MONDAY}T07:40:00+07:00", "reason": None}


def test_a_row_says_how_the_wait_for_a_headway_service_is_counted(router: Router, tmp_path: Path) -> None:
    bus = {**GOOD, "from": "bus_P", "to": "bus_Q", "providers": "bus"}
    waits = ("expected", "worst", "none")
    found = _answers(router, _write(tmp_path, [{**bus, "id": wait, "headway_wait": wait} for wait in waits]))
    # One every 600 s, half an hour to go, ready at 07:31.
    assert [found[wait]["arrive"] for wait in waits] == [
        f"{MONDAY}T08:{minute}:00+07:00" for minute in ("06", "11", "01")
    ]
    assert _answers(router, _write(tmp_path, [bus]))["x"] == found["expected"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"from": "metro_X"}, "unknown_origin"),
        ({"to": "X"}, "unknown_destination"),
        ({"time": "2025-06-01T08:00"}, "before_service"),
        ({"time": "2027-06-01T08:00"}, "after_service"),
        ({"from": [0, 0]}, "no_stop_in_reach"),
        ({"from": "metro_C", "to": "metro_A"}, "no_connection"),
    ],
)
def test_a_query_without_an_answer_has_a_reason(
    change: dict[str, Any], reason: str, router: Router, tmp_path: Path
) -> None:
    found = _answers(router, _write(tmp_path, [{**GOOD, **change}]))
    assert found == {"x": {"arrive": None, "depart": None, "reason": reason}}


def test_staying_and_walking_are_answers_with_a_reason(router: Router, tmp_path: Path) -> None:
    stay, walk = {**GOOD, "id": "stay", "to": "metro_STA"}, {**GOOD, "id": "walk", "to": "bus_P"}
    found = _answers(router, _write(tmp_path, [stay, walk]))
    now = f"{MONDAY}T07:31:00+07:00"
    assert found["stay"] == {"arrive": now, "depart": now, "reason": "same_place"}
    assert found["walk"]["reason"] == "walk_only"
    # 0.002 degrees are 222.39 m, 290 m with the detour of 1.3, so 242 s at 1.2 m/s.
    assert found["walk"]["arrive"] == f"{MONDAY}T07:35:02+07:00"


def test_the_departure_is_the_last_one_that_arrives_first_even_with_a_change(tmp_path: Path) -> None:
    feed = metro_feed()
    # At 07:30 a slow train leaves A for C; the one of 07:40 gets there too, by a change at B, as early as 07:55.
    feed.tables["stop_times"] = []
    feed.tables["trips"] = []
    _run(feed, "slow", {"A": "07:30:00", "C": "07:55:00"})
    _run(feed, "first", {"A": "07:40:00", "B": "07:45:00"})
    _run(feed, "second", {"B": "07:50:00", "C": "07:55:00"})
    network = ingest_feeds({"metro": feed.write_zip(tmp_path / "m.zip")}).network
    assert network is not None
    found = _answers(Router(network), _write(tmp_path, [{**GOOD, "time": f"{MONDAY}T07:30"}]))
    assert found["x"] == {"arrive": f"{MONDAY}T07:55:00+07:00", "depart": f"{MONDAY}T07:40:00+07:00", "reason": None}


def _run(feed: GtfsFeed, trip: str, calls: dict[str, str]) -> None:
    feed.add("trips", route_id="R", service_id="ALL", trip_id=trip)
    for position, (stop, time) in enumerate(calls.items()):
        feed.add(
            "stop_times", trip_id=trip, stop_id=stop, stop_sequence=position, arrival_time=time, departure_time=time
        )


def test_a_bare_stop_id_will_do_where_there_is_one_feed(tmp_path: Path) -> None:
    network = ingest_feeds({"metro": metro_feed().write_zip(tmp_path / "m.zip")}).network
    assert network is not None
    found = _answers(Router(network), _write(tmp_path, [{**GOOD, "from": "A", "to": "C"}]))
    assert found["x"]["reason"] is None
    assert datetime.fromisoformat(found["x"]["arrive"] or "").hour == 7


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"time": "soon"}, ["row 1", "time", "soon"]),
        ({"time": None}, ["row 1", "time is missing"]),
        ({"from": 5}, ["row 1", "from is 5"]),
        ({"mode": "fly"}, ["row 1", "mode", "fly"]),
        ({"max_transfers": 99}, ["row 1", "max_transfers", "99"]),
        ({"max_transfers": 1.5}, ["row 1", "max_transfers", "1.5", "whole number"]),
        ({"max_transfers": True}, ["row 1", "max_transfers", "True"]),
        ({"walk_speed_m_per_s": "quick"}, ["row 1", "walk_speed_m_per_s", "quick"]),
        ({"headway_wait": "long"}, ["row 1", "headway_wait", "'long'", "expected, worst, none"]),
        ({"headway_wait": 5}, ["row 1", "headway_wait", "5"]),
        ({"providers": ["metro", "tram"]}, ["row 1", "providers", "tram", "bus, metro"]),
        ({"providers": []}, ["row 1", "providers is empty"]),
        ({"providers": 3}, ["row 1", "providers is 3"]),
        ({"from": "99,0"}, ["row 1", "from", "99,0"]),
    ],
)
def test_a_bad_row_is_named_with_its_file_field_and_value(
    change: dict[str, Any], words: list[str], router: Router, tmp_path: Path
) -> None:
    path = _write(tmp_path, [{**GOOD, **change}])
    with pytest.raises(QueryFileError) as raised:
        build_queries(path, read_query_file(path), router.network)
    for word in ["queries.json", "'x'", *words]:
        assert word in str(raised.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "not JSON"),
        ("{}", "must be a list"),
        ("[1]", "row 1: must be an object, not 1"),
        ("from,to\na,b\n", "row 1: there is no column 'time'"),
        ("from,to,time\na,b,c,d\n", "row 2: has more cells than the header"),
        ("", "there is no column 'from'"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_file_that_holds_no_queries_is_refused(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(QueryFileError, match=words):
        read_query_file(_write(tmp_path, text))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QueryFileError, match="cannot be read: No such file"):
        read_query_file(tmp_path / "none.json")
    (tmp_path / "latin.csv").write_bytes("from,to,time\n\xe9,b,c\n".encode("latin-1"))
    with pytest.raises(QueryFileError, match="not UTF-8"):
        read_query_file(tmp_path / "latin.csv")
