"""Cost against size: cities of growing size, one row each, and the power they grow with."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from benchmarks.bench_growth import city_of, exponents, main, parse_arguments
from benchmarks.plots import draw_growth
from benchmarks.synthetic import draft


def rows(*costs: dict[str, float]) -> list[dict[str, Any]]:
    return [
        {
            "size": {"stop_times": 10**number * 1000},
            "engines": {name: {"mean_ms": mean, "p95_ms": mean} for name, mean in cost.items()},
        }
        for number, cost in enumerate(costs)
    ]


def test_powers_are_fitted_on_logarithms_over_the_sizes_that_an_engine_has() -> None:
    found = exponents(rows({"a": 1.0, "b": 2.0}, {"a": 10.0, "b": 2.0}, {"a": 100.0}))
    assert found == {"a": 1.0, "b": 0.0}


def test_cities_have_as_many_stops_as_london_would_for_their_stop_times() -> None:
    for millions in (0.1, 1.0):
        found = draft(city_of(millions).made)  # type: ignore[arg-type]  # made-up sets have a plan
        assert found.n_stop_times() == pytest.approx(millions * 1e6, rel=0.02)
        assert len(found.parts[0].used_stops()) == pytest.approx(millions * 1e6 / 305, rel=0.15)


def test_the_command_measures_sizes_and_draws_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--millions", "0.02,0.01", "--n", "6", "--no-peers", "--out", str(tmp_path)]) == 0
    (file,) = tmp_path.glob("growth-*.json")
    result = json.loads(file.read_text("utf-8"))
    small, large = result["rows"]
    assert small["size"]["stop_times"] < large["size"]["stop_times"]
    assert small["engines"]["timbang search"]["n"] == 6
    assert small["ingest"]["snapshot_mb"] > 0
    assert set(result["exponents"]) == {"timbang search", "timbang complete"}
    assert ET.parse(tmp_path / "growth.svg").getroot().tag.endswith("svg")
    assert "### growth: made-up cities" in capsys.readouterr().out


def test_an_engine_is_drawn_over_the_sizes_it_was_measured_at(tmp_path: Path) -> None:
    found = rows({"a": 1.0, "b": 2.0}, {"a": 10.0}, {"a": 90.0, "b": 5.0})
    result = {"title": "cities", "n_queries": 5, "run_on": "2026-11-25", "rows": found, "exponents": exponents(found)}
    draw_growth(tmp_path / "new" / "growth.svg", result)
    assert ET.parse(tmp_path / "new" / "growth.svg").getroot().tag.endswith("svg")


@pytest.mark.parametrize("sizes", ["5", "0,1", "a,b"])
def test_growth_needs_two_sizes_above_nothing(sizes: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_arguments(["--millions", sizes])
    assert ended.value.code == 2
    assert sizes in capsys.readouterr().err
