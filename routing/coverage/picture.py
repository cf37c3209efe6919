"""The coverage report as one map picture (PNG): who reaches what, with legend, scale bar and title."""

from __future__ import annotations

import io
import math
import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path as Outline
from shapely.geometry.base import BaseGeometry

from routing.coverage.results import Coverage, Extent, ProviderCoverage

WIDTH_IN, DOTS_PER_INCH = 13.0, 140
MAP_WIDTH = 0.66
ENTRY_IN, FOOTNOTE_IN, TITLE_IN = 0.6, 0.7, 0.6
MARGIN = 0.04
SHORTER_SIDE = 0.65
"""The map's shorter side is at least so much of the longer one."""
LONGEST_NAME = 46
SIMPLIFIED_TO = 2000
"""Outlines are drawn to one part in so many of the picture's width: finer than a dot."""
# Regions differ in lightness and hatching as well as in colour: contested is dark, exclusive coloured, gap pale.
CONTESTED: dict[str, Any] = {"facecolor": "#2b2b2b", "edgecolor": "#ffffff", "hatch": "////", "linewidth": 0.0}
GAP: dict[str, Any] = {"facecolor": "#efece4", "edgecolor": "#b9b3a2", "hatch": "....", "linewidth": 0.0}
GAP_POINT = "#8a8370"


def draw_coverage(coverage: Coverage) -> bytes:
    """A PNG of the report, in the report's own projection: metres, equal scale both ways, north up."""
    west, south, east, north = _window(coverage)
    map_height = WIDTH_IN * MAP_WIDTH * (north - south) / (east - west)
    height = max(map_height, ENTRY_IN * (len(coverage.providers) + 3) + FOOTNOTE_IN) + TITLE_IN
    figure = Figure(figsize=(WIDTH_IN, height), dpi=DOTS_PER_INCH)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.015, 0.02, MAP_WIDTH, 0.98 - TITLE_IN / height), anchor="NW")
    axes.set(xlim=(west, east), ylim=(south, north), aspect="equal", xticks=[], yticks=[], facecolor="white")
    _draw_regions(axes, coverage, (east - west) / SIMPLIFIED_TO)
    _draw_scale(axes, east - west)
    _draw_words(figure, coverage)
    picture = io.BytesIO()
    with warnings.catch_warnings():
        # A provider's name may use a script that the font lacks; the picture is good without it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(picture, format="png")
    return picture.getvalue()


def _window(coverage: Coverage) -> tuple[float, float, float, float]:
    """(west, south, east, north) in metres: all that is reached, and a margin. What nobody serves may lie outside."""
    bounds = coverage.overall.reached.geometry.bounds
    west, south, east, north = bounds if not coverage.overall.reached.geometry.is_empty else _whole_gap(coverage)
    # Neither a flat line nor a thin tower.
    half = max(east - west, north - south, 1.0) / 2
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    half_x, half_y = (max(side / 2, SHORTER_SIDE * half) + MARGIN * 2 * half for side in (east - west, north - south))
    return middle_x - half_x, middle_y - half_y, middle_x + half_x, middle_y + half_y


def _whole_gap(coverage: Coverage) -> tuple[float, float, float, float]:
    gap = coverage.overall.gap
    if gap is None or gap.geometry.is_empty:
        return -1000.0, -1000.0, 1000.0, 1000.0
    west, south, east, north = gap.geometry.bounds
    return west, south, east, north


def _draw_regions(axes: Axes, coverage: Coverage, tolerance_m: float) -> None:
    overall = coverage.overall
    if overall.gap is not None:
        _draw(axes, overall.gap.geometry, tolerance_m, zorder=1, **GAP)
    for provider in coverage.providers:
        color = f"#{provider.color}"
        _draw(axes, provider.exclusive.geometry, tolerance_m, zorder=2, facecolor=color, linewidth=0.0)
    _draw(axes, overall.contested.geometry, tolerance_m, zorder=3, **CONTESTED)
    # The largest first, so that small ones stay visible on top of it.
    for provider in sorted(coverage.providers, key=lambda provider: -provider.reach.area_km2):
        outline = {"facecolor": "none", "edgecolor": f"#{provider.color}", "linewidth": 1.0}
        _draw(axes, provider.reach.geometry, tolerance_m, zorder=4, **outline)


def _draw(axes: Axes, region: BaseGeometry, tolerance_m: float, **style: Any) -> None:
    parts = shapely.get_parts(region)
    areas = shapely.simplify(parts[shapely.get_dimensions(parts) == 2], tolerance_m)
    if len(areas):
        axes.add_patch(PathPatch(_outline(areas), **style))
    points = shapely.get_coordinates(parts[shapely.get_dimensions(parts) == 0])
    if len(points):
        axes.plot(*points.T, ".", color=GAP_POINT, markersize=3, zorder=style["zorder"])


