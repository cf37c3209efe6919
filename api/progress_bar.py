"""The progress bar of commands: on standard error, and only where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from api.cli_output import printable
from ingest.progress import Progress, silent, stage_name


@contextmanager
def progress_bar(stages: int | Mapping[str, float], *, shown: bool = True) -> Iterator[Progress]:
    """A bar on standard error, if that is a terminal; standard output is left alone. Gone when the block ends.

    `shown` is for a command whose lines of output would run into the bar.

    `stages` is how many there are, equally long; or their names in order, and how long each takes beside the others.
    """
    if not shown or not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    plan = CountedStages(stages) if isinstance(stages, int) else WeighedStages(stages)
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=1.0)

        def report(stage: str, done: float = 0.0, /) -> None:
            bar.update(task, description=printable(stage), completed=plan.share(stage, done))

        yield report


class CountedStages:
    """`count` stages of equal length, known by name when they begin."""

    def __init__(self, count: int) -> None:
        self._count = max(count, 1)
        self._begun, self._current = 0, ""

    def share(self, stage: str, done: float) -> float:
        """How much of the whole is finished, 0 to 1; never more than the stages that began."""
        if stage != self._current:
            self._begun, self._current = self._begun + 1, stage
        return min((self._begun - 1 + done) / self._count, 1.0)


class WeighedStages:
    """Stages by name, in order, each as long as its weight says. One that is not among them moves nothing."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = dict(weights)
        total = sum(weights.values())
        before = 0.0
        self._before: dict[str, float] = {}
        for name, weight in weights.items():
            self._before[name] = before / total
            self._weights[name] = weight / total
            before += weight
        self._reached = 0.0

    def share(self, stage: str, done: float) -> float:
        """How much of the whole is finished, 0 to 1; it never goes back."""
        name = stage_name(stage)
        if name in self._before:
            self._reached = max(self._reached, self._before[name] + min(done, 1.0) * self._weights[name])
        return self._reached
