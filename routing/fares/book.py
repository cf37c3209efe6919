"""All that can be paid with in one network, looked up once; prices of journeys come from here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ingest.model import Network
from ingest.tariff_schema import TariffFile
from routing.fares.fare import Fare, FareReason, UnknownFare, Words, unknown_fare
from routing.fares.lengths import Lengths
from routing.fares.rides import Ride, RideReader
from routing.fares.scheme import Scheme
from routing.fares.solve import Offers, can_be_paid, cheapest, find_offers
from routing.fares.tariff import TariffTicket
from routing.fares.version1 import Version1, has_version_1
from routing.fares.version2 import Version2
from routing.fares.version2_tables import has_version_2
from routing.journeys import Journey
from routing.kept import kept_calls

KEPT_SCHEMES = 20_000


class FareBook:
    """The fares of a network. Safe to share between threads."""

    def __init__(self, network: Network) -> None:
        lengths = Lengths(network)
        self._reader = RideReader(network)
        self._names = {provider.id: provider.name for provider in network.providers}
        self._feeds = _feed_schemes(network, lengths)
        self._kept = kept_calls(KEPT_SCHEMES, self._find_schemes)
        files = [TariffFile.model_validate_json(text) for text in network.fares.tariffs.content]
        self._tickets = [TariffTicket(network, said, file, lengths) for file in files for said in file.ticket]
        self._currencies = _currencies(network) | {file.currency for file in files}
        self._riders: dict[str, Words] = {rider: names for file in files for rider, names in file.riders.items()}
        for scheme in self._feeds.values():
            if isinstance(scheme, Version2):
                named = {rider: {"en": name, "id": name} for rider, name in scheme.products.riders.items()}
                self._riders = named | self._riders

    @property
    def riders(self) -> dict[str, Words]:
        """The categories of riders that fares distinguish, by id: their names."""
        return dict(self._riders)

    @property
    def currencies(self) -> frozenset[str]:
        """All that anything is sold in."""
        return self._currencies

    @property
    def every_scheme(self) -> Sequence[Scheme]:
        """All that sells tickets, on whatever day."""
        return [*self._tickets, *self._feeds.values()]

    def price(self, journey: Journey, rider: str | None = None) -> Fare | UnknownFare:
        """The cheapest legal set of tickets for `rider`, a category of `riders`; None: nobody in particular."""
        return self.price_rides(self._reader.rides(journey), rider)

    def price_rides(self, rides: Sequence[Ride], rider: str | None = None) -> Fare | UnknownFare:
        """As `price`, of the rides of a journey in order."""
        if not rides:
            return unknown_fare(FareReason.NOTHING_RIDDEN)
        schemes = [self.schemes(ride.provider, ride.feed, ride.route, ride.departure.date()) for ride in rides]
        offers = find_offers(rides, schemes, rider)
        solutions = [cheapest(offers, currency) for currency in sorted(offers.currencies())]
        best = next((solution for solution in solutions if solution is not None), None)
        if best is None:
            return self._why_unknown(rides, schemes, offers)
        tickets = tuple(ticket for quote in best.quotes for ticket in quote.tickets())
        return Fare(best.amount, best.currency, tickets)

    def schemes(self, provider: str, feed: str, route: int, day: date) -> Sequence[Scheme]:
        """What sells tickets for a provider's rides on a route on a day."""
        return self._kept(provider, feed, route, day)

    def warm_up(self) -> None:
        """Lay out what is measured when it is first asked for."""
        for ticket in self._tickets:
            ticket.warm_up()

    def _find_schemes(self, provider: str, feed: str, route: int, day: date) -> Sequence[Scheme]:
        """What sells tickets for rides on a day: tariffs, and the feed's own fares where no tariff replaces them."""
        tickets = [ticket for ticket in self._tickets if ticket.is_for(provider, route) and ticket.is_valid(day)]
        found: list[Scheme] = [*tickets]
        if feed in self._feeds and not any(ticket.replaces_feed for ticket in tickets):
            found.append(self._feeds[feed])
        return found

    def _why_unknown(self, rides: Sequence[Ride], schemes: Sequence[Sequence[Scheme]], offers: Offers) -> UnknownFare:
        """Of the first ride that nothing pays for; if there is none, it is the sum that cannot be made."""
        if can_be_paid(offers):
            return unknown_fare(FareReason.SEVERAL_CURRENCIES, [ride.leg for ride in rides])
        unpaid = offers.unpaid or list(range(len(rides)))
        legs, first = [rides[at].leg for at in unpaid], rides[unpaid[0]]
        name = self._names.get(first.provider, first.provider)
        said = next(
            (s.unknown_because for s in schemes[unpaid[0]] if isinstance(s, TariffTicket) and s.unknown_because), None
        )
        if said is not None:
            return unknown_fare(FareReason.NOT_PUBLISHED, legs, name, said)
        if schemes[unpaid[0]]:
            return unknown_fare(FareReason.NO_MATCHING_FARE, legs, name)
        dated = any(ticket.is_for(first.provider, first.route) and ticket.replaces_feed for ticket in self._tickets)
        return unknown_fare(FareReason.TARIFF_NOT_VALID if dated else FareReason.NO_FARE_DATA, legs, name)


def price(journey: Journey, book: FareBook, rider: str | None = None) -> Fare | UnknownFare:
    """What a journey costs a rider at least, itemised, or why that is unknown. Never zero for want of knowledge."""
    return book.price(journey, rider)


def _currencies(network: Network) -> frozenset[str]:
    fares = network.fares
    return frozenset([*fares.attributes.currency, *fares.products.currency])


def _feed_schemes(network: Network, lengths: Lengths) -> dict[str, Scheme]:
    """The fares of each feed that has some: version 2 before version 1, as the reference recommends."""
    found: dict[str, Scheme] = {}
    for row, feed in enumerate(network.feeds):
        if has_version_2(network, row):
            found[feed.id] = Version2(network, row)
        elif has_version_1(network, row):
            found[feed.id] = Version1(network, row, lengths)
    return found
