"""The coverage report of one service date: what each provider reaches and runs, and what nobody reaches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.model import Int32s, Network, Provider
from ingest.service_profile import ProviderStatistics, provider_statistics
from routing.cancel import check_cancelled
from routing.coverage.departures import Departures, departures_on
from routing.coverage.plane import Plane
from routing.coverage.population import PeopleMap, Population
from routing.coverage.reach import Regions, discs_union, divide
from routing.coverage.results import Coverage, Extent, Overall, PairCoverage, ProviderCoverage

LARGEST_RADIUS_M = 50_000
"""Nobody walks that far; beyond it the flat map would no longer be true."""


class CoverageError(ValueError):
    """A question that has no answer, such as a negative radius."""


def coverage(
    network: Network, on: date, radius_m: float, population: Population | None, *, statistics: bool = True
) -> Coverage:
    """What every provider covers on service date `on`: places within `radius_m` of a stop that it serves that day.

    statistics: also gtfs-kit's supply statistics, which take some seconds for a large provider.
    Raises CoverageError if the radius is not above 0 and at most LARGEST_RADIUS_M.
    """
    if not (math.isfinite(radius_m) and 0 < radius_m <= LARGEST_RADIUS_M):
        raise CoverageError(f"radius {radius_m:g} m: it must be above 0 and at most {LARGEST_RADIUS_M} m")
    departures = [departures_on(network, index, on) for index in range(len(network.providers))]
    plane = _plane(network, departures)
    regions = divide([_reach(network, plane, each, radius_m) for each in departures])
    measure = _Measure(None if population is None else PeopleMap(population, plane))
    extents = _provider_extents(regions, measure)
    return Coverage(
        snapshot_id=network.snapshot_id,
        on=on,
        radius_m=radius_m,
        providers=tuple(
            _provider(provider, each, three, provider_statistics(network, index, on) if statistics else None)
            for index, (provider, each, three) in enumerate(zip(network.providers, departures, extents, strict=True))
        ),
        pairs=_pairs(network.providers, regions, measure),
        overall=_overall(regions, measure),
        population=population,
        plane=plane,
    )


class _Measure:
    """Sizes of regions."""

    def __init__(self, people: PeopleMap | None) -> None:
        self.people = people

    def whole(self, region: BaseGeometry) -> Extent:
        people = None if self.people is None else self.people.within(region)
        return Extent(float(shapely.area(region)) / 1e6, people, region)

    def rest(self, region: BaseGeometry, whole: Extent, part: Extent) -> Extent:
        """The region that is `whole` without `part`: its people are the difference, so that they add up exactly."""
        people = None if whole.people is None or part.people is None else max(whole.people - part.people, 0.0)
        return Extent(float(shapely.area(region)) / 1e6, people, region)


def _plane(network: Network, departures: Sequence[Departures]) -> Plane:
    served = np.unique(np.concatenate([np.empty(0, np.int32), *(each.stops for each in departures)]))
    served = _with_position(network, served.astype(np.int32))
    return Plane(network.stops.lat[served], network.stops.lon[served])


def _with_position(network: Network, stops: Int32s) -> Int32s:
    return stops[np.isfinite(network.stops.lat[stops]) & np.isfinite(network.stops.lon[stops])]


def _reach(network: Network, plane: Plane, departures: Departures, radius_m: float) -> BaseGeometry:
    check_cancelled()
    stops = _with_position(network, departures.stops)
    return discs_union(plane.to_metres(network.stops.lat[stops], network.stops.lon[stops]), radius_m)


def _provider_extents(regions: Regions, measure: _Measure) -> list[tuple[Extent, Extent, Extent]]:
    """(reach, exclusive, contested) of each provider."""
    extents = []
    for whole, alone, common in zip(regions.reach, regions.exclusive, regions.contested, strict=True):
        reach, contested = measure.whole(whole), measure.whole(common)
        extents.append((reach, measure.rest(alone, reach, contested), contested))
    return extents


def _provider(
    provider: Provider,
    departures: Departures,
    extents: tuple[Extent, Extent, Extent],
    statistics: ProviderStatistics | None,
) -> ProviderCoverage:
    reach, exclusive, contested = extents
    return ProviderCoverage(
        id=provider.id,
        name=provider.name,
        color=provider.color,
        stops=len(departures.stops),
        reach=reach,
        exclusive=exclusive,
        contested=contested,
        departures=departures,
        statistics=statistics,
    )


def _pairs(providers: Sequence[Provider], regions: Regions, measure: _Measure) -> tuple[PairCoverage, ...]:
    return tuple(
        PairCoverage((providers[first].id, providers[second].id), measure.whole(region))
        for (first, second), region in regions.shared.items()
    )


def _overall(regions: Regions, measure: _Measure) -> Overall:
    reached, contested = measure.whole(regions.all_reached), measure.whole(regions.all_contested)
    alone = shapely.difference(regions.all_reached, regions.all_contested)
    return Overall(reached, measure.rest(alone, reached, contested), contested, _gap(measure.people, reached))


def _gap(people: PeopleMap | None, reached: Extent) -> Extent | None:
    if people is None or reached.people is None:
        return None
    outside = people.outside(reached.geometry)
    return Extent(float(shapely.area(outside)) / 1e6, max(float(people.people.sum()) - reached.people, 0.0), outside)
