"""levels.txt and pathways.txt: the floors of stations and the ways inside them."""

from __future__ import annotations

import polars as pl

from ingest.rules.checks import TableChecks
from ingest.rules.stops import BOARDING_AREA, ENTRANCE, NODE, STATION, STOP

LEVELS = ("level_id", "level_index")
PATHWAYS = (
    "pathway_id",
    "from_stop_id",
    "to_stop_id",
    "pathway_mode",
    "is_bidirectional",
    "length",
    "traversal_time",
    "stair_count",
    "signposted_as",
    "reversed_signposted_as",
)
UNKNOWN_MODE = 0
ELEVATOR, EXIT_GATE = 5, 7
ENDS = ("from_stop_id", "to_stop_id")

HIGHEST_LEVEL = 1000.0
LONGEST_M = 100_000.0
LONGEST_S = 86_400
MOST_STAIRS = 100_000


def clean_levels(raw: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    """The floors, one row an id; `level_index` is NaN where it is unusable."""
    frame = checks.unique(checks.require(raw, "level_id"), ["level_id"])
    checks.report(frame, pl.col("level_index") == "", "missing_required_field", "level_index")
    frame = checks.numbers(frame, "level_index")
    index = pl.col("level_index")
    return _out_of_range(frame, index.abs() > HIGHEST_LEVEL, "level_index", float("nan"), checks).select(LEVELS)


def clean_pathways(raw: pl.DataFrame, stops: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    """The ways between places that exist and can have one; lengths are NaN, times and stairs 0 where blank."""
    frame = checks.require(raw, "pathway_id", *ENDS)
    frame = checks.unique(frame, ["pathway_id"])
    for field in ENDS:
        frame = checks.known(frame, field, stops["stop_id"])
        frame = checks.drop(frame, _is_one_of(field, stops, STATION), "pathway_to_wrong_location_type", field)
    checks.report(frame, pl.col("pathway_mode") == "", "missing_required_field", "pathway_mode", "never step-free")
    frame = checks.choices(frame, "pathway_mode", range(1, 8), blank=UNKNOWN_MODE)
    checks.report(frame, pl.col("is_bidirectional") == "", "missing_required_field", "is_bidirectional", "one way")
    frame = checks.choices(frame, "is_bidirectional", (0, 1), blank=0)
    checks.report(frame, _is_two_way_exit(), "bidirectional_exit_gate", "is_bidirectional", "one way")
    frame = frame.with_columns(
        pl.when(_is_two_way_exit()).then(pl.lit(0, pl.Int8)).otherwise("is_bidirectional").alias("is_bidirectional")
    )
    frame = _measures(frame, checks)
    frame = checks.drop(frame, pl.col(ENDS[0]) == pl.col(ENDS[1]), "pathway_loop", ENDS[1])
    _report_places(frame, stops, checks)
    return frame.select(PATHWAYS)


def _is_two_way_exit() -> pl.Expr:
    return (pl.col("pathway_mode") == EXIT_GATE) & (pl.col("is_bidirectional") == 1)


def _is_one_of(field: str, stops: pl.DataFrame, kind: int) -> pl.Expr:
    return pl.col(field).is_in(stops.filter(pl.col("location_type") == kind)["stop_id"].implode())


def _measures(frame: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    frame = checks.numbers(frame, "length")
    length = pl.col("length")
    frame = _out_of_range(frame, ~length.is_between(0, LONGEST_M), "length", float("nan"), checks)
    frame = _whole(frame, "traversal_time", 1, LONGEST_S, checks)
    return _whole(frame, "stair_count", -MOST_STAIRS, MOST_STAIRS, checks)


def _out_of_range(frame: pl.DataFrame, found: pl.Expr, field: str, blank: float, checks: TableChecks) -> pl.DataFrame:
    """`blank` where a number is given and `found` says that it cannot be; polars holds NaN to be above any number."""
    beyond = pl.col(field).is_not_nan() & found
    checks.report(frame, beyond, "number_out_of_range", field, "value blanked")
    return frame.with_columns(pl.when(beyond).then(blank).otherwise(field).alias(field))


def _whole(frame: pl.DataFrame, field: str, low: int, high: int, checks: TableChecks) -> pl.DataFrame:
    """`field` as Int32 of `low` to `high`; 0 where it is blank or (reported) something else."""
    number = pl.col(field).cast(pl.Int64, strict=False)
    valid = number.is_between(low, high).fill_null(value=False)
    blank = pl.col(field) == ""
    checks.report(frame, ~blank & number.is_null(), "invalid_integer", field, "value blanked")
    checks.report(frame, number.is_not_null() & ~valid, "number_out_of_range", field, "value blanked")
    return frame.with_columns(pl.when(valid).then(number).otherwise(0).cast(pl.Int32).alias(field))


def _report_places(frame: pl.DataFrame, stops: pl.DataFrame, checks: TableChecks) -> None:
    """What is odd about the places that pathways join; all of it is walked as it stands."""
    areas = stops.filter(pl.col("location_type") == BOARDING_AREA)["parent_station"]
    for field in ENDS:
        has_areas = _is_one_of(field, stops, STOP) & pl.col(field).is_in(areas.implode())
        checks.report(frame, has_areas, "pathway_to_platform_with_boarding_areas", field)
    touched = pl.concat([frame.select(stop_id=mine, other=far, row="row") for mine, far in (ENDS, ENDS[::-1])])
    lonely = touched.filter(pl.col("other").n_unique().over("stop_id") == 1)
    lonely = lonely.filter(_is_one_of("stop_id", stops, NODE)).sort("row", "stop_id")
    checks.report(lonely, pl.lit(value=True), "pathway_dangling_generic_node", "stop_id")


def report_stops(stops: pl.DataFrame, pathways: pl.DataFrame, checks: TableChecks) -> None:
    """Notes, of stops.txt, what pathways leave open: floors at elevators, and platforms without a way in or out.

    stops   clean rows that still have `row`
    """
    by_elevator = pathways.filter(pl.col("pathway_mode") == ELEVATOR)
    at_elevator = pl.col("stop_id").is_in(pl.concat([by_elevator[field] for field in ENDS]).implode())
    checks.report(stops, at_elevator & (pl.col("level_id") == ""), "missing_level_id", "level_id", "one floor apart")
    lost = pl.col("stop_id").is_in(_unreachable(stops, pathways).implode())
    checks.report(stops, lost, "pathway_unreachable_location", "stop_id", "walked to from the street")


def _unreachable(stops: pl.DataFrame, pathways: pl.DataFrame) -> pl.Series:
    """Platforms and boarding areas of stations with pathways that no pathways join with an entrance, in or out."""
    ways = [pathways.select(a=start, b=end) for start, end in (ENDS, ENDS[::-1])]
    of_platform = stops.filter(pl.col("location_type") == BOARDING_AREA).select(a="parent_station", b="stop_id")
    ways += [of_platform, of_platform.select(a="b", b="a")]
    # One-way pathways are read both ways here: a platform for leaving only is no fault.
    joined = pl.concat(ways)
    reached = stops.filter(pl.col("location_type") == ENTRANCE)["stop_id"]
    while (further := _and_next(reached, joined)).len() > reached.len():
        reached = further
    parents = stops.select(stop_id="stop_id", grandparent="parent_station")
    placed = stops.join(parents, left_on="parent_station", right_on="stop_id", how="left").with_columns(
        station=pl.when(pl.col("location_type") == BOARDING_AREA).then("grandparent").otherwise("parent_station")
    )
    with_ways = placed.filter(_is_in_pathways(pathways))["station"]
    where = pl.col("location_type").is_in([STOP, BOARDING_AREA]) & (pl.col("station") != "")
    in_station = placed.filter(where & pl.col("station").is_in(with_ways.implode()))["stop_id"]
    return in_station.filter(~in_station.is_in(reached.implode()))


def _is_in_pathways(pathways: pl.DataFrame) -> pl.Expr:
    return pl.col("stop_id").is_in(pl.concat([pathways[field] for field in ENDS]).implode())


def _and_next(reached: pl.Series, joined: pl.DataFrame) -> pl.Series:
    """`reached` and what one step leads to from there."""
    return pl.concat([reached, joined.filter(pl.col("a").is_in(reached.implode()))["b"]]).unique()
