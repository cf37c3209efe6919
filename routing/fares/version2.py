"""Fares by leg and transfer: fare_leg_rules.txt and fare_transfer_rules.txt (docs/fares.md says how they are read)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from ingest.model import Network
from routing.fares.fare import Ticket
from routing.fares.rides import Ride
from routing.fares.scheme import Quote
from routing.fares.version2_tables import ANY, Joins, LegRule, LegRules, Product, Products, TransferRule, TransferRules

ADD_TRANSFER, ADD_BOTH, TRANSFER_ONLY = range(3)
"""fare_transfer_type: A + AB, A + AB + B, AB."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A leg that fares are for: one ride, or several that are joined."""

    rides: tuple[Ride, ...]

    @property
    def first(self) -> Ride:
        """Where and when it begins."""
        return self.rides[0]

    @property
    def last(self) -> Ride:
        """Where and when it ends."""
        return self.rides[-1]


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the bill: what is paid for which rides, or nothing for a free transfer."""

    rule: LegRule | TransferRule
    product: Product | None
    rides: tuple[Ride, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """One way to have paid so far.

    group    leg group of the last leg
    medium   what everything is paid with; "" while that does not matter
    run      the repeating rule of the last transfer, as (from group, to group), with how many transfers in a row it has
             had, and the leg that the first of them came from
    """

    amount: Decimal
    currency: str
    medium: str
    group: str
    run: tuple[tuple[str, str], int, Leg] | None
    items: tuple[Item, ...]

    @property
    def key(self) -> tuple[object, ...]:
        """What decides all that can follow: of labels with the same key the cheapest is enough."""
        run = None if self.run is None else (self.run[0], self.run[1], self.run[2].first.leg)
        return self.currency, self.medium, self.group, run

    def seen(self, *, is_timed: bool) -> tuple[Hashable, ...]:
        """The same as transfer rules see it: of the run's first leg they look at its times."""
        run: Hashable = None
        if self.run is not None:
            pair, count, leg = self.run
            run = pair, count, (leg.first.departure_s, leg.last.arrival_s) if is_timed else None
        return self.currency, self.medium, self.group, run


@dataclass(frozen=True, slots=True)
class Before:
    """How things stood at the end of the leg before the last one. `is_first`: that leg was the first of all."""

    labels: tuple[Label, ...]
    leg: Leg
    is_first: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """Legs that are paid together, each by a transfer rule after the one before: the state of a ticket in use."""

    rider: str | None
    before: Before | None
    """None where the last leg is the first."""
    leg: Leg
    labels: tuple[Label, ...]


class Version2:
    """The fares of one feed. What is paid together are rides that follow each other, all on this feed."""

    interrupted = False

    def __init__(self, network: Network, feed: int) -> None:
        self._feed = network.feeds[feed].id
        self._rules = LegRules(network, feed)
        self._transfers = TransferRules(network, feed)
        self._joins = Joins(network, feed)
        self.products = Products(network, feed)
        self.joins_rides = self._joins.are_some
        self.is_timed = self._rules.look_at_times or self._transfers.look_at_times

    def start(self, ride: Ride, rider: str | None) -> Chain | None:
        """A first leg."""
        return self._chain(rider, None, Leg((ride,)))

    def extend(self, state: Chain, ride: Ride) -> Chain | None:
        """The leg made longer where the rides are joined, else one leg more; None where the one before has no price."""
        if self.binds(state.leg.last, ride):
            return self._chain(state.rider, state.before, Leg((*state.leg.rides, ride)))
        if not state.labels:
            return None
        return self._chain(state.rider, Before(state.labels, state.leg, is_first=state.before is None), Leg((ride,)))

    def quotes(self, state: Chain) -> Iterator[Quote]:
        """The cheapest way to pay, in each currency."""
        best: dict[str, Label] = {}
        for label in state.labels:
            if label.currency not in best or label.amount < best[label.currency].amount:
                best[label.currency] = label
        for currency, label in best.items():
            yield Quote(label.amount, currency, partial(self._tickets, label))

    def binds(self, before: Ride, after: Ride) -> bool:
        """Whether the rides are one leg: joined by a rule, or one network's vehicle in which the rider stays."""
        networks = self._rules.network_of(before.route), self._rules.network_of(after.route)
        if after.seated:
            return networks[0] == networks[1]
        return self._joins.joins(networks, before.to_stop, after.from_stop)

    def memory(self, state: Chain) -> tuple[Decimal, Hashable]:
        """How it may have been paid so far: the least amount, and by how much others are more. All rides where they may
        be joined."""
        if self.joins_rides or not state.labels:
            return Decimal(0), state  # rides are told apart by what they are, not by what they are like
        least = min(label.amount for label in state.labels)
        times = (state.leg.first.departure_s, state.leg.last.arrival_s) if self.is_timed else None
        paid = frozenset((label.amount - least, *label.seen(is_timed=self.is_timed)) for label in state.labels)
        return least, (state.before is None, paid, times)

    def _chain(self, rider: str | None, before: Before | None, leg: Leg) -> Chain:
        best: dict[tuple[object, ...], Label] = {}
        for label in self._paying(rider, before, leg):
            if label.key not in best or label.amount < best[label.key].amount:
                best[label.key] = label
        return Chain(rider, before, leg, tuple(best.values()))

    def _paying(self, rider: str | None, before: Before | None, leg: Leg) -> Iterator[Label]:
        """All ways to pay for a leg, after all ways to have paid before it."""
        for rule in self._rules.matching(leg.first, leg.last):
            products = self.products.of(rule.product, rider)
            if before is None:
                for product in products:
                    item = Item(rule, product, leg.rides)
                    yield Label(product.amount, product.currency, product.medium, rule.group, None, (item,))
                continue
            change = _Change(rider, before, leg, rule)
            for label in before.labels:
                for transfer in self._applicable(label, change):
                    yield from self._transferred(label, transfer, change, products)

    def _applicable(self, label: Label, change: _Change) -> Iterable[TransferRule]:
        """The transfer rules for a change: within their time, and of those that count transfers the least count."""
        rules = self._transfers.matching(label.group, change.rule.group)
        start = change.before.leg
        timely = [rule for rule in rules if _is_in_time(rule, _run_start(label, rule, start), change.leg)]
        counted = [rule for rule in timely if rule.repeats and _fits(rule, _run_count(label, rule))]
        least = min((_limit(rule) for rule in counted), default=0.0)
        return [rule for rule in timely if not rule.repeats] + [rule for rule in counted if _limit(rule) == least]

    def _transferred(
        self, label: Label, transfer: TransferRule, change: _Change, products: Sequence[Product]
    ) -> Iterator[Label]:
        """A label after a change, for every product that it may need."""
        extra: Sequence[Product | None] = [None]
        if transfer.product != ANY:
            extra = self.products.of(transfer.product, change.rider)
        own: Sequence[Product | None] = products if transfer.type == ADD_BOTH else [None]
        for between in extra:
            for product in own:
                bought = _bought(label, transfer, change, between, product)
                if bought is not None:
                    yield bought

    def _tickets(self, label: Label) -> Sequence[Ticket]:
        return [self._ticket(item, label) for item in label.items]

    def _ticket(self, item: Item, label: Label) -> Ticket:
        product = item.product
        name = "transfer" if product is None else product.name or product.id
        is_leg = isinstance(item.rule, LegRule)
        return Ticket(
            id=f"{self._feed}_{item.rule.product or 'transfer'}",
            name={"en": name, "id": "pindah" if product is None else name},
            legs=tuple(ride.leg for ride in item.rides),
            rule=_leg_text(item.rule) if isinstance(item.rule, LegRule) else _transfer_text(item.rule),
            amount=Decimal(0) if product is None else product.amount,
            currency=label.currency,
            providers=tuple(sorted({ride.provider for ride in item.rides})),
            source=f"{'fare_leg_rules.txt' if is_leg else 'fare_transfer_rules.txt'} of feed {self._feed}",
            medium=self.products.media.get(product.medium, "") if product is not None else "",
        )


