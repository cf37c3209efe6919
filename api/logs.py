"""Logs as JSON, one object a line: whatever a client or a feed is called, it stays inside its line."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any, Literal

LogFormat = Literal["json", "text"]
ACCESS = "timbang.access"
FIELDS = ("request_id", "method", "path", "status", "duration_ms", "bytes", "client")
"""What a record of a request says beside its message. Queries are not logged: they tell where people go."""


class JsonFormatter(logging.Formatter):
    """A record as one line of ASCII. JSON escapes line ends and control characters; DEL is escaped here."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        row: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        row |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info:
            row["exception"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(row, ensure_ascii=True, default=str).replace("\x7f", "\\u007f")


class TextFormatter(logging.Formatter):
    """A record for people. Control characters of the message are escaped, so that a line is one record."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the lines of a traceback if there is one."""
        message = "".join(
            sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in record.getMessage()
        )
        line = f"{record.levelname}: {message}"
        if not record.exc_info:
            return line
        return f"{line}\n{''.join(traceback.format_exception(*record.exc_info)).rstrip()}"


def _visible(sign: str) -> str:
    return sign if sign.isprintable() else sign.encode("unicode_escape").decode()


def log_config(form: LogFormat) -> dict[str, Any]:
    """For logging.config: everything on standard error; requests by our own log in place of the server's."""
    formatter = {"json": JsonFormatter, "text": TextFormatter}[form]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{formatter.__module__}.{formatter.__qualname__}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "line"}},
        "root": {"level": "INFO", "handlers": ["stderr"]},
        "loggers": {
            "uvicorn": {"level": "INFO", "handlers": [], "propagate": True},
            "uvicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
    }
