"""Settings of the service: environment variables that begin with TIMBANG_. docs/settings.md lists them."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.logs import LogFormat
from api.operations.admin_token import checked_token


class Settings(BaseSettings):
    """What the service needs to know, checked when it starts."""

    model_config = SettingsConfigDict(env_prefix="TIMBANG_", extra="ignore")

    snapshot: Annotated[Path, Field(description="The snapshot's folder, written by `timbang ingest`.")]
    host: Annotated[str, Field(description="The address that `timbang serve` listens on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Its port; 0 takes a free one.")] = 8000
    workers: Annotated[int, Field(ge=1, le=64, description="How many processes answer.")] = 1
    page: Annotated[Path, Field(description="The folder of the built page.")] = Path(__file__).parent / "web" / "dist"
    population: Annotated[
        Path | None, Field(description="People for /api/v1/coverage: CSV or GeoJSON. Without it, areas only.")
    ] = None
    cors_origins: Annotated[
        list[str],
        NoDecode,
        Field(description="Origins whose pages may read the API, separated by commas; `*` means all. GET only."),
    ] = ["*"]
    log_format: Annotated[LogFormat, Field(description="Of the log on standard error: `json` or `text`.")] = "json"
    realtime: Annotated[
        list[str],
        NoDecode,
        Field(description="GTFS-Realtime sources, `FEED=URL`, separated by spaces; a feed may have several."),
    ] = []
    realtime_interval_s: Annotated[float, Field(ge=5, le=3600, description="Seconds between polls of a source.")] = 30
    realtime_late_s: Annotated[
        int, Field(ge=0, description="From this age on, in seconds, real time is told with its age.")
    ] = 120
    realtime_stale_s: Annotated[
        int, Field(ge=1, description="Older real time, in seconds, is not used: the schedule answers.")
    ] = 300
    max_url_bytes: Annotated[
        int, Field(ge=256, description="Longest address with its query, in bytes; longer ones are refused.")
    ] = 8192
    max_body_bytes: Annotated[int, Field(ge=256, description="Longest body of a request, in bytes.")] = 65_536
    max_computations: Annotated[
        int,
        Field(ge=0, le=256, description="How many requests a process computes at once; 0: its share of the cores."),
    ] = 0
    max_queue: Annotated[
        int, Field(ge=0, le=10_000, description="How many more requests a process lets wait; the rest get 503.")
    ] = 32
    queue_wait_s: Annotated[
        float,
        Field(
            gt=0,
            le=60,
            description="How long a request may wait, in seconds, before it gets 503; once the queue was full, and "
            "until nobody has been refused for so long, a quarter of that or three usual computations, the shorter.",
        ),
    ] = 1.0
    deadline_s: Annotated[
        float, Field(gt=0, le=600, description="Seconds after which a computation is given up with 503.")
    ] = 10.0
    rate_limit_per_minute: Annotated[
        int,
        Field(ge=0, description="Computations that one client may ask a process for in a minute; 0: no limit."),
    ] = 0
    trusted_proxies: Annotated[
        list[str],
        NoDecode,
        Field(description="Addresses or networks of proxies whose X-Forwarded-For is believed, separated by commas."),
    ] = []
    reload_poll_s: Annotated[
        float,
        Field(ge=0, le=3600, description="Seconds between two looks for a newer snapshot; 0: only POST /admin/reload."),
    ] = 2.0
    drain_s: Annotated[
        float,
        Field(ge=0, le=300, description="Seconds between SIGTERM, from when on it is not ready, and the last request."),
    ] = 1.0
    admin_token: Annotated[
        SecretStr | None,
        Field(description="Bearer token of POST /admin/…, random, 22 characters or more. Without it: no /admin."),
    ] = None

    @classmethod
    def from_environment(cls) -> Settings:
        """Raises pydantic.ValidationError."""
        return cls.model_validate({})

    @field_validator("admin_token")
    @classmethod
    def _check_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            checked_token(value.get_secret_value())
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _check_networks(cls, value: list[str]) -> list[str]:
        for network in value:
            ip_network(network, strict=False)
        return value

    @field_validator("realtime", mode="before")
    @classmethod
    def _split_sources(cls, value: object) -> object:
        return value.split() if isinstance(value, str) else value

    @field_validator("realtime")
    @classmethod
    def _check_sources(cls, value: list[str]) -> list[str]:
        for text in value:
            feed, _, url = text.partition("=")
            if not feed or not url.startswith(("https://", "http://")):
                raise ValueError(f"{feed or text!r}: a source is FEED=URL, and the URL begins with http:// or https://")
        return value

    @field_validator("cors_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