@dataclass(frozen=True, slots=True)
class _Change:
    """From one leg to the next, which `rule` is for."""

    rider: str | None
    before: Before
    leg: Leg
    rule: LegRule


def _bought(
    label: Label, transfer: TransferRule, change: _Change, between: Product | None, product: Product | None
) -> Label | None:
    """The label after buying these for a change; None where they cannot be paid in one currency with one medium."""
    paid = [one for one in (between, product) if one is not None]
    amount, media, items, rides = label.amount, {label.medium}, label.items, change.leg.rides
    if transfer.type == TRANSFER_ONLY and change.before.is_first:  # AB is in place of A, not on top of it
        amount, media, items, rides = Decimal(0), set(), (), change.before.leg.rides + change.leg.rides
    media = media.union(one.medium for one in paid) - {ANY}
    if len(media) > 1 or any(one.currency != label.currency for one in paid):
        return None
    if between is not None or product is None:
        items = (*items, Item(transfer, between, rides))
    if product is not None:
        items = (*items, Item(change.rule, product, change.leg.rides))
    run = None
    if transfer.repeats:
        run = (_pair(transfer), _run_count(label, transfer), _run_start(label, transfer, change.before.leg))
    return Label(
        amount=amount + sum((one.amount for one in paid), Decimal(0)),
        currency=label.currency,
        medium=next(iter(media), ANY),
        group=change.rule.group,
        run=run,
        items=items,
    )


def _pair(rule: TransferRule) -> tuple[str, str]:
    return rule.from_group, rule.to_group


def _run_count(label: Label, rule: TransferRule) -> int:
    """How many transfers in a row it would be with this one."""
    return label.run[1] + 1 if label.run is not None and label.run[0] == _pair(rule) else 1


def _run_start(label: Label, rule: TransferRule, previous: Leg) -> Leg:
    """The leg from which time counts: the first of transfers in a row, else the one before."""
    return label.run[2] if label.run is not None and label.run[0] == _pair(rule) and rule.repeats else previous


def _limit(rule: TransferRule) -> float:
    return float("inf") if rule.count < 0 else rule.count


def _fits(rule: TransferRule, count: int) -> bool:
    return _limit(rule) >= count


def _is_in_time(rule: TransferRule, start: Leg, end: Leg) -> bool:
    if rule.limit_s < 0:
        return True
    begins = start.first.departure_s if rule.limit_type in (0, 1) else start.last.arrival_s
    ends = end.last.arrival_s if rule.limit_type in (0, 3) else end.first.departure_s
    return ends - begins <= rule.limit_s


def _leg_text(rule: LegRule) -> str:
    parts = {
        "leg group": rule.group,
        "network": rule.network,
        "from": rule.from_area,
        "to": rule.to_area,
        "from timeframe": rule.from_timeframe,
        "to timeframe": rule.to_timeframe,
    }
    return ", ".join(f"{name} {value}" for name, value in parts.items() if value) or "any leg"


def _transfer_text(rule: TransferRule) -> str:
    limit = "" if rule.limit_s < 0 else f", within {rule.limit_s} s"
    return f"transfer from {rule.from_group or 'any'} to {rule.to_group or 'any'}, type {rule.type}{limit}"
