"""What planners ask of a service date: where each provider's stops reach, whom, and how often vehicles leave."""

from routing.coverage.files import write_coverage
from routing.coverage.geojson import coverage_geojson
from routing.coverage.population import Population, PopulationError
from routing.coverage.population_files import read_population
from routing.coverage.report import CoverageError, coverage
from routing.coverage.results import Coverage

__all__ = [
    "Coverage",
    "CoverageError",
    "Population",
    "PopulationError",
    "coverage",
    "coverage_geojson",
    "read_population",
    "write_coverage",
]
