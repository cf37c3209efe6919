"""The HTTP service: `create_app` puts it together."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager

from anyio.to_thread import run_sync
from fastapi import FastAPI
from starlette.middleware import Middleware

from api.compression import Compressed
from api.cors import PublicCORS
from api.errors import add_error_handlers
from api.middleware import Envelope
from api.openapi import describe
from api.operations.assembly import Operations, make_operations
from api.operations.guard import Guard
from api.operations.live import LiveSnapshot, Reload
from api.operations.process_memory import settle
from api.operations.short_turns import short_turns
from api.operations.watcher import Watcher, leave_with_parent
from api.page import add_page
from api.realtime_follower import RealtimeFollower
from api.realtime_settings import options_of, sources_of
from api.routes import admin, compare, coverage, departures, duel, health, metrics, motis, network, realtime, status
from api.settings import Settings
from api.state import ServiceState
from ingest.last_ingest import LastIngest, last_ingest

log = logging.getLogger(__name__)

API_VERSION = "1"
SPARE_THREADS = 4


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; without `settings` they are read from the environment."""
    chosen = Settings.from_environment() if settings is None else settings
    operations = make_operations(chosen)
    app = FastAPI(
        title="Timbang",
        version=API_VERSION,
        description="Weighs rival transport providers against each other.",
        lifespan=_lifespan(chosen, operations),
        docs_url=None,  # these pages load scripts from other hosts
        redoc_url=None,
        middleware=_middleware(chosen, operations),
        redirect_slashes=False,
    )
    app.state.settings, app.state.metrics, app.state.drain = chosen, operations.metrics, operations.drain
    app.state.status_parts = {}
    for routes in (compare, duel, departures, network, coverage, realtime, status, health, metrics, admin, motis):
        app.include_router(routes.router)
    add_error_handlers(app)
    describe(app)
    add_page(app, chosen.page)
    return app


def _lifespan(settings: Settings, operations: Operations) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # Before there are requests: the framework makes models of parameters at first use, and would make them twice.
        await run_sync(app.openapi)
        app.state.realtime = follower = RealtimeFollower(sources_of(settings), options_of(settings))
        app.state.status_parts["realtime"] = follower.told
        app.state.status_parts["ingest"] = lambda: _told(last_ingest(operations.source.snapshot))

        def reloaded(reload: Reload, state: ServiceState) -> None:
            operations.metrics.reloaded(reload, state)
            if reload.outcome == "loaded":
                follower.follow(state)

        loop, admission = asyncio.get_running_loop(), operations.admission
        # As many threads as may compute, and some for what is too cheap to wait for a slot.
        loop.set_default_executor(ThreadPoolExecutor(admission.n_slots + SPARE_THREADS, "compute"))

        @contextmanager
        def one_slot_less() -> Iterator[None]:
            """A newer version that has to share the cores with all that may be computed takes several times as long."""
            loop.call_soon_threadsafe(admission.lend)
            try:
                yield
            finally:
                loop.call_soon_threadsafe(admission.take_back)

        app.state.live = live = LiveSnapshot(operations.source, app.state, reloaded, while_loading=one_slot_less)
        await run_sync(live.open_first)

        def tell_ready() -> None:
            operations.metrics.ready(is_ready=health.why_not_ready(app) is None)

        def tell() -> None:
            tell_ready()
            operations.metrics.realtime(follower.statuses())
            operations.metrics.ingested(last_ingest(operations.source.snapshot))

        # Answers before the kernels are compiled are only slow; /health/ready tells when they no longer are.
        threading.Thread(target=_warm_up, args=(live, tell_ready), name="warm-up", daemon=True).start()
        watcher = Watcher(settings.reload_poll_s, live.look, tell, leave_with_parent)
        with short_turns(), operations.drain.on_sigterm(), watcher:
            yield
        follower.stop()

    return lifespan


def _told(last: LastIngest | None) -> dict[str, str] | None:
    return None if last is None else last.to_dict()


def _warm_up(live: LiveSnapshot, tell_ready: Callable[[], None]) -> None:
    try:
        live.current.warm_up()
    except Exception:
        # The service answers on, but says that it is not ready.
        log.exception("the router could not be warmed up")
    settle()
    tell_ready()


def _middleware(settings: Settings, operations: Operations) -> list[Middleware]:
    chain = [Middleware(Envelope, max_url_bytes=settings.max_url_bytes, metrics=operations.metrics)]
    if settings.cors_origins:
        chain.append(Middleware(PublicCORS, origins=settings.cors_origins))
    chain.append(
        Middleware(
            Guard,
            bounds=operations.bounds,
            admission=operations.admission,
            rate=operations.rate,
            metrics=operations.metrics,
        )
    )
    chain.append(Middleware(Compressed))
    return chain
