"""Prices by GTFS fares version 2, by trying every combination of rules and products. Part of the fare oracle.

Written from docs/fares.md alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise, product
from typing import TYPE_CHECKING

from tests.support.gtfs_feed import GtfsFeed, Row

if TYPE_CHECKING:
    from tests.support.fare_oracle import OracleRide

ADD_TRANSFER, ADD_BOTH, TRANSFER_ONLY = "0", "1", "2"
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class LegFares:
    """The tables of one feed."""

    feed: GtfsFeed

    def prices(self, rides: Sequence[OracleRide], rider: str | None) -> list[tuple[str, Decimal]]:
        """(currency, price) of every way to pay for these rides together."""
        legs = self.legs(rides)
        found = []
        for rules in product(*(self.leg_rules(leg) for leg in legs)):
            transfers = [
                self._transfer_candidates(one["leg_group_id"], other["leg_group_id"]) for one, other in pairwise(rules)
            ]
            for chosen in product(*transfers):
                if self._are_allowed(legs, rules, chosen):
                    found += self._sums(rules, chosen, rider)
        return found

    def legs(self, rides: Sequence[OracleRide]) -> list[list[OracleRide]]:
        """Rides that are joined, together."""
        legs = [[rides[0]]]
        for one, other in pairwise(rides):
            if self.is_joined(one, other):
                legs[-1].append(other)
            else:
                legs.append([other])
        return legs

    def is_joined(self, one: OracleRide, other: OracleRide) -> bool:
        """Whether two rides, one after the other, are one leg."""
        networks = self._network(one.route), self._network(other.route)
        if other.seated:
            return networks[0] == networks[1]
        for row in self.feed.rows("fare_leg_join_rules"):
            if (row["from_network_id"], row["to_network_id"]) != networks:
                continue
            left, boarded = one.calls[-1], other.calls[0]
            if not row.get("from_stop_id") and not row.get("to_stop_id"):
                if self._station(left) == self._station(boarded):
                    return True
            elif row["from_stop_id"] in (left, self._station(left)) and row["to_stop_id"] in (
                boarded,
                self._station(boarded),
            ):
                return True
        return False

    def leg_rules(self, leg: Sequence[OracleRide]) -> list[Row]:
        """The rows of fare_leg_rules that count for a leg."""
        rows = self.feed.rows("fare_leg_rules")
        by_priority = any("rule_priority" in row for row in rows)
        first, last = leg[0], leg[-1]
        network = {self._network(first.route)} - {""}
        values = {
            "network_id": network,
            "from_area_id": self._areas(first.calls[0]),
            "to_area_id": self._areas(last.calls[-1]),
        }
        found = []
        for row in rows:
            fits = all(
                _field_fits(row.get(field, ""), own, {other.get(field, "") for other in rows}, any_blank=by_priority)
                for field, own in values.items()
            )
            in_time = self._holds(row.get("from_timeframe_group_id", ""), first.departure) and self._holds(
                row.get("to_timeframe_group_id", ""), last.arrival
            )
            if fits and in_time:
                found.append(row)
        top = max((int(row.get("rule_priority") or 0) for row in found), default=0)
        return [row for row in found if not by_priority or int(row.get("rule_priority") or 0) == top]

    def _transfer_candidates(self, start: str, end: str) -> list[Row]:
        """The rows of fare_transfer_rules that are for a change between two groups, whatever the time."""
        rows = self.feed.rows("fare_transfer_rules")
        if not start or not end:
            return []
        exact = [row for row in rows if (row["from_leg_group_id"], row["to_leg_group_id"]) == (start, end)]
        if exact:
            return exact
        lists_start = any(row["from_leg_group_id"] == start for row in rows)
        lists_end = any(row["to_leg_group_id"] == end for row in rows)
        wanted = start if lists_start else "", end if lists_end else ""
        return [row for row in rows if (row["from_leg_group_id"], row["to_leg_group_id"]) == wanted]

    def _are_allowed(self, legs: Sequence[Sequence[OracleRide]], rules: Sequence[Row], chosen: Sequence[Row]) -> bool:
        """Whether the transfer rules may be used one after the other as chosen."""
        for at, row in enumerate(chosen):
            candidates = self._transfer_candidates(rules[at]["leg_group_id"], rules[at + 1]["leg_group_id"])
            usable = []
            for candidate in candidates:
                count, start = _run(chosen[:at], candidate)
                limit = candidate.get("transfer_count", "")
                enough = limit in ("", "-1") or int(limit) >= count
                if enough and _is_in_time(candidate, legs[start], legs[at + 1]):
                    usable.append(candidate)
            if row not in usable:
                return False
            if row["from_leg_group_id"] == row["to_leg_group_id"] and _count(row) != min(map(_count, usable)):
                return False
        return True

    def _sums(self, rules: Sequence[Row], chosen: Sequence[Row], rider: str | None) -> Iterator[tuple[str, Decimal]]:
        """(currency, sum) of every choice of rows of fare_products."""
        bought = [rules[0]["fare_product_id"]] if not chosen or chosen[0]["fare_transfer_type"] != TRANSFER_ONLY else []
        for at, row in enumerate(chosen):
            bought += [row["fare_product_id"]] if row.get("fare_product_id") else []
            if row["fare_transfer_type"] == ADD_BOTH:
                bought.append(rules[at + 1]["fare_product_id"])
        # What a first fare that AB replaces was sold in still says in which currency the whole is.
        currencies = {p["currency"] for p in self._products(rules[0]["fare_product_id"], rider)}
        for rows in product(*(self._products(name, rider) for name in bought)):
            media = {row.get("fare_media_id", "") for row in rows} - {""}
            sold_in = {row["currency"] for row in rows}
            if len(media) <= 1 and len(sold_in) <= 1:
                total = sum((Decimal(row["amount"]) for row in rows), Decimal(0))
                for currency in sold_in & currencies if sold_in else currencies:
                    yield currency, total

    def _products(self, name: str, rider: str | None) -> list[Row]:
        riders = self.feed.rows("rider_categories")
        default = {row["rider_category_id"] for row in riders if row.get("is_default_fare_category") == "1"}
        eligible = {"", rider, *default}
        return [
            row
            for row in self.feed.rows("fare_products")
            if row["fare_product_id"] == name and row.get("rider_category_id", "") in eligible
        ]

    def _network(self, route: str) -> str:
        rows = self.feed.rows("route_networks")
        return next((row["network_id"] for row in rows if row["route_id"] == route), "")

    def _areas(self, stop: str) -> set[str]:
        for place in (stop, self._station(stop)):
            own = {row["area_id"] for row in self.feed.rows("stop_areas") if row["stop_id"] == place}
            if own:
                return own
        return set()

    def _station(self, stop: str) -> str:
        row = next(row for row in self.feed.rows("stops") if row["stop_id"] == stop)
        return row.get("parent_station", "") or stop

    def _holds(self, group: str, time: dt.datetime) -> bool:
        clock = time.strftime("%H:%M:%S")
        return not group or any(
            row["timeframe_group_id"] == group
            and (row.get("start_time") or "00:00:00") <= clock < (row.get("end_time") or "24:00:00")
            and self._runs(row["service_id"], time.date())
            for row in self.feed.rows("timeframes")
        )

    def _runs(self, service: str, day: dt.date) -> bool:
        row = next(row for row in self.feed.rows("calendar") if row["service_id"] == service)
        runs = row["start_date"] <= day.strftime("%Y%m%d") <= row["end_date"]
        return runs and row[WEEK[day.weekday()]] == "1"


def _field_fits(said: str, own: set[str], listed: set[str], *, any_blank: bool) -> bool:
    if said:
        return said in own
    return any_blank or not own & listed


def _count(row: Row) -> float:
    return float("inf") if row["transfer_count"] == "-1" else int(row["transfer_count"])


def _run(before: Sequence[Row], row: Row) -> tuple[int, int]:
    """(transfers in a row by such rules with this one, number of the leg from which their time counts)."""
    pair = row["from_leg_group_id"], row["to_leg_group_id"]
    count, start = 1, len(before)
    if pair[0] != pair[1]:
        return count, start
    while start and (before[start - 1]["from_leg_group_id"], before[start - 1]["to_leg_group_id"]) == pair:
        count, start = count + 1, start - 1
    return count, start


def _is_in_time(row: Row, start: Sequence[OracleRide], end: Sequence[OracleRide]) -> bool:
    if not row.get("duration_limit"):
        return True
    kind = row.get("duration_limit_type", "0")
    begins = start[0].departure if kind in ("0", "1") else start[-1].arrival
    ends = end[-1].arrival if kind in ("0", "3") else end[0].departure
    spent = ends.astimezone(dt.UTC) - begins.astimezone(dt.UTC)
    return spent <= dt.timedelta(seconds=int(row["duration_limit"]))
