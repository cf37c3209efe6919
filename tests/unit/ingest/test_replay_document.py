"""Journeys as JSON: where they are found, what they are held to, and that no JSON at all is a traceback."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.replay import ReplayError, Terms, parse_document, replay_journeys
from ingest.replay.document import read_document
from routing.compare.comparison import query_dict
from tests.scenarios.drawn import query_of, router_of
from tests.support.timetable_text import feeds_of

TEXT = """
    stop B 0 0
    stop P 99.9 0
    A 08:00 > M 08:04 08:05 > B 08:10 / x, trip T1
    P 08:20 > D 08:30 / y, trip T2
    D 0:00 > E 0:10 / y, trip H, every 600 from 06:00 to 10:00
"""
QUERY = query_of("x_A", "y_E", "07:55", max_transfers=5, headway_wait="none")


def answer() -> dict[str, Any]:
    """A line of `timbang batch`, as far as it matters."""
    (journey,) = router_of(TEXT).journeys(QUERY)
    found: dict[str, Any] = json.loads(json.dumps({"query": query_dict(QUERY), "journeys": [journey.to_dict()]}))
    return found


def comparison() -> dict[str, Any]:
    """What `timbang compare --json` prints."""
    found: dict[str, Any] = json.loads(json.dumps(router_of(TEXT).compare(QUERY).to_dict()))
    return found


def places(document: object, terms: Terms = Terms()) -> list[str]:  # noqa: B008  frozen
    """Where the journeys are."""
    return [found.where for found in read_document(document, terms).journeys]


def test_a_journey_is_found_wherever_it_is() -> None:
    (journey,) = answer()["journeys"]
    assert places(journey) == ["journey"]
    assert places([journey, journey]) == ["[0]", "[1]"]
    assert places(answer()) == ["journeys[0]"]
    assert places([answer()]) == ["[0].journeys[0]"]
    assert places(comparison()) == ["options[0].journey"]
    assert places({"journeys": []}) == []


def test_lines_are_told_by_number_and_blank_ones_are_none() -> None:
    line = json.dumps(answer())
    assert places(parse_document(f"{line}\n\n{line}\n")) == ["line 1: journeys[0]", "line 3: journeys[0]"]
    assert places(parse_document(line)) == ["journeys[0]"]
    assert places(parse_document(json.dumps(comparison(), indent=2))) == ["options[0].journey"]


def test_what_the_document_says_comes_before_what_the_caller_says() -> None:
    told = Terms("worst", 2.0, "off", 4.0)
    (found,) = read_document(answer()["journeys"][0], told).journeys
    assert (found.terms, found.query.origin, found.query.slack_s) == (told, None, 0)
    (found,) = read_document(answer(), told).journeys
    assert (found.terms, found.query.origin) == (Terms("none", 1.2, "off", 4.0), "x_A")
    (found,) = read_document(comparison(), told).journeys
    assert (found.terms, found.query.max_transfers) == (Terms("none", 1.2, "straight", 1.3), 5)


def test_an_option_is_what_its_journey_is(tmp_path: Path) -> None:
    paths = {feed_id: feed.write_folder(tmp_path / feed_id) for feed_id, feed in feeds_of(TEXT).items()}
    right = comparison()
    assert replay_journeys(right, paths).faults == ()
    for field in ("departure", "arrival", "duration_s", "transfers", "walk_s", "walk_m", "wait_s", "providers"):
        wrong = copy.deepcopy(right)
        value = wrong["options"][0][field]
        other = {"departure": "2026-03-02T07:00:00+07:00", "arrival": "2026-03-02T07:00:00+07:00", "providers": ["x"]}
        wrong["options"][0][field] = other.get(field, value) if field in other else value + 1
        (fault,) = replay_journeys(wrong, paths).faults
        assert (fault.code, fault.field, fault.leg) == ("wrong_total", field, None)


STRANGE = [
    None, 5, -1, 0.5, 1e308, 10**30, True, "", "x", "x_", "_", "\ud800", "\x1b[31m", [], [5], {},
    "-6.2,106.8", "91,181",
    "2026-03-02", "2026-03-02T08:00:00", "2026-03-02T08:00:00.5+07:00", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00", "2026-03-02T08:00:00+07:00",
]  # fmt: skip


def strange_documents() -> Iterator[dict[str, Any]]:
    """The comparison and the answer, with one field of anything in them left out or something strange."""
    for right in (comparison(), answer()):
        for path in _paths(right):
            for value in STRANGE:
                yield _with(right, path, value)
            yield _with(right, path, None, drop=True)


def _paths(value: Any, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, item in pairs:
        if key not in ("geometry", "ranking", "providers", "searched", "trade_offs", "dropped") or len(path) > 2:
            yield from _paths(item, *path, key)


def _with(right: dict[str, Any], path: tuple[str | int, ...], value: object, *, drop: bool = False) -> dict[str, Any]:
    changed = copy.deepcopy(right)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    if drop:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return changed


def test_whatever_the_json_holds_it_is_replayed_or_refused_in_one_line(tmp_path: Path) -> None:
    paths = {feed_id: feed.write_folder(tmp_path / feed_id) for feed_id, feed in feeds_of(TEXT).items()}
    readable, refused = [], []
    for document in strange_documents():
        try:
            read_document(document)
            readable.append(document)
        except ReplayError as error:
            refused.append(str(error))
    assert not [text for text in refused if "\n" in text or len(text) > 300]
    assert len(refused) > 1000
    assert len(readable) > 1000
    found = replay_journeys(readable, paths)
    assert len(found.faults) > 500
    json.dumps(found.to_dict(), allow_nan=False, ensure_ascii=False).encode()


@pytest.mark.parametrize("depth", [5, 3000])
def test_lists_in_lists_are_no_journeys(depth: int) -> None:
    nested: Any = 5
    for _ in range(depth):
        nested = [nested]
    with pytest.raises(ReplayError, match=r"must be an object|too deep"):
        read_document(nested)
    with pytest.raises(ReplayError):
        read_document(parse_document("[" * 100_000))
