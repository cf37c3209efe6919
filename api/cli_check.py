"""`timbang check`: what feeds are worth and what they answer, leaving nothing behind.

The snapshot lives in memory, so even a killed process leaves no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli_kernels import choose_kernels_for_feeds
from api.cli_output import InputError, get_file, print_json, printable, stdout_console
from api.cli_realtime import apply_messages, read_messages
from api.cli_report import ReportOption, ReportPlan, ValidateOption, say_plan
from api.cli_sources import (
    ARCHIVE,
    ArchiveOption,
    DetourOption,
    FeedOption,
    FromOption,
    JsonOption,
    OsmOption,
    RadiusOption,
    RegionOption,
    SpeedOption,
    ToOption,
    WalkOption,
    ingest_sources,
    read_days,
    read_sources,
)
from api.progress_bar import progress_bar
from ingest.progress import Progress

if TYPE_CHECKING:
    from ingest.model import Network
    from ingest.realtime.patch import FeedPatch

ANSWERING = "answering queries"
QUERY_BYTES_A_SECOND = 20_000
"""Of a query file: a hundred queries, about."""
MANY_BYTES = 200_000
"""Of a query file, from which on bounds save more time than they take."""

Answers = dict[str, dict[str, str | None]]


def check(
    region: RegionOption = None,
    feed: FeedOption = None,
    queries: Annotated[
        Path | None, typer.Option("--queries", metavar="FILE", help="Queries to answer: JSON or CSV.")
    ] = None,
    realtime: Annotated[
        list[str] | None,
        typer.Option(
            "--realtime",
            metavar="ID=PB",
            help="A GTFS-Realtime message of a feed; several are applied in order.",
        ),
    ] = None,
    now: Annotated[
        str | None, typer.Option("--now", metavar="ISO", help="The instant to take for now; default: now.")
    ] = None,
    walk: WalkOption = None,
    osm: OsmOption = None,
    walk_radius_m: RadiusOption = 500,
    walk_speed: SpeedOption = 1.2,
    detour: DetourOption = 1.3,
    first_day: FromOption = None,
    last_day: ToOption = None,
    archive: ArchiveOption = ARCHIVE,
    validate: ValidateOption = None,
    report: ReportOption = None,
    json: JsonOption = False,
) -> None:
    """Report what is wrong with feeds and answer queries on them. A rejected feed is a normal result."""
    plan = ReportPlan.of(validate, report)
    days = read_days(first_day, last_day)
    sources = read_sources(region, feed, walk, osm, walk_radius_m, walk_speed, detour, days, archive)
    if queries is not None:
        get_file(queries, "--queries")
    messages, present = read_messages(realtime), _now(now)
    today = present.date()
    if sources.osm is None:
        choose_kernels_for_feeds(sources.megabytes, [path for _, path in messages] + ([queries] if queries else []))
    answering = {} if queries is None else {ANSWERING: 2 + queries.stat().st_size / QUERY_BYTES_A_SECOND}
    with progress_bar(sources.weights | plan.weights(sources) | answering) as stage:
        asks_much = queries is not None and queries.stat().st_size >= MANY_BYTES
        found = ingest_sources(sources, today, stage, is_bounded=asks_much)
        said = plan.carry_out(sources, found, today, stage)
        answers: Answers = {}
        live = apply_messages(found.result.network, messages, [row["feed"] for row in found.feeds], present)
        if queries is not None:
            stage(ANSWERING)
            answers = _answer(found.result.network, live.patches, queries, walk_speed, stage)
    result = {"class": found.worst_class, "feeds": found.feeds, "notices": found.notices(), "answers": answers} | said
    if messages:
        result["realtime"] = live.told
    if found.result.window is not None and len(found.feeds) > 1:
        result["window"] = found.result.window.to_dict()
    if json:
        print_json(result)
    else:
        _print_result(result)
        say_plan(said)


def _now(now: str | None) -> datetime:
    """Without an offset, in the zone of this machine."""
    if now is None:
        return datetime.now().astimezone()
    try:
        return datetime.fromisoformat(now).astimezone() if "T" not in now else _aware(datetime.fromisoformat(now))
    except (ValueError, OverflowError):
        raise InputError(f"--now {now!r}: must be ISO 8601, such as 2026-03-02T07:30:00+07:00") from None


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo is not None else time.astimezone()


def _answer(
    network: Network | None, patches: Sequence[FeedPatch], path: Path, walk_speed: float, stage: Progress
) -> Answers:
    from api.query_file import QueryFileError, answer_dict, build_queries, read_query_file
    from routing import Router
    from routing.answer import answer

    try:
        rows = read_query_file(path)
        ids = [row.id for row in rows]
        twice = next((name for name in ids if ids.count(name) > 1), None)
        if twice is not None:
            raise QueryFileError(f"{path}: id {twice!r} is given twice; answers are keyed by id")
        if network is None:
            return {name: {"arrive": None, "depart": None, "reason": "unknown_origin"} for name in ids}
        queries = build_queries(path, rows, network, walk_speed)
    except QueryFileError as error:
        raise InputError(str(error)) from None
    router = Router(network)
    if patches:
        router.use(router.live(patches))
    answers: Answers = {}
    for row, query in zip(rows, queries, strict=True):
        stage(f"{ANSWERING}: {row.id}", len(answers) / len(rows))
        answers[row.id] = answer_dict(router, query, answer(router, query))
    return answers


def _print_result(result: dict[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    console = stdout_console()
    console.print(Text(result["class"], style="bold"))
    tables = {
        "Feeds": ("feed", "class", "stops", "trips", "service", "reason"),
        "Notices": ("severity", "code", "feed", "file", "row", "field", "value", "count", "action"),
        "Realtime": ("feed", "outcome", "reason", "entities_applied", "entities_ignored"),
        "Answers": ("id", "depart", "arrive", "reason"),
    }
    answers = [{"id": name, **found} for name, found in result["answers"].items()]
    for title, names in tables.items():
        rows = answers if title == "Answers" else result.get(title.lower())
        if rows:
            table = Table(*names, title=title, title_justify="left")
            for row in rows:
                table.add_row(*(Text(_cell(row[name])) for name in names))
            console.print(table)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " to ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items())
    return "" if value is None else printable(str(value))
