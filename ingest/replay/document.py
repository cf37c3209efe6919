"""Where the journeys of a JSON document are, and what each is held to: its query, and how its snapshot walks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from ingest.replay.reader import Moment, Reader, ReplayError, inside
from ingest.replay.records import JourneyRecord, OptionRecord, read_journey, read_option

HeadwayWait = Literal["expected", "worst", "none"]
Walk = Literal["streets", "straight", "off"]

WALK_SPEED_M_PER_S = 1.2


@dataclass(frozen=True, slots=True)
class Terms:
    """What journeys were searched with, where their JSON does not say.

    headway_wait  how long a rider waits for an exact_times=0 service: half its headway, all of it, or not at all
    walk, detour  how the snapshot walks, as in `ingest`; None: not known, walks are no shorter than straight lines
    """

    headway_wait: HeadwayWait = "expected"
    walk_speed_m_per_s: float = WALK_SPEED_M_PER_S
    walk: Walk | None = None
    detour: float | None = None


DEFAULT_TERMS = Terms()


@dataclass(frozen=True, slots=True)
class QueryRecord:
    """What was asked. None: not said. Places are a stop id or "lat,lon"."""

    origin: str | None
    destination: str | None
    time: Moment | None
    arrive_by: bool
    max_transfers: int | None
    max_walk_s: int | None
    slack_s: int
    providers: frozenset[str] | None
    modes: frozenset[int] | None
    wheelchair: bool


NO_QUERY = QueryRecord(None, None, None, False, None, None, 0, None, None, False)


@dataclass(frozen=True, slots=True)
class FoundJourney:
    """A journey, where it is in the document, and what it is held to. `option` is what a comparison adds to it."""

    where: str
    journey: JourneyRecord
    query: QueryRecord
    terms: Terms
    option: OptionRecord | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """The journeys of a document, and the SHA-256 of the feeds that its comparisons were made from, by feed id."""

    journeys: tuple[FoundJourney, ...]
    feeds: Mapping[str, str]


def parse_document(text: str) -> object:
    """JSON, or a list of the values of JSON lines. Raises ReplayError."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        if len(lines) < 2 or not _is_json(lines[0][1]):
            raise ReplayError(f"not JSON: {error}") from None
    return _Lines({f"line {number}": _parse_line(number, line) for number, line in lines})


class _Lines(dict[str, Any]):
    """Values of JSON lines by what an error calls them."""


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _parse_line(number: int, line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ReplayError(f"line {number}: not JSON: {error}") from None


def read_document(value: object, terms: Terms = DEFAULT_TERMS) -> Document:
    """The journeys of a journey, a list of them, a comparison, or lines of `timbang batch`. Raises ReplayError."""
    feeds: dict[str, str] = {}
    try:
        journeys = tuple(_find(value, "", NO_QUERY, terms, feeds))
    except RecursionError:
        raise ReplayError("lists and objects lie too deep in each other") from None
    return Document(journeys, feeds)


def _find(value: object, where: str, query: QueryRecord, terms: Terms, feeds: dict[str, str]) -> Iterator[FoundJourney]:
    if isinstance(value, _Lines):
        for name, line in value.items():
            yield from _find(line, name, query, terms, feeds)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _find(item, f"{where}[{number}]", query, terms, feeds)
    else:
        yield from _find_in_object(Reader.of(value, where or "the document"), where, query, terms, feeds)


def _find_in_object(
    reader: Reader, where: str, query: QueryRecord, terms: Terms, feeds: dict[str, str]
) -> Iterator[FoundJourney]:
    reader = replace(reader, where=where)
    if reader.has("query"):
        asked = Reader.of(reader.values["query"], inside(where, "query"))
        query, terms = _read_query(asked), _terms_of_query(asked, terms)
    if reader.has("snapshot"):
        terms = _read_snapshot(Reader.of(reader.values["snapshot"], inside(where, "snapshot")), terms, feeds)
    if "legs" in reader.values:
        yield FoundJourney(where or "journey", read_journey(reader), query, terms)
    elif "journey" in reader.values:
        inner = Reader.of(reader.values["journey"], inside(where, "journey"))
        yield FoundJourney(inner.where, read_journey(inner), query, terms, read_option(reader))
    else:
        name = next((name for name in ("options", "journeys") if name in reader.values), None)
        if name is None:
            raise ReplayError(f"{where or 'the document'} has none of legs, journey, journeys and options")
        for number, item in enumerate(reader.items(name)):
            yield from _find(item, f"{inside(where, name)}[{number}]", query, terms, feeds)


def _read_query(reader: Reader) -> QueryRecord:
    def whole(name: str) -> int | None:
        return reader.whole(name) if reader.has(name) else None

    return QueryRecord(
        origin=reader.text("from") if reader.has("from") else None,
        destination=reader.text("to") if reader.has("to") else None,
        time=reader.moment("time") if reader.has("time") else None,
        arrive_by=reader.flag("arrive_by"),
        max_transfers=whole("max_transfers"),
        max_walk_s=whole("max_walk_s"),
        slack_s=whole("transfer_slack_s") or 0,
        providers=reader.texts("providers") if reader.has("providers") else None,
        modes=_modes(reader) if reader.has("modes") else None,
        wheelchair=reader.flag("wheelchair"),
    )


def _modes(reader: Reader) -> frozenset[int]:
    modes = reader.items("modes")
    if not all(isinstance(mode, int) for mode in modes):
        raise reader.fail("modes", "a list of GTFS route types")
    return frozenset(modes)


def _terms_of_query(reader: Reader, terms: Terms) -> Terms:
    if reader.has("headway_wait"):
        terms = replace(terms, headway_wait=_choice(reader, "headway_wait", HeadwayWait))
    if reader.has("walk_speed_m_per_s"):
        terms = replace(terms, walk_speed_m_per_s=reader.number("walk_speed_m_per_s", 0.1, 10))
    return terms


def _read_snapshot(reader: Reader, terms: Terms, feeds: dict[str, str]) -> Terms:
    if reader.has("feeds"):
        for number, value in enumerate(reader.items("feeds")):
            feed = Reader.of(value, f"{reader.where}.feeds[{number}]")
            feeds[feed.text("id")] = feed.text("sha256")
    if reader.has("walk"):
        terms = replace(terms, walk=_choice(reader, "walk", Walk))
    if reader.has("detour"):
        terms = replace(terms, detour=reader.number("detour", 1, 5))
    return terms


def _choice(reader: Reader, name: str, choices: Any) -> Any:
    value = reader.text(name)
    if value not in get_args(choices):
        raise reader.fail(name, " or ".join(get_args(choices)))
    return value
