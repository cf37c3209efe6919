"""Answers of the health checks."""

from __future__ import annotations

from typing import Literal

from api.schemas.base import Model


class Live(Model):
    """The process answers."""

    status: Literal["live"]


class Ready(Model):
    """The snapshot is open and the router warm."""

    status: Literal["ready"]
    snapshot: str
    providers: int
