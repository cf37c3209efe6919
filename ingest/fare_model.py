"""What the snapshot knows of prices: the fares of every feed, merged into frozen columns, and tariffs.

Ids of fares, products, groups, areas and networks are as the feed has them, "" for none; they mean something within
their feed only. Stops, routes, agencies and services are rows of the tables of the Network, -1 for none. Amounts are
decimal text. Columns of one table have one length.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.arrays import Bits, Int8s, Int16s, Int32s
from ingest.strings import StringColumn


@dataclass(frozen=True, slots=True)
class FareAttributes:
    """fare_attributes.txt, one row a fare."""

    feed: Int16s
    id: StringColumn
    price: StringColumn
    currency: StringColumn
    payment_method: Int8s
    transfers: Int8s
    """-1 is unlimited."""
    agency: Int32s
    duration_s: Int32s
    """transfer_duration, or -1."""


@dataclass(frozen=True, slots=True)
class FareRules:
    """fare_rules.txt, one row a rule."""

    fare: Int32s
    """Row of FareAttributes."""
    route: Int32s
    origin: StringColumn
    destination: StringColumn
    contains: StringColumn


@dataclass(frozen=True, slots=True)
class FareRiders:
    """rider_categories.txt."""

    feed: Int16s
    id: StringColumn
    name: StringColumn
    is_default: Bits


@dataclass(frozen=True, slots=True)
class FareMedia:
    """fare_media.txt."""

    feed: Int16s
    id: StringColumn
    name: StringColumn
    type: Int8s


@dataclass(frozen=True, slots=True)
class FareProducts:
    """fare_products.txt, one row a product, category of riders and medium."""

    feed: Int16s
    id: StringColumn
    name: StringColumn
    rider: StringColumn
    medium: StringColumn
    amount: StringColumn
    currency: StringColumn


@dataclass(frozen=True, slots=True)
class Timeframes:
    """timeframes.txt: [start_s, end_s) of the clock on the days of a service."""

    feed: Int16s
    group: StringColumn
    start_s: Int32s
    end_s: Int32s
    service: Int32s


@dataclass(frozen=True, slots=True)
class StopAreas:
    """stop_areas.txt, one row a stop and area. A platform without a row of its own has those of its station."""

    stop: Int32s
    area: StringColumn


@dataclass(frozen=True, slots=True)
class RouteNetworks:
    """The network of each route that has one."""

    route: Int32s
    network: StringColumn


@dataclass(frozen=True, slots=True)
class FareLegRules:
    """fare_leg_rules.txt."""

    feed: Int16s
    group: StringColumn
    network: StringColumn
    from_area: StringColumn
    to_area: StringColumn
    from_timeframe: StringColumn
    to_timeframe: StringColumn
    product: StringColumn
    priority: Int32s
    """-1 in every row of a feed whose file does not have the column rule_priority."""


@dataclass(frozen=True, slots=True)
class FareLegJoins:
    """fare_leg_join_rules.txt."""

    feed: Int16s
    from_network: StringColumn
    to_network: StringColumn
    from_stop: Int32s
    to_stop: Int32s


@dataclass(frozen=True, slots=True)
class FareTransferRules:
    """fare_transfer_rules.txt."""

    feed: Int16s
    from_group: StringColumn
    to_group: StringColumn
    product: StringColumn
    """ "": changing costs nothing."""
    count: Int32s
    """transfer_count; -1 is unlimited, 0 where the two groups differ."""
    limit_s: Int32s
    """duration_limit, or -1."""
    limit_type: Int8s
    type: Int8s
    """fare_transfer_type."""


@dataclass(frozen=True, slots=True)
class Tariffs:
    """Tariff files, one row a file: its name, and its content as JSON of ingest.tariff_schema.TariffFile."""

    file: StringColumn
    content: StringColumn


@dataclass(frozen=True, slots=True)
class Fares:
    """All that prices are made of."""

    attributes: FareAttributes
    rules: FareRules
    riders: FareRiders
    media: FareMedia
    products: FareProducts
    timeframes: Timeframes
    stop_areas: StopAreas
    route_networks: RouteNetworks
    leg_rules: FareLegRules
    joins: FareLegJoins
    transfer_rules: FareTransferRules
    tariffs: Tariffs
