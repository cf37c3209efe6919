"""The validator's own process: FEED RESULT DAY -> notices by code as JSON. Run as a script, by `ingest.validation`."""

from __future__ import annotations

import ctypes
import heapq
import json
import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gtfs_guru import Notice

SAMPLES = 5
LONGEST_VALUE = 200
LARGEST_FILE = 64 << 20

FILES = ("filename", "childFilename")
ROWS = ("csvRowNumber", "csvRowNumber1", "csvRowNumberA", "currCsvRowNumber", "tripCsvRowNumber")
FIELDS = ("fieldName", "childFieldName", "columnName")
VALUES = ("fieldValue",)


def main(arguments: list[str]) -> int:
    """Validate and write the result. Whatever goes wrong ends the process with a status other than 0."""
    import gtfs_guru

    feed, result, day = arguments
    _stand_back()
    found = gtfs_guru.validate(feed, date=day)
    schema = gtfs_guru.notice_schema()
    notices = []
    # One code at a time: all notices at once, as Python objects, take several times the validator's own memory.
    for code in gtfs_guru.notice_codes():
        of_code = found.by_code(code)
        if of_code:
            notices.append(_summary(code, of_code, schema.get(code, {})))
    counted = sum(notice["count"] for notice in notices)
    total = found.error_count + found.warning_count + found.info_count
    if counted != total:
        raise ValueError(f"{total} notices, but only {counted} of codes that the validator lists")
    text = json.dumps({"validator": f"gtfs-guru {gtfs_guru.version()}", "notices": notices})
    Path(result).write_text(text, "utf-8")
    return 0


def _stand_back() -> None:
    """No core dump, no large file, first to go when memory is short, and gone with the parent."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    parent = os.getppid()
    with suppress(AttributeError, OSError):  # Linux only
        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent has gone")


def _summary(code: str, notices: list[Notice], rule: dict[str, Any]) -> dict[str, Any]:
    files = rule.get("references", {}).get("fileReferences", [])
    only_file = files[0] if len(files) == 1 else None
    samples = [_sample(notice, only_file) for notice in heapq.nsmallest(SAMPLES, notices, key=_place)]
    return {
        "code": code,
        "severity": notices[0].severity,
        "meaning": " ".join(str(rule.get("shortSummary") or notices[0].message).replace("`", "").split()),
        "count": len(notices),
        "files": files,
        "samples": samples,
    }


def _place(notice: Notice) -> tuple[str, int, str]:
    """The validator gives notices in the order in which its threads end: by file and row they stand still."""
    context = notice.context()
    row = notice.row or _first(context, ROWS) or 0
    return str(notice.file or _first(context, FILES) or ""), int(row), json.dumps(context, sort_keys=True, default=str)


def _sample(notice: Notice, only_file: str | None) -> dict[str, Any]:
    context = notice.context()
    taken = {*FILES, *FIELDS, *VALUES, _first_name(context, ROWS)}
    details = " ".join(f"{name}={_short(context[name])}" for name in sorted(context) if name not in taken)
    return {
        "file": _text(notice.file or _first(context, FILES) or only_file),
        "row": notice.row or _first(context, ROWS),
        "field": _text(notice.field or _first(context, FIELDS)),
        "value": _text(_first(context, VALUES)),
        "details": details[:LONGEST_VALUE],
    }


def _first_name(context: dict[str, Any], names: tuple[str, ...]) -> str | None:
    return next((name for name in names if context.get(name) is not None), None)


def _first(context: dict[str, Any], names: tuple[str, ...]) -> Any:
    name = _first_name(context, names)
    return None if name is None else context[name]


def _short(value: Any) -> str:
    return f"{value:.7g}" if isinstance(value, float) else str(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)[:LONGEST_VALUE]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
