"""Logs: one line a record, whatever it is called, and nothing that a terminal would obey."""

from __future__ import annotations

import json
import logging
import logging.config
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.logs import ACCESS, JsonFormatter, TextFormatter, log_config

HOSTILE = 'stop\r\n{"level": "info"}\x1b[31m\x7f\x9b\u2028 "é'


def _record(message: str, **more: object) -> logging.LogRecord:
    record = logging.LogRecord("timbang.test", logging.WARNING, __file__, 1, message, (), None)
    record.__dict__.update(more)
    return record


@given(st.text())
def test_a_record_is_one_line_of_plain_json(message: str) -> None:
    line = JsonFormatter().format(_record(message))
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["message"] == message


def test_a_record_says_when_how_grave_and_of_which_request() -> None:
    row = json.loads(JsonFormatter().format(_record(HOSTILE, request_id="abc", status=200, path="/x\n", other=1)))
    assert row["level"] == "warning"
    assert row["logger"] == "timbang.test"
    assert row["time"].endswith("+00:00")
    assert (row["request_id"], row["status"], row["path"]) == ("abc", 200, "/x\n")
    assert "other" not in row


def test_an_exception_stays_in_its_line() -> None:
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        record = _record("failed", exc_info=sys.exc_info())
    line = JsonFormatter().format(record)
    assert line.isprintable()
    assert "ValueError" in json.loads(line)["exception"]
    assert "ValueError" in TextFormatter().format(record)


@given(st.text())
def test_text_for_people_is_one_line_too(message: str) -> None:
    line = TextFormatter().format(_record(message))
    assert line.isprintable()
    assert line.startswith("WARNING: ")


@pytest.mark.parametrize("form", ["json", "text"])
def test_everything_goes_to_standard_error_once(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    kept = root.handlers[:], root.level
    try:
        logging.config.dictConfig(log_config(form))  # type: ignore[arg-type] # one of the two
        logging.getLogger(ACCESS).info("GET /health/live 200", extra={"request_id": "a"})
        logging.getLogger("uvicorn.error").info("started")
        logging.getLogger("uvicorn.access").info("not twice")
    finally:
        root.handlers[:], root.level = kept
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 2
    assert "GET /health/live 200" in err
