"""Are the answers right? Against a peer, to the minute, and against answers that were stored before, to the second."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.queries import StopPair
from routing import Journey

COLUMNS = ("id", "journeys")


class ChangedAnswersError(AssertionError):
    """Answers that are no longer what was stored. The text names the first queries that changed."""


@dataclass(slots=True)
class Agreement:
    """How the earliest arrivals of two engines compare."""

    equal: int = 0
    """Within the same minute, or whatever the steps are."""
    ours_earlier: int = 0
    theirs_earlier: int = 0
    only_ours: int = 0
    only_theirs: int = 0
    neither: int = 0

    @property
    def n_different(self) -> int:
        """Queries with another answer."""
        return self.ours_earlier + self.theirs_earlier + self.only_ours + self.only_theirs

    def to_dict(self) -> dict[str, int]:
        """JSON-ready."""
        return asdict(self)


@dataclass(slots=True)
class Comparison:
    """Agreement with one peer as it is, and after each step of reading feeds the way it does."""

    peer: str
    as_is: Agreement
    steps: list[tuple[str, Agreement]] = field(default_factory=list)
    resolution_s: int = 60
    notes: list[str] = field(default_factory=list)
    """What the legs of the peer say of answers that stay different."""

    def told(self, findings: Sequence[str]) -> None:
        """Take down what the peer's legs of its earlier answers do; "" for those that do nothing of the kind."""
        counted = Counter(findings)
        plain = counted.pop("", 0)
        parts = [f"{n} × {what}" for what, n in counted.most_common()]
        if plain:
            parts.append(f"{plain} × its legs do not show why")
        if parts:
            self.notes.append(f"Where it is earlier: {', '.join(parts)}.")

    def explanation(self) -> str:
        """Where the differences come from, as counted."""
        before, parts = self.as_is.n_different, []
        for name, agreement in self.steps:
            parts.append(f"{agreement.n_different} after reading {name}")
        chain = ", ".join([f"{before} of {_total(self.as_is)} answers differ", *parts])
        if not self.steps:
            return f"{chain}."
        last = self.steps[-1][1]
        stays = (
            f"{chain}. What stays: ours earlier {last.ours_earlier}, theirs earlier {last.theirs_earlier}, "
            f"only ours {last.only_ours}, only theirs {last.only_theirs}."
        )
        return " ".join([stays, *self.notes])

    def to_dict(self) -> dict[str, object]:
        """JSON-ready."""
        return {
            "peer": self.peer,
            "resolution_s": self.resolution_s,
            "as_is": self.as_is.to_dict(),
            "steps": [{"reading": name, **agreement.to_dict()} for name, agreement in self.steps],
            "explanation": self.explanation(),
        }


def agree(ours: Sequence[int | None], theirs: Sequence[int | None], resolution_s: int = 60) -> Agreement:
    """Compare earliest arrivals (UTC seconds or None), query by query, by their minute or in other steps."""
    found = Agreement()
    for mine, other in zip(ours, theirs, strict=True):
        if mine is None or other is None:
            which = {(True, True): "neither", (False, True): "only_ours"}.get(
                (mine is None, other is None), "only_theirs"
            )
        elif mine // resolution_s == other // resolution_s:
            which = "equal"
        else:
            which = "ours_earlier" if mine < other else "theirs_earlier"
        setattr(found, which, getattr(found, which) + 1)
    return found


def _total(agreement: Agreement) -> int:
    return agreement.n_different + agreement.equal + agreement.neither


def describe(journeys: Sequence[Journey]) -> str:
    """A Pareto front as text: departure-arrival/transfers of each journey, local times, `walk` for walking."""
    return " ".join(
        f"{_clock(journey, 'departure')}-{_clock(journey, 'arrival')}/"
        f"{'walk' if journey.kind == 'walk' else journey.transfers}"
        for journey in journeys
    )


def _clock(journey: Journey, end: str) -> str:
    when = getattr(journey, end)
    return f"{when:%H:%M:%S}"


def write_expected(path: Path, pairs: Iterable[StopPair], fronts: Iterable[str]) -> None:
    """Store fronts as the answers that later runs must give."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((pair.id, front) for pair, front in zip(pairs, fronts, strict=True))


def check_expected(path: Path, pairs: Sequence[StopPair], fronts: Sequence[str]) -> int:
    """How many answers were compared with the stored ones. Raises ChangedAnswersError if one differs."""
    with path.open(encoding="utf-8", newline="") as handle:
        stored = {row["id"]: row["journeys"] for row in csv.DictReader(handle)}
    changed = [
        f"query {pair.id} {pair.origin} -> {pair.destination} at {pair.time.isoformat()}: "
        f"expected {stored.get(pair.id, 'no row')!r}, got {front!r}"
        for pair, front in zip(pairs, fronts, strict=True)
        if stored.get(pair.id) != front
    ]
    if changed:
        raise ChangedAnswersError(
            f"{len(changed)} of {len(pairs)} answers differ from {path}; the first ones:\n" + "\n".join(changed[:5])
        )
    return len(pairs)
