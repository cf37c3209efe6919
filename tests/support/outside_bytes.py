"""Every place that reads bytes from outside, as a function of bytes that raises only where we are at fault.

tests/property/test_bytes_from_outside.py draws the bytes; `python -m tests.fuzz` lets atheris look for them.
"""

from __future__ import annotations

import asyncio
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from fastapi import FastAPI

from api.app import create_app
from api.schemas.error import ErrorBody
from api.settings import Settings
from api.state import ServiceState
from ingest.archive import open_feed
from ingest.notices import FeedRejected, NoticeLog
from ingest.pipeline import ingest_feeds
from ingest.realtime import message as message_module
from ingest.realtime.apply import apply_message
from ingest.realtime.feed_index import FeedIndex
from tests.property.test_realtime import base
from tests.support.gtfs_feed import ZIP_TIME
from tests.support.realtime import NOW, call, message, trip_update
from tests.unit.api.small_city import MONDAY, write_city
from tests.unit.ingest.reading import small_files

Target = Callable[[bytes], None]
PATHS = (
    "/api/v1/compare", "/api/v1/departures", "/api/v1/trips/metro_T460", "/api/v1/places", "/api/v1/duel",
    "/api/v1/coverage", "/api/v1/providers", "/api/v6/plan", "/api/v6/trip", "/api/v6/refresh-itinerary",
    "/api/v6/stoptimes", "/api/v6/stop", "/api/v6/one-to-all", "/api/v1/one-to-many", "/api/v1/geocode",
    "/api/v1/reverse-geocode", "/api/v6/map/stops", "/api/v6/map/trips", "/api/v1/map/levels",
)  # fmt: skip


def read_zip(data: bytes) -> None:
    """The gate before every feed: a table as bytes, or a refusal."""
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        file.write(data)
        file.flush()
        try:
            with open_feed("f", Path(file.name), NoticeLog()) as feed:
                for name in feed.files:
                    for _ in feed.chunks(name):
                        pass
        except FeedRejected:
            return


def read_tables(data: bytes) -> None:
    """A feed one of whose tables (which: by the first byte) holds these bytes, read and made into a network."""
    files = small_files()
    name = sorted(files)[data[0] % len(files)] if data else "stops.txt"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file, content in (files | {name: data[1:]}).items():
            archive.writestr(zipfile.ZipInfo(file, ZIP_TIME), content)
    with tempfile.NamedTemporaryFile(suffix=".zip") as zipped:
        zipped.write(packed.getvalue())
        zipped.flush()
        result = ingest_feeds({"f": Path(zipped.name)})
    assert (result.network is None) == bool(result.rejected)


@cache
def _index() -> FeedIndex:
    return FeedIndex(base()[2], "x")


def read_realtime(data: bytes) -> None:
    """A message, read as a small and as a large one is: a report of it, whatever it is."""
    for scanned_from in (message_module.SCANNED_FROM, 0):
        with mock.patch.object(message_module, "SCANNED_FROM", scanned_from):
            report, patch = apply_message(_index(), data, NOW)
        assert (patch is None) == (report.reason is not None)
        assert report.to_dict()


@cache
def _app() -> FastAPI:
    """The service of the small city, answering without a server."""
    app = create_app(Settings(snapshot=write_city(Path(tempfile.mkdtemp())), reload_poll_s=0))
    app.state.service = ServiceState.open(app.state.settings.snapshot, None)
    app.state.service.warm_up()  # else a query that waits for a compiler is given up, and that is a 503
    app.openapi()
    return app


def ask(path: str, query: bytes, body: bytes | None = None) -> tuple[int, bytes]:
    """Status and body of a request, whose query and body are taken as they are."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "path": path,
        "method": "GET" if body is None else "POST", "raw_path": path.encode(), "query_string": query,
        "root_path": "", "headers": [(b"content-type", b"application/json")], "client": ("192.0.2.1", 1),
        "server": ("testserver", 80), "state": {},
    }  # fmt: skip
    sent: list[Any] = []
    told = iter([{"type": "http.request", "body": body or b"", "more_body": False}])

    async def receive() -> Mapping[str, Any]:
        for part in told:
            return part
        await asyncio.Event().wait()
        raise AssertionError("nobody comes")

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(_app()(scope, receive, send))
    return int(sent[0]["status"]), b"".join(part.get("body", b"") for part in sent[1:])


def read_query(data: bytes) -> None:
    """An address (which: by the first byte) with a query: an answer, or a refusal in the one shape."""
    path, query = PATHS[data[0] % len(PATHS)] if data else PATHS[0], data[1:]
    status, text = ask(path, query)
    _check(status, text)


def read_body(data: bytes) -> None:
    """The one endpoint that takes a body."""
    _check(*ask("/api/v1/one-to-many", b"", data))


def _check(status: int, text: bytes) -> None:
    assert status < 500, (status, text)
    if status >= 400:
        ErrorBody.model_validate(json.loads(text))


TARGETS: Mapping[str, Target] = {
    "zip": read_zip, "tables": read_tables, "realtime": read_realtime, "query": read_query, "body": read_body,
}  # fmt: skip


def _zipped(method: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in small_files().items():
            archive.writestr(name, data)
    return packed.getvalue()


_UPDATE = trip_update({"trip_id": "T1", "start_date": MONDAY.replace("-", "")}, call(2, "B", 60, "08:20"), delay=30)
SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "zip": (_zipped(zipfile.ZIP_DEFLATED), _zipped(zipfile.ZIP_STORED)),
    "tables": tuple(bytes([place]) + data for place, (_, data) in enumerate(sorted(small_files().items()))),
    "realtime": (
        message(_UPDATE),
        message(_UPDATE, trip_update({"trip_id": "T2"}), trip_update({"route_id": "R"})),
    ),
    "query": (
        bytes([PATHS.index("/api/v1/compare")]) + b"from=metro_STA&to=metro_C&at=2026-03-02T07:31:00%2B07:00",
        bytes([PATHS.index("/api/v6/plan")]) + b"fromPlace=metro_STA&toPlace=metro_C&time=2026-03-02T07:31:00%2B07:00",
    ),
    "body": (b'{"one": "-6.2;106.8", "many": ["-6.2;106.9"], "mode": "WALK", "max": 600}',),
}
"""Sound bytes for each target, which others are made from: hardly any drawn from nowhere get past the first gate."""
