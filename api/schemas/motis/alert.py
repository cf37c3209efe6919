"""Alerts of MOTIS."""

from __future__ import annotations

from api.schemas.motis.base import MotisModel, UtcTime


class AlertPeriod(MotisModel):
    """When an alert holds; without `end` for ever."""

    start: UtcTime | None = None
    end: UtcTime | None = None


class MotisAlert(MotisModel):
    """Something riders should know. Plain text, never markup; `url` is http or https."""

    header_text: str
    description_text: str
    impact_period: list[AlertPeriod] | None = None
    cause: str | None = None
    effect: str | None = None
    url: str | None = None
    severity_level: str | None = None
