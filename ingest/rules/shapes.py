"""shapes.txt: how vehicles run on the map."""

from __future__ import annotations

import polars as pl

from ingest.rules.checks import TableChecks

TYPES = {
    "shape_id": pl.String,
    "shape_pt_lat": pl.Float64,
    "shape_pt_lon": pl.Float64,
    "shape_pt_sequence": pl.Int32,
    "shape_dist_traveled": pl.Float32,
}


def clean_shape_points(raw: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    """The points of one piece of the table that are places, with `row`."""
    frame = checks.require(raw, "shape_id", "shape_pt_lat", "shape_pt_lon")
    for field in ("shape_pt_lat", "shape_pt_lon", "shape_dist_traveled"):
        frame = checks.numbers(frame, field)
    frame = frame.filter(pl.col("shape_pt_lat").is_not_nan() & pl.col("shape_pt_lon").is_not_nan())
    beyond = (pl.col("shape_pt_lat").abs() > 90) | (pl.col("shape_pt_lon").abs() > 180)
    frame = checks.drop(frame, beyond, "number_out_of_range", "shape_pt_lat")
    frame = checks.integers(frame, "shape_pt_sequence")
    return frame.cast({"shape_dist_traveled": pl.Float32}).select(*TYPES, "row")


def order_shapes(points: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    """All points by (shape_id, shape_pt_sequence), one a pair; ids become plain text again."""
    points = points.sort("shape_id", "shape_pt_sequence", maintain_order=True)
    same = (pl.col("shape_id") == pl.col("shape_id").shift()) & (
        pl.col("shape_pt_sequence") == pl.col("shape_pt_sequence").shift()
    )
    points = checks.drop(points, same, "duplicate_key", "shape_pt_sequence")
    alone = pl.len().over("shape_id") < 2
    checks.report(points, alone, "single_shape_point", "shape_id")
    return points.select(TYPES.keys())
