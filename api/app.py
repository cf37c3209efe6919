"""The HTTP service: `create_app` puts it together."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from anyio.to_thread import run_sync
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from api.errors import add_error_handlers
from api.middleware import Envelope
from api.openapi import describe
from api.page import add_page
from api.routes import compare, coverage, departures, duel, health, motis, network
from api.settings import Settings
from api.state import ServiceState

API_VERSION = "1"
SMALLEST_COMPRESSED = 1000
"""Bytes from which on an answer is compressed, if the client takes that."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; without `settings` they are read from the environment."""
    chosen = Settings.from_environment() if settings is None else settings
    app = FastAPI(
        title="Timbang",
        version=API_VERSION,
        description="Weighs rival transport providers against each other.",
        lifespan=_lifespan(chosen),
        docs_url=None,  # these pages load scripts from other hosts
        redoc_url=None,
        middleware=_middleware(chosen),
        redirect_slashes=False,
    )
    for routes in (compare, duel, departures, network, coverage, health, motis):
        app.include_router(routes.router)
    add_error_handlers(app)
    describe(app)
    add_page(app, chosen.page)
    return app


def _lifespan(settings: Settings) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # Before there are requests: the framework makes models of parameters at first use, and would make them twice.
        await run_sync(app.openapi)
        state = await run_sync(ServiceState.open, settings.snapshot, settings.population)
        app.state.service = state
        # Answers before the kernels are compiled are only slow; /health/ready tells when they no longer are.
        threading.Thread(target=state.warm_up, name="warm-up", daemon=True).start()
        yield

    return lifespan


def _middleware(settings: Settings) -> list[Middleware]:
    chain = [Middleware(Envelope, max_url_bytes=settings.max_url_bytes)]
    if settings.cors_origins:
        chain.append(
            Middleware(
                CORSMiddleware,
                allow_origins=settings.cors_origins,
                allow_methods=["GET"],
                allow_headers=["If-None-Match", "X-Request-ID"],
                expose_headers=["ETag", "Retry-After", "X-Request-ID"],
            )
        )
    chain.append(Middleware(GZipMiddleware, minimum_size=SMALLEST_COMPRESSED, compresslevel=5))
    return chain