def _outline(polygons: Sequence[BaseGeometry]) -> Outline:
    """One compound path: rings of holes run the other way round, so that they stay empty."""
    rings = shapely.get_rings(shapely.orient_polygons(polygons))
    vertices = shapely.get_coordinates(rings)
    lengths = shapely.get_num_coordinates(rings)
    codes = np.full(len(vertices), Outline.LINETO, Outline.code_type)
    ends = np.cumsum(lengths)
    codes[ends - lengths] = Outline.MOVETO
    codes[ends - 1] = Outline.CLOSEPOLY
    return Outline(vertices, codes)


def _draw_scale(axes: Axes, width_m: float) -> None:
    """A bar of a round length in the lower left corner."""
    length = _round_down(width_m / 4)
    label = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    x, y = 0.03, 0.035
    share = length / width_m
    style: dict[str, Any] = {"transform": axes.transAxes, "zorder": 6, "color": "black"}
    axes.plot([x, x + share], [y, y], linewidth=3, solid_capstyle="butt", **style)
    box = {"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 1.5}
    axes.text(x + share / 2, y + 0.012, label, ha="center", va="bottom", fontsize=9, bbox=box, **style)


def _round_down(metres: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that is not above `metres`."""
    power = 10.0 ** math.floor(math.log10(metres))
    return max(step * power for step in (1, 2, 5) if step * power <= metres * (1 + 1e-9))


def _draw_words(figure: Figure, coverage: Coverage) -> None:
    radius = f"{coverage.radius_m:g} m"
    title = f"Within {radius} of a stop served on {coverage.on:%A} {coverage.on.day} {coverage.on:%B %Y}"
    height = figure.get_figheight()
    figure.text(0.015, 1 - TITLE_IN / 2 / height, title, fontsize=15, fontweight="bold", va="center", parse_math=False)
    legend = figure.legend(
        handles=_entries(coverage),
        loc="upper left",
        bbox_to_anchor=(MAP_WIDTH + 0.022, 1 - TITLE_IN / height),
        frameon=False,
        fontsize=9,
        labelspacing=1.1,
        handlelength=2.2,
        handleheight=2.0,
        borderaxespad=0.0,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)
    figure.text(MAP_WIDTH + 0.022, 0.025, _footnote(coverage), fontsize=7.5, va="bottom", parse_math=False)


def _entries(coverage: Coverage) -> list[Patch]:
    overall = coverage.overall
    names = Counter(provider.name for provider in coverage.providers)
    entries = [_provider_entry(provider, is_alone=names[provider.name] == 1) for provider in coverage.providers]
    entries.append(Patch(label=f"Contested: two or more reach\n{_size(overall.contested)}", **CONTESTED))
    if overall.gap is not None:
        entries.append(Patch(label=f"Gap: people live here, nobody reaches\n{_size(overall.gap)}", **GAP))
    outline = f"Outline: all that a provider reaches\nall together {_size(overall.reached)}"
    entries.append(Patch(label=outline, facecolor="none", edgecolor="#555555", linewidth=1.0))
    return entries


def _provider_entry(provider: ProviderCoverage, *, is_alone: bool) -> Patch:
    """A provider's lines; where another one has its name, its id tells them apart."""
    color = f"#{provider.color}"
    name = _short(provider.name) if is_alone else f"{_short(provider.name)} ({provider.id})"
    sizes = f"reach {_size(provider.reach)}\nexclusive (filled) {_size(provider.exclusive)}"
    label = f"{name}\n{sizes if provider.stops else 'no service on this date'}"
    return Patch(facecolor=color, edgecolor=color, label=label)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def _size(extent: Extent) -> str:
    digits = 0 if extent.area_km2 >= 10 else 1 if extent.area_km2 >= 1 else 2
    area = "under 0.01 km²" if 0 < extent.area_km2 < 0.005 else f"{extent.area_km2:,.{digits}f} km²"
    if extent.people is None:
        return area
    # People known as points fill no area.
    return f"{area}, {_people(extent.people)}" if extent.area_km2 else _people(extent.people)


def _people(people: float) -> str:
    if people >= 999_500:
        return f"{people / 1e6:.2f} M people"
    return f"{people / 1000:,.0f} k people" if people >= 9_950 else f"{people:,.0f} people"


def _footnote(coverage: Coverage) -> str:
    projection = f"Azimuthal equidistant about {coverage.plane.lat:.3f}, {coverage.plane.lon:.3f}. North is up."
    if coverage.population is None:
        return projection
    return f"People: {coverage.population.source}\n({coverage.population.total:,.0f} in all).\n{projection}"
