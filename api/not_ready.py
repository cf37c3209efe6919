"""The one error that every endpoint may raise before there is anything to answer from."""

from __future__ import annotations


class NotReadyError(Exception):
    """The service cannot answer yet."""
