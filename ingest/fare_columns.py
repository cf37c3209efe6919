"""The fares of all feeds as columns of the model: tables end to end, references to stops and routes as rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from ingest.arrays import Int16s, Int32s
from ingest.fare_model import (
    FareAttributes,
    FareLegJoins,
    FareLegRules,
    FareMedia,
    FareProducts,
    FareRiders,
    FareRules,
    Fares,
    FareTransferRules,
    RouteNetworks,
    StopAreas,
    Tariffs,
    Timeframes,
)
from ingest.rules.stops import STATION
from ingest.strings import StringColumn

Find = Callable[[pl.DataFrame, str, pl.DataFrame, str], Int32s]
"""(rows, column, target, key) -> row of the target whose key equals the column in the same feed, or -1."""


@dataclass(frozen=True, slots=True)
class Targets:
    """What fares refer to: merged tables with `_feed` (Int16), and the (feed, service_id) of each service in order."""

    agencies: pl.DataFrame
    stops: pl.DataFrame
    routes: pl.DataFrame
    services: pl.DataFrame
    find: Find


def fare_columns(tables: Sequence[dict[str, pl.DataFrame]], targets: Targets) -> Fares:
    """Of the tables of each feed, by the names of ingest.fare_tables.FareTables, in the order of the feeds."""
    return _Columns(tables, targets).all()


def no_tariffs() -> Tariffs:
    """Of a region that names none."""
    return Tariffs(StringColumn.of(()), StringColumn.of(()))


@dataclass(frozen=True, slots=True)
class _Columns:
    tables: Sequence[dict[str, pl.DataFrame]]
    targets: Targets

    def all(self) -> Fares:
        attributes = self._merged("attributes")
        return Fares(
            attributes=self._attributes(attributes),
            rules=self._rules(attributes),
            riders=self._riders(),
            media=self._media(),
            products=self._products(),
            timeframes=self._timeframes(),
            stop_areas=self._stop_areas(),
            route_networks=self._networks(),
            leg_rules=self._leg_rules(),
            joins=self._joins(),
            transfer_rules=self._transfer_rules(),
            tariffs=no_tariffs(),
        )

    def _merged(self, name: str) -> pl.DataFrame:
        frames = [
            feed[name].with_columns(pl.lit(index, pl.Int16).alias("_feed")) for index, feed in enumerate(self.tables)
        ]
        return pl.concat(frames, how="vertical")

    def _attributes(self, frame: pl.DataFrame) -> FareAttributes:
        return FareAttributes(
            feed=_feed(frame),
            id=_text(frame, "fare_id"),
            price=_text(frame, "price"),
            currency=_text(frame, "currency_type"),
            payment_method=frame["payment_method"].to_numpy(),
            transfers=frame["transfers"].to_numpy(),
            agency=self._rows(frame, "agency_id", self.targets.agencies),
            duration_s=frame["transfer_duration"].to_numpy(),
        )

    def _rules(self, attributes: pl.DataFrame) -> FareRules:
        frame = self._merged("rules")
        return FareRules(
            fare=self._rows(frame, "fare_id", attributes),
            route=self._rows(frame, "route_id", self.targets.routes),
            origin=_text(frame, "origin_id"),
            destination=_text(frame, "destination_id"),
            contains=_text(frame, "contains_id"),
        )

    def _riders(self) -> FareRiders:
        frame = self._merged("riders")
        default = frame["is_default_fare_category"].to_numpy().astype(np.uint8)
        return FareRiders(_feed(frame), _text(frame, "rider_category_id"), _text(frame, "rider_category_name"), default)

    def _media(self) -> FareMedia:
        frame = self._merged("media")
        kinds = frame["fare_media_type"].to_numpy()
        return FareMedia(_feed(frame), _text(frame, "fare_media_id"), _text(frame, "fare_media_name"), kinds)

    def _products(self) -> FareProducts:
        frame = self._merged("products")
        return FareProducts(
            feed=_feed(frame),
            id=_text(frame, "fare_product_id"),
            name=_text(frame, "fare_product_name"),
            rider=_text(frame, "rider_category_id"),
            medium=_text(frame, "fare_media_id"),
            amount=_text(frame, "amount"),
            currency=_text(frame, "currency"),
        )

    def _timeframes(self) -> Timeframes:
        frame = self._merged("timeframes")
        return Timeframes(
            feed=_feed(frame),
            group=_text(frame, "timeframe_group_id"),
            start_s=frame["start_time"].to_numpy(),
            end_s=frame["end_time"].to_numpy(),
            service=self._rows(frame, "service_id", self.targets.services),
        )

    def _stop_areas(self) -> StopAreas:
        stops = self.targets.stops.select("_feed", "stop_id", "parent_station", "location_type")
        frame = self._merged("stop_areas")
        own = frame.select("_feed", "stop_id", "area_id")
        platforms = stops.filter((pl.col("location_type") != STATION) & (pl.col("parent_station") != ""))
        platforms = platforms.join(own, on=["_feed", "stop_id"], how="anti")
        of_station = platforms.join(own, left_on=["_feed", "parent_station"], right_on=["_feed", "stop_id"])
        rows = pl.concat([own, of_station.select("_feed", "stop_id", "area_id")])
        return StopAreas(self._rows(rows, "stop_id", self.targets.stops), _text(rows, "area_id"))

    def _networks(self) -> RouteNetworks:
        frame = self._merged("networks")
        return RouteNetworks(self._rows(frame, "route_id", self.targets.routes), _text(frame, "network_id"))

    def _leg_rules(self) -> FareLegRules:
        frame = self._merged("leg_rules")
        return FareLegRules(
            feed=_feed(frame),
            group=_text(frame, "leg_group_id"),
            network=_text(frame, "network_id"),
            from_area=_text(frame, "from_area_id"),
            to_area=_text(frame, "to_area_id"),
            from_timeframe=_text(frame, "from_timeframe_group_id"),
            to_timeframe=_text(frame, "to_timeframe_group_id"),
            product=_text(frame, "fare_product_id"),
            priority=frame["rule_priority"].to_numpy(),
        )

    def _joins(self) -> FareLegJoins:
        frame, stops = self._merged("joins"), self.targets.stops
        return FareLegJoins(
            feed=_feed(frame),
            from_network=_text(frame, "from_network_id"),
            to_network=_text(frame, "to_network_id"),
            from_stop=self.targets.find(frame, "from_stop_id", stops, "stop_id"),
            to_stop=self.targets.find(frame, "to_stop_id", stops, "stop_id"),
        )

    def _transfer_rules(self) -> FareTransferRules:
        frame = self._merged("transfer_rules")
        return FareTransferRules(
            feed=_feed(frame),
            from_group=_text(frame, "from_leg_group_id"),
            to_group=_text(frame, "to_leg_group_id"),
            product=_text(frame, "fare_product_id"),
            count=frame["transfer_count"].to_numpy(),
            limit_s=frame["duration_limit"].to_numpy(),
            limit_type=frame["duration_limit_type"].to_numpy(),
            type=frame["fare_transfer_type"].to_numpy(),
        )

    def _rows(self, frame: pl.DataFrame, column: str, target: pl.DataFrame) -> Int32s:
        return self.targets.find(frame, column, target, column)


def _feed(frame: pl.DataFrame) -> Int16s:
    return frame["_feed"].to_numpy()


def _text(frame: pl.DataFrame, column: str) -> StringColumn:
    return StringColumn.of_series(frame[column])
