"""From a network to journeys and comparisons: `from routing import Query, Router`."""

from routing.journeys import Journey, RideLeg, WalkLeg
from routing.kernels.layout import UNREACHED
from routing.query import Query, QueryError
from routing.router import Router

__all__ = ["UNREACHED", "Journey", "Query", "QueryError", "RideLeg", "Router", "WalkLeg"]
