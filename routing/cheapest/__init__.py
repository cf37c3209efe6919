"""The cheapest journeys within a limit on time: price as a criterion of the search, not only of what it has found."""

from routing.cheapest.find import MAX_WITHIN_S, check_within, find_cheapest
from routing.cheapest.written import PricedJourney

__all__ = ["MAX_WITHIN_S", "PricedJourney", "check_within", "find_cheapest"]
