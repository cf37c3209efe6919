"""Query files: many queries in one JSON or CSV file, and their answers."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from api.comparing import DEFAULT_WALK_SPEED_M_PER_S, PARAMETERS
from api.query_text import network_zone, parse_names, parse_place, parse_time
from ingest.model import Network
from routing import Journey, Query, QueryError, Router
from routing.answer import Answer
from routing.instants import instant_s

NUMBERS: Mapping[str, type] = {
    "max_transfers": int,
    "max_walk_s": int,
    "walk_speed_m_per_s": float,
    "transfer_slack_s": int,
}
LISTS = ("queries", "canaries")


class QueryFileError(ValueError):
    """A query file that cannot be used. The text names file, row, field and value."""


@dataclass(frozen=True, slots=True)
class FileQuery:
    """One row. `row` is the number of the record, the first being 1; of a CSV file the line, its header being 1."""

    id: str
    row: int
    values: Mapping[str, Any]


def read_query_file(path: Path) -> list[FileQuery]:
    """The rows of a JSON or CSV file. Raises QueryFileError."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise QueryFileError(f"{path}: cannot be read: {reason}") from None
    return _read_json(path, text) if text.lstrip()[:1] in ("[", "{") else _read_csv(path, text)


def _read_json(path: Path, text: str) -> list[FileQuery]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise QueryFileError(f"{path}: not JSON: {error}") from None
    if isinstance(found, dict):
        found = next((found[name] for name in LISTS if name in found), None)
    if not isinstance(found, list):
        raise QueryFileError(f"{path}: must be a list of queries, or an object with such a list in `queries`")
    rows = []
    for number, record in enumerate(found, 1):
        if not isinstance(record, dict):
            raise QueryFileError(f"{path}: row {number}: must be an object, not {json.dumps(record)[:80]}")
        rows.append(FileQuery(str(record.get("id", number)), number, record))
    return rows


def _read_csv(path: Path, text: str) -> list[FileQuery]:
    lines = csv.DictReader(text.splitlines(keepends=True), restval="")
    missing = [name for name in ("from", "to", "time") if name not in (lines.fieldnames or ())]
    if missing:
        raise QueryFileError(f"{path}: row 1: there is no column {missing[0]!r}")
    rows = []
    try:
        for number, record in enumerate(lines, 2):
            if None in record:
                raise QueryFileError(f"{path}: row {number}: has more cells than the header")
            given = {name: cell for name, cell in record.items() if cell.strip()}
            rows.append(FileQuery(str(given.get("id", number - 1)), number, given))
    except csv.Error as error:
        raise QueryFileError(f"{path}: not CSV: {error}") from None
    return rows


def build_queries(
    path: Path, rows: Sequence[FileQuery], network: Network, walk_speed_m_per_s: float = DEFAULT_WALK_SPEED_M_PER_S
) -> list[Query]:
    """The queries of a file, all checked before the first is answered. Raises QueryFileError."""
    known = {provider.id for provider in network.providers}
    queries = []
    for row in rows:
        try:
            query = _build(row.values, network, walk_speed_m_per_s)
            unknown = sorted((query.providers or frozenset()) - known)
            if unknown:
                raise QueryError(f"no provider {unknown[0]!r}; there are {', '.join(sorted(known))}", "providers")
        except QueryError as error:
            field = PARAMETERS.get(error.field, error.field)
            raise QueryFileError(f"{path}: row {row.row} (id {row.id!r}): {field}: {error}") from None
        queries.append(query)
    return queries


def _build(values: Mapping[str, Any], network: Network, walk_speed_m_per_s: float) -> Query:
    mode = values.get("mode") or "depart"
    if mode not in ("depart", "arrive"):
        raise QueryError(f"mode is {mode!r}; it must be 'depart' or 'arrive'", "mode")
    numbers = {name: _number(values, name) for name in NUMBERS if values.get(name) is not None}
    numbers.setdefault("walk_speed_m_per_s", walk_speed_m_per_s)
    wait = values.get("headway_wait")
    return Query(
        origin=parse_place(_text(values, "from"), "from", network),
        destination=parse_place(_text(values, "to"), "to", network),
        time=parse_time(_text(values, "time"), "time", network_zone(network)),
        arrive_by=mode == "arrive",
        providers=_providers(values.get("providers")),
        headway_wait="expected" if wait is None else wait,
        **numbers,
    )


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if isinstance(value, list) and len(value) == 2 and name != "time":
        return ",".join(map(str, value))
    if not isinstance(value, str):
        raise QueryError(f"{name} is {value!r}; it must be text" if value is not None else f"{name} is missing", name)
    return value


def _number(values: Mapping[str, Any], name: str) -> Any:
    value, kind = values[name], NUMBERS[name]
    try:
        if isinstance(value, bool) or (kind is int and isinstance(value, float)):
            raise TypeError
        return kind(value)
    except (TypeError, ValueError):
        kind_name = "a whole number" if kind is int else "a number"
        raise QueryError(f"{name} is {value!r}; it must be {kind_name}", name) from None


def _providers(value: Any) -> frozenset[str] | None:
    if value is None:
        return None
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        value = ",".join(value)
    if not isinstance(value, str):
        raise QueryError(f"providers is {value!r}; it must be a list of provider ids", "providers")
    return parse_names(value.replace(";", ","), "providers")


def answer_dict(router: Router, query: Query, found: Answer) -> dict[str, str | None]:
    """`arrive`, `depart` and `reason`. Of all journeys that arrive first, `depart` is the last departure."""
    best = _best(query, found.journeys)
    if best is None:
        return {"arrive": None, "depart": None, "reason": found.reason}
    depart = best.departure if query.arrive_by else _latest_departure(router, query, best)
    return {"arrive": best.arrival.isoformat(), "depart": depart.isoformat(), "reason": found.reason}


def _best(query: Query, journeys: Sequence[Journey]) -> Journey | None:
    if not journeys:
        return None
    if query.arrive_by:
        return max(journeys, key=lambda journey: (journey.departure_s, -journey.arrival_s, -journey.transfers))
    return min(journeys, key=lambda journey: (journey.arrival_s, -journey.departure_s, journey.transfers))


def _latest_departure(router: Router, query: Query, best: Journey) -> datetime:
    """A journey with more changes may leave later and arrive as early: ask backwards from the arrival."""
    if not best.rides:
        return best.departure
    backwards = dataclasses.replace(query, time=best.arrival, arrive_by=True)
    return max([best.departure, *(journey.departure for journey in router.journeys(backwards))], key=instant_s)
