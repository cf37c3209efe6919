"""What journeys cost: the cheapest legal set of tickets, out of the feeds' fares and of tariff files."""

from routing.fares.book import FareBook, price
from routing.fares.fare import Fare, FareReason, Ticket, UnknownFare

__all__ = ["Fare", "FareBook", "FareReason", "Ticket", "UnknownFare", "price"]
