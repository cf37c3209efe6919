"""The tables of fares of one feed, clean: both versions of GTFS fares side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import polars as pl

from ingest.csv_table import ROW
from ingest.gtfs_schema import SCHEMAS
from ingest.notices import NoticeLog
from ingest.rules import fares_v1, fares_v2
from ingest.rules.checks import TableChecks

FARE_FILES = (
    "fare_attributes.txt",
    "fare_rules.txt",
    "rider_categories.txt",
    "fare_media.txt",
    "fare_products.txt",
    "timeframes.txt",
    "areas.txt",
    "stop_areas.txt",
    "networks.txt",
    "route_networks.txt",
    "fare_leg_rules.txt",
    "fare_leg_join_rules.txt",
    "fare_transfer_rules.txt",
)


@dataclass(frozen=True, slots=True)
class FareTables:
    """Text is String with "" for blank; ids are as the feed has them; every reference is to a row that is there.

    attributes      fare_id price currency_type agency_id; payment_method transfers (Int8, -1 unlimited),
                    transfer_duration (Int32, -1 none)
    rules           fare_id route_id origin_id destination_id contains_id
    riders          rider_category_id rider_category_name; is_default_fare_category (Int8)
    media           fare_media_id fare_media_name; fare_media_type (Int8)
    products        fare_product_id fare_product_name rider_category_id fare_media_id amount currency
    timeframes      timeframe_group_id service_id; start_time end_time (Int32, seconds of the clock)
    stop_areas      area_id stop_id; stations stand for their platforms
    networks        route_id network_id
    leg_rules       leg_group_id network_id, areas, timeframe groups, fare_product_id; rule_priority (Int32, -1
                    everywhere where the file does not have the column)
    joins           from_network_id to_network_id from_stop_id to_stop_id
    transfer_rules  two leg groups, fare_product_id; transfer_count duration_limit (Int32), duration_limit_type
                    fare_transfer_type (Int8)
    """

    attributes: pl.DataFrame
    rules: pl.DataFrame
    riders: pl.DataFrame
    media: pl.DataFrame
    products: pl.DataFrame
    timeframes: pl.DataFrame
    stop_areas: pl.DataFrame
    networks: pl.DataFrame
    leg_rules: pl.DataFrame
    joins: pl.DataFrame
    transfer_rules: pl.DataFrame

    def by_name(self) -> dict[str, pl.DataFrame]:
        """Every table by the name of its field."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class FareContext:
    """What fares refer to: the clean tables of the same feed."""

    agencies: pl.DataFrame
    stops: pl.DataFrame
    routes: pl.DataFrame
    services: pl.Series


def clean_fares(
    feed_id: str, texts: Mapping[str, pl.DataFrame], context: FareContext, log: NoticeLog, *, has_priority: bool
) -> FareTables:
    """The fares of a feed. `texts` are its files as text with row numbers, those that it has; findings go to `log`.

    `has_priority` says whether fare_leg_rules.txt has the column rule_priority, if only blank.
    """
    return _Cleaner(feed_id, texts, context, log).clean(has_priority=has_priority)


@dataclass(frozen=True, slots=True)
class _Cleaner:
    feed_id: str
    texts: Mapping[str, pl.DataFrame]
    context: FareContext
    log: NoticeLog

    def clean(self, *, has_priority: bool) -> FareTables:
        attributes, rules = self._version_1()
        riders, media, products = self._products()
        timeframes = fares_v2.clean_timeframes(*self._table("timeframes.txt"), self.context.services)
        areas, stop_areas = self._areas()
        network_ids, networks = self._networks()
        leg_rules = fares_v2.clean_leg_rules(
            *self._table("fare_leg_rules.txt"),
            fares_v2.LegReferences(products["fare_product_id"], network_ids, areas, timeframes["timeframe_group_id"]),
            has_priority=has_priority,
        )
        joins = fares_v2.clean_leg_joins(
            *self._table("fare_leg_join_rules.txt"), network_ids, self.context.stops["stop_id"]
        )
        transfer_rules = fares_v2.clean_transfer_rules(
            *self._table("fare_transfer_rules.txt"), leg_rules["leg_group_id"], products["fare_product_id"]
        )
        return FareTables(
            attributes=attributes,
            rules=rules,
            riders=riders,
            media=media,
            products=products,
            timeframes=timeframes,
            stop_areas=stop_areas,
            networks=networks,
            leg_rules=leg_rules,
            joins=joins,
            transfer_rules=transfer_rules,
        )

    def _version_1(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        context = self.context
        table = self._table("fare_attributes.txt")
        attributes = fares_v1.clean_fare_attributes(*table, context.agencies["agency_id"])
        references = (attributes["fare_id"], context.routes["route_id"], context.stops["zone_id"].unique())
        return attributes, fares_v1.clean_fare_rules(*self._table("fare_rules.txt"), *references)

    def _products(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        riders = fares_v2.clean_rider_categories(*self._table("rider_categories.txt"))
        media = fares_v2.clean_fare_media(*self._table("fare_media.txt"))
        return (
            riders,
            media,
            fares_v2.clean_fare_products(*self._table("fare_products.txt"), riders, media["fare_media_id"]),
        )

    def _areas(self) -> tuple[pl.Series, pl.DataFrame]:
        """The ids of areas, and which stops they have."""
        named = self._names("areas.txt", "area_id")
        stop_areas = fares_v2.clean_stop_areas(*self._table("stop_areas.txt"), named, self.context.stops["stop_id"])
        return pl.concat([named, stop_areas["area_id"]]).unique(), stop_areas

    def _networks(self) -> tuple[pl.Series, pl.DataFrame]:
        """The ids of networks, and which routes they have."""
        named = self._names("networks.txt", "network_id")
        networks = fares_v2.clean_networks(*self._table("route_networks.txt"), named, self.context.routes)
        return pl.concat([named, networks["network_id"]]).unique(), networks

    def _names(self, file: str, field: str) -> pl.Series:
        """The ids of a table that only names things."""
        text, checks = self._table(file)
        return checks.unique(checks.require(text, field), [field])[field]

    def _table(self, file: str) -> tuple[pl.DataFrame, TableChecks]:
        """A table as text, empty where the feed does not have it, and its checks."""
        empty = pl.DataFrame(schema={**dict.fromkeys(SCHEMAS[file].columns, pl.String), ROW: pl.UInt32})
        return self.texts.get(file, empty), TableChecks(self.feed_id, file, self.log)
