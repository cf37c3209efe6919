"""The page: the files that its build made, each under its own address, and nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
NAMED_BY_CONTENT = "assets"
"""The build puts files here whose names change with what is in them."""
FOREVER, ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"
API_DOCS = "docs.html"
NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Timbang</title></head>
<body><h1>Timbang</h1>
<p>The page is not built. The API answers under <a href="/api/v1/providers">/api/v1/</a>;
it is described in <a href="/openapi.json">/openapi.json</a>.</p>
<p>Build the page with <code>make serve</code>, then start the service again.</p></body></html>
"""

Endpoint = Callable[[Request], Awaitable[Response]]


def add_page(app: FastAPI, folder: Path) -> None:
    """Serve the files that are in `folder` now; where no page is built, say so at `/`."""
    if not (folder / "index.html").is_file():
        app.add_route("/", _not_built, include_in_schema=False)
        return
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink() and file.suffix in TYPES:
            app.add_route(f"/{file.relative_to(folder).as_posix()}", _sender(file, folder), include_in_schema=False)
    app.add_route("/", _sender(folder / "index.html", folder), include_in_schema=False)
    if (folder / API_DOCS).is_file():
        app.add_route("/docs", _sender(folder / API_DOCS, folder), include_in_schema=False)


def _sender(file: Path, folder: Path) -> Endpoint:
    keep = FOREVER if file.relative_to(folder).parts[0] == NAMED_BY_CONTENT else ASK_AGAIN

    async def send(request: Request) -> Response:
        return FileResponse(file, media_type=TYPES[file.suffix], headers={"Cache-Control": keep})

    return send


async def _not_built(request: Request) -> Response:
    return HTMLResponse(NOT_BUILT)
