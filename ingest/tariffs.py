"""Tariff files: what GTFS cannot say of prices, written down with dates and source (docs/fares.md)."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.fare_model import Tariffs
from ingest.strings import StringColumn

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from ingest.tariff_schema import TariffFile, Ticket


@dataclass(frozen=True, slots=True)
class Tariff:
    """One file, checked."""

    file: str
    content: TariffFile


def read_tariffs(
    paths: Sequence[Path], providers: Collection[str], feeds: Collection[str], error: type[ValueError]
) -> tuple[Tariff, ...]:
    """The tariffs of a region with these providers and feeds. Raises `error`, one line, for the first mistake."""
    tariffs = tuple(Tariff(path.name, _read(path, error)) for path in paths)
    riders = {rider for tariff in tariffs for rider in tariff.content.riders}
    seen: set[str] = set()
    for tariff in tariffs:
        for where, key, value, why in _wrong_references(tariff.content, providers, feeds, riders):
            raise error(f"{tariff.file}: {where}.{key} = {value!r}: {why}")
        for number, ticket in enumerate(tariff.content.ticket, start=1):
            if ticket.id in seen:
                raise error(f"{tariff.file}: ticket[{number}].id = {ticket.id!r}: another ticket has this id")
            seen.add(ticket.id)
    return tariffs


def tariff_columns(tariffs: Sequence[Tariff]) -> Tariffs:
    """What a snapshot keeps of them."""
    return Tariffs(
        StringColumn.of(tariff.file for tariff in tariffs),
        StringColumn.of(tariff.content.model_dump_json(by_alias=True) for tariff in tariffs),
    )


def named_stops(tariff: Tariff) -> Iterator[tuple[str, str]]:
    """(key, scoped stop id) of every stop that a tariff names as FEED_STOPID."""
    for number, ticket in enumerate(tariff.content.ticket, start=1):
        for stop in _linked_stops(ticket):
            yield f"ticket[{number}].linked", stop


def _read(path: Path, error: type[ValueError]) -> TariffFile:
    from pydantic import ValidationError

    from ingest.tariff_schema import TariffFile

    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as problem:
        raise error(f"{path}: cannot be read: {problem.strerror}") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise error(f"{path}: is not valid TOML: {problem}") from problem
    try:
        return TariffFile.model_validate(values)
    except ValidationError as problem:
        raise error(f"{path}: {_first_mistake(values, problem.errors()[0])}") from problem


def _first_mistake(values: Any, mistake: ErrorDetails) -> str:
    """`ticket[2].price.amount = -1: why`, as errors of other TOML files read."""
    where, value, kind = "", values, mistake["type"]
    path = (*mistake["loc"], "kind") if kind.startswith("union_tag") else mistake["loc"]
    for at, part in enumerate(path, start=1):
        inner = _inner(value, part)
        if inner is _ABSENT and (at < len(path) or kind not in _MISSING):
            continue  # a part that is of the model and not of the file: which kind of price it is
        value = inner
        where += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if where else str(part)
    if kind in _MISSING:
        return f"{where}: is missing"
    told = mistake["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        told = "unknown key"
    elif kind == "union_tag_invalid":
        told = f"must be one of {mistake['ctx']['expected_tags']}"
    plain = isinstance(value, str | int | Decimal | list) and value != ""
    return f"{where} = {_short(value)}: {told}" if where and plain else f"{where or 'the file'}: {told}"


_ABSENT = object()
_MISSING = ("missing", "union_tag_not_found")


def _inner(value: Any, part: int | str) -> Any:
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        return value[part]
    return value.get(part, _ABSENT) if isinstance(value, dict) else _ABSENT


def _short(value: Any) -> str:
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _wrong_references(
    content: TariffFile, providers: Collection[str], feeds: Collection[str], riders: Collection[str]
) -> Iterator[tuple[str, str, str, str]]:
    """(where, key, value, why) for everything that a tariff names and the region does not have."""
    for number, ticket in enumerate(content.ticket, start=1):
        where = f"ticket[{number}]"
        for provider in ticket.providers:
            if provider not in providers:
                yield where, "providers", provider, "no [[provider]] has this id"
        for key, routes in (("routes", ticket.routes), ("except_routes", ticket.except_routes)):
            for route in _of_no_feed(routes, feeds):
                yield where, key, route, "must be FEED_ROUTEID with a feed of this region"
        for stop in _of_no_feed(_linked_stops(ticket), feeds):
            yield where, "linked", stop, "must be FEED_STOPID with a feed of this region"
        for place, case in enumerate(ticket.when, start=1):
            for rider in case.riders:
                if rider not in riders:
                    yield f"{where}.when[{place}]", "riders", rider, "no tariff of this region names it in [riders]"


def _linked_stops(ticket: Ticket) -> Iterator[str]:
    for group in ticket.linked or ():
        yield from group


def _of_no_feed(ids: Iterable[str], feeds: Collection[str]) -> Iterator[str]:
    for scoped in ids:
        feed, _, own = scoped.partition("_")
        if feed not in feeds or not own:
            yield scoped
