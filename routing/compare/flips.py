"""At which fare, departure or headway an option would rank ahead of the one that beats it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from ingest.currencies import coin_digits
from routing.compare.option import Option
from routing.compare.other_headway import OtherHeadway
from routing.compare.ranking import RankRule, exact, rank_key
from routing.fares import Fare
from routing.fares.money import json_amount, money_texts
from routing.instants import after
from routing.journeys import Journey, RideLeg
from routing.query import Query
from routing.reconstruct import Ends
from routing.router import Router


@dataclass(frozen=True, slots=True)
class Flips:
    """Each alone, all else equal: the least change with which it would win. None where no such change does.

    fare       the most that it may cost, in `currency`
    departure  when it would have to leave, with all its vehicles moved alike
    headway_s  how often the vehicle of `trip_id` would have to come
    """

    fare: Decimal | None = None
    currency: str | None = None
    departure: datetime | None = None
    headway_s: int | None = None
    trip_id: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; null for what changes nothing."""
        fare = headway = None
        if self.fare is not None and self.currency is not None:
            text = money_texts(self.fare, self.currency)
            fare = {"amount": json_amount(self.fare), "currency": self.currency, "text": text}
        if self.headway_s is not None:
            headway = {"trip_id": self.trip_id, "headway_s": self.headway_s}
        departure = None if self.departure is None else self.departure.isoformat()
        return {"fare": fare, "departure": departure, "headway": headway}


@dataclass(frozen=True, slots=True)
class FlipFinder:
    """For the options of one question."""

    router: Router
    query: Query
    ends: Ends
    rule: RankRule
    window_s: int | None = None

    def rides(self, provider: str) -> list[Journey]:
        """The rides of one provider alone that the question asks for, whether walking beats them or not."""
        only = dataclasses.replace(self.query, providers=frozenset({provider}))
        if self.window_s is None:
            return self.router.rides(only, self.ends)
        return self.router.window_rides(only, self.ends, self.window_s)

    def flips(self, option: Option, by: Option) -> Flips:
        """When `option`, all of one provider, would rank ahead of `by`, which ranks ahead of it."""
        fare = self._fare(option, by)
        slowest = slowest_headway(option.journey)
        headway_s = None
        if slowest is not None and self.rule.asked_s is not None and not option.providers & by.providers:
            headway_s = self._headway(option, slowest, lambda rides: self._rank_ahead(rides, by))
        return Flips(
            fare=fare,
            currency=option.fare.currency if isinstance(option.fare, Fare) and fare is not None else None,
            departure=self._departure(option, by),
            headway_s=headway_s,
            trip_id=None if headway_s is None or slowest is None else slowest.trip_id,
        )

    def flips_of_beaten(self, option: Option, walk: Journey) -> Flips:
        """When a ride would be listed that leaves no later than the walk and arrives no earlier: they share one end.

        Nothing is told of a window.
        """
        slowest = slowest_headway(option.journey)
        if self.window_s is not None:
            return Flips()
        if slowest is None:
            return Flips(departure=after(option.journey.departure, -1 if self.query.arrive_by else 1))
        headway_s = self._headway(option, slowest, lambda rides: any(not is_beaten(ride, walk) for ride in rides))
        return Flips(headway_s=headway_s, trip_id=None if headway_s is None else slowest.trip_id)

    def _fare(self, option: Option, by: Option) -> Decimal | None:
        weight = exact(self.rule.weights["fare"])
        if self.rule.fares.hour is None or not isinstance(option.fare, Fare) or not weight:
            return None
        most = Fraction(option.fare.amount) - self.rule.fares.amount(self._gap(option, by) / weight)
        coin = Decimal(1).scaleb(-coin_digits(option.fare.currency))
        steps = most / Fraction(coin)
        amount = Decimal(steps.numerator // steps.denominator) * coin
        for fare in (amount, amount - coin):
            values = {**option.values, "fare": self.rule.fares.seconds(dataclasses.replace(option.fare, amount=fare))}
            if fare >= 0 and rank_key(option.journey, values, self.rule) < self._key(by):
                return fare.quantize(coin, ROUND_FLOOR)
        return None

    def _departure(self, option: Option, by: Option) -> datetime | None:
        """Moved towards the time that was asked for: an earlier departure, or a later arrival."""
        weight, rides = exact(self.rule.weights["margin"]), option.journey.rides
        if not weight or not rides or any(leg.headway_s for leg in rides):
            return None
        least = ceil(self._gap(option, by) / weight)
        for shift in (max(least, 1), least + 1):
            if shift > option.values["margin"]:
                return None
            if self._moved_key(option, shift) < self._key(by):
                return after(option.journey.departure, shift if self.query.arrive_by else -shift)
        return None

    def _moved_key(self, option: Option, shift: int) -> tuple[object, ...]:
        moved = shift if self.query.arrive_by else -shift
        legs = tuple(
            dataclasses.replace(leg, departure=after(leg.departure, moved), arrival=after(leg.arrival, moved))
            for leg in option.journey.legs
        )
        journey = option.journey
        other = Journey(after(journey.departure, moved), after(journey.arrival, moved), journey.transfers,
                        journey.providers, legs)  # fmt: skip
        return rank_key(other, {**option.values, "margin": option.values["margin"] - shift}, self.rule)

    def _headway(self, option: Option, leg: RideLeg, wins: Callable[[list[Journey]], bool]) -> int | None:
        """The longest headway below that of `leg` with which its provider wins, while a second more does not."""
        only = dataclasses.replace(self.query, providers=option.providers)

        def would_win(headway_s: int) -> bool:
            return wins(OtherHeadway(self.router, leg.trip_id, headway_s).rides(only, self.ends))

        assert leg.headway_s is not None
        low, high = 1, leg.headway_s
        if high <= 1 or not would_win(low):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if would_win(middle) else (low, middle)
        return low

    def _rank_ahead(self, rides: list[Journey], by: Option) -> bool:
        prices = [self.router.fares.price(ride, self.query.rider) for ride in rides]
        keys = (
            rank_key(ride, self.rule.quantities(ride, price), self.rule)
            for ride, price in zip(rides, prices, strict=True)
        )
        return any(key < self._key(by) for key in keys)

    def _key(self, option: Option) -> tuple[object, ...]:
        return rank_key(option.journey, option.values, self.rule)

    def _gap(self, option: Option, by: Option) -> Fraction:
        """By how much it costs more than the one that beats it; not below 0."""
        return self.rule.cost(option.values) - self.rule.cost(by.values)


def slowest_headway(journey: Journey) -> RideLeg | None:
    """Of its headway services the one that comes least often."""
    legs = [leg for leg in journey.rides if leg.headway_s]
    return max(legs, key=lambda leg: leg.headway_s or 0) if legs else None


def is_beaten(ride: Journey, walk: Journey) -> bool:
    """Whether the walk leaves no earlier and arrives no later."""
    return walk.departure_s >= ride.departure_s and walk.arrival_s <= ride.arrival_s
