"""A duel as one picture (PNG or SVG) for a report: travel time over the day, and who is best when."""

from __future__ import annotations

import io
import warnings

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from routing.compare.duel import Duel, set_names
from routing.compare.duel_curve import Curve
from routing.compare.fronts import ProviderSet
from routing.instants import after

WIDTH_IN, CHART_IN, ROW_IN, WORDS_IN, DOTS_PER_INCH = 11.0, 4.2, 0.34, 1.5, 140
HOUR_S, MINUTE_S = 3600, 60
FORMATS = ("png", "svg")
DARK, ON_FOOT = "#2b2b2b", "#8a8370"
LONGEST_NAME = 44
MOST_TICKS = 13
TOP_MEDIANS = 2.5
"""The scale ends at so many medians, at the latest: the hours of waiting through a night are off it."""


def draw_duel(duel: Duel, kind: str = "png") -> bytes:
    """`kind` is one of FORMATS. Times are those of the query's zone."""
    rows = max(1, len(duel.sets))
    bands = ROW_IN * rows + 0.1
    height = CHART_IN + bands + WORDS_IN
    figure = Figure(figsize=(WIDTH_IN, height), dpi=DOTS_PER_INCH)
    FigureCanvasAgg(figure)
    chart = figure.add_axes((0.27, (bands + 1.0) / height, 0.71, (CHART_IN - 0.1) / height))
    strip = figure.add_axes((0.27, 0.55 / height, 0.71, bands / height), sharex=chart)
    _draw_times(chart, duel)
    _draw_bands(strip, duel)
    _draw_clock(strip, duel)
    figure.text(0.015, 1 - 0.3 / height, _title(duel), fontsize=14, fontweight="bold", va="center", parse_math=False)
    picture = io.BytesIO()
    with warnings.catch_warnings():
        # A provider's name may use a script that the font lacks; the picture is good without it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        # Without a date, the same duel is the same file.
        figure.savefig(picture, format=kind, metadata={"Date": None} if kind == "svg" else None)
    return picture.getvalue()


def _title(duel: Duel) -> str:
    ends = [end if isinstance(end, str) else f"{end[0]:.4f}, {end[1]:.4f}" for end in (duel.query.origin,
            duel.query.destination)]  # fmt: skip
    day = duel.begin
    return f"{ends[0]} to {ends[1]}, {day:%A} {day.day} {day:%B %Y}"


def _draw_times(axes: Axes, duel: Duel) -> None:
    """Minutes from being ready to arriving: a thick line for all together, one each for who can do it alone."""
    names = {provider.id: provider.name for provider in duel.providers}
    together = max(duel.curves, key=len)
    for chosen, curve in sorted(duel.curves.items(), key=lambda row: (len(row[0]), sorted(row[0]))):
        if chosen == together or not curve.is_reached.any():
            continue
        label = f"{set_names(names, chosen)} alone" if chosen else "walking all the way"
        axes.plot(*_points(curve), color=_color(duel, chosen), linewidth=1.4, label=_short(label), zorder=3)
    curve = duel.curves[together]
    axes.plot(*_points(curve), color=DARK, linewidth=2.6, alpha=0.85, label="all providers together", zorder=2)
    shown = np.concatenate([curve.travel for curve in duel.curves.values()]) / MINUTE_S
    top = min(1.05 * float(shown.max()), TOP_MEDIANS * float(np.median(shown))) if len(shown) else 60.0
    axes.set(ylim=(0, max(top, 10.0)), xlim=(0, duel.seconds), ylabel="minutes until there")
    axes.tick_params(labelbottom=False)
    axes.grid(color="#e6e6e6", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    legend = axes.legend(
        loc="upper right", bbox_to_anchor=(-0.09, 1.0), frameon=False, fontsize=9, alignment="left", handlelength=1.4
    )
    for text in legend.get_texts():
        text.set_parse_math(False)


def _points(curve: Curve) -> tuple[np.ndarray, np.ndarray]:
    """Only where the line turns; a gap where nobody gets there."""
    ready = np.arange(len(curve.arrival))
    minutes = np.where(curve.is_reached, (curve.arrival - ready) / MINUTE_S, np.nan)
    bends = np.flatnonzero(np.diff(np.nan_to_num(minutes, nan=-1.0), 2).round(9)) + 1
    kept = np.unique(np.concatenate([[0], bends, bends + 1, [len(ready) - 1]]))
    kept = kept[kept < len(ready)]
    return ready[kept], minutes[kept]


def _draw_bands(axes: Axes, duel: Duel) -> None:
    """A row a set: when nobody is there before it, and for how much of the day."""
    names = {provider.id: provider.name for provider in duel.providers}
    for row, share in enumerate(duel.sets):
        spans = [(period.begin, period.end - period.begin) for period in duel.periods if share.providers in period.best]
        axes.broken_barh(spans, (row - 0.38, 0.76), facecolors=_color(duel, share.providers), linewidth=0)
    axes.set(ylim=(max(1, len(duel.sets)) - 0.4, -0.6), yticks=range(len(duel.sets)))
    labels = [f"{_short(set_names(names, share.providers))}  {share.share:.1%}" for share in duel.sets]
    for text in axes.set_yticklabels(labels, fontsize=9):
        text.set_parse_math(False)
    axes.set_title("Who is there first, for who is ready at that time", loc="left", fontsize=9.5, pad=4)
    axes.set_facecolor("#faf9f6")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _draw_clock(axes: Axes, duel: Duel) -> None:
    """Ticks at whole hours of the clock, few enough to read."""
    first = duel.begin.replace(minute=0, second=0, microsecond=0)
    steps = (1, 2, 3, 6)
    step = next((hours for hours in steps if duel.seconds / HOUR_S / hours <= MOST_TICKS), steps[-1])
    ticks = [
        second
        for second in range(0, duel.seconds + HOUR_S, HOUR_S)
        if after(first, second).hour % step == 0
    ]  # fmt: skip
    shift = int(duel.begin.timestamp() - first.timestamp())
    inside = [second - shift for second in ticks if 0 <= second - shift <= duel.seconds]
    axes.set_xticks(inside, [f"{after(duel.begin, second):%H:%M}" for second in inside], fontsize=9)
    axes.set_xlabel("ready to leave", fontsize=9)


def _color(duel: Duel, chosen: ProviderSet) -> str:
    """A provider's own; of several the mean, darker, so that a set is not taken for one of its providers."""
    if not chosen:
        return ON_FOOT
    colors = [provider.color for provider in duel.providers if provider.id in chosen]
    parts = np.array([[int(color[at : at + 2], 16) for at in (0, 2, 4)] for color in colors]).mean(axis=0)
    parts = parts * (1.0 if len(colors) == 1 else 0.72)
    return "#" + "".join(f"{int(part):02x}" for part in parts)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"
