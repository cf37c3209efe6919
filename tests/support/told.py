"""Progress that remembers what it was told."""

from __future__ import annotations


class Told:
    """The stages in order, and how much of each was done."""

    def __init__(self) -> None:
        self.stages: list[str] = []
        self.done: list[float] = []

    def __call__(self, stage: str, done: float = 0.0, /) -> None:
        self.stages.append(stage)
        self.done.append(done)
