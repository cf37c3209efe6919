"""The coverage report as files: GeoJSON, CSV tables, one JSON object and a map picture."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from routing.coverage.departures import HOURS
from routing.coverage.geojson import coverage_geojson
from routing.coverage.results import Coverage

STATISTICS = ("stops", "routes", "trips", "peak_trips", "peak_start", "km", "km_from", "hours", "speed_km_h")


def write_coverage(coverage: Coverage, out: Path) -> list[Path]:
    """Write the report into folder `out`, made where needed, and return the files written.

    coverage.geojson, coverage.png, summary.json, providers.csv, pairs.csv, departures.csv, and routes.csv where the
    report has statistics. Each file is replaced as a whole or not at all. Raises OSError.
    """
    # matplotlib takes a second to import, and a server that answers with numbers never draws.
    from routing.coverage.picture import draw_coverage

    out.mkdir(parents=True, exist_ok=True)
    report = coverage.to_dict()
    contents = {
        "coverage.geojson": _json(coverage_geojson(coverage), indent=None),
        "summary.json": _json(report, indent=2),
        "providers.csv": _csv(map(_provider_row, report["providers"])),
        "pairs.csv": _csv(map(_pair_row, report["pairs"]), ("provider", "other", "area_km2", "people")),
        "departures.csv": _csv(_hour_rows(report["providers"])),
        "coverage.png": draw_coverage(coverage),
    }
    if any(provider["statistics"] for provider in report["providers"]):
        contents["routes.csv"] = _csv(_route_rows(report["providers"]))
    return [_write(out / name, content) for name, content in contents.items()]


def _provider_row(provider: Mapping[str, Any]) -> dict[str, Any]:
    """One flat row a provider: its regions, departures and statistics, blank where something is unknown."""
    row = {name: provider[name] for name in ("id", "name", "stops")}
    for region in ("reach", "exclusive", "contested"):
        row |= {f"{region}_{name}": value for name, value in provider[region].items()}
    row |= {name: provider[name] for name in ("departures", "trips", "first_departure", "last_departure")}
    row |= {f"departures_h{hour:02}": count for hour, count in enumerate(provider["departures_by_hour"])}
    statistics = provider["statistics"] or {}
    return row | {f"supply_{name}": statistics.get(name) for name in STATISTICS}


def _pair_row(pair: Mapping[str, Any]) -> dict[str, Any]:
    first, second = pair["providers"]
    return {"provider": first, "other": second, **pair["contested"]}


def _hour_rows(providers: Sequence[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    return (
        {
            "provider": provider["id"],
            "hour": hour,
            "departures": provider["departures_by_hour"][hour],
            "trips": provider["trips_by_hour"][hour],
        }
        for provider in providers
        for hour in range(HOURS)
    )


def _route_rows(providers: Sequence[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    return (
        {"provider": provider["id"], **route}
        for provider in providers
        if provider["statistics"]
        for route in provider["statistics"]["by_route"]
    )


def _json(value: Mapping[str, Any], indent: int | None) -> bytes:
    separators = (",", ":") if indent is None else None
    text = json.dumps(value, indent=indent, separators=separators, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def _csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str] | None = None) -> bytes:
    """Rows with a header; `columns` where there may be no row to take it from."""
    rows = list(rows)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns or list(rows[0] if rows else {}), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _write(path: Path, content: bytes) -> Path:
    """Write beside the file, then put it in its place: a reader sees the old file or the new one."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        return Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
