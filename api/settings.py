"""Settings of the service: environment variables that begin with TIMBANG_. docs/settings.md lists them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.logs import LogFormat


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

    @classmethod
    def from_environment(cls) -> Settings:
        """Raises pydantic.ValidationError."""
        return cls.model_validate({})

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

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
