"""How each provider stands in a comparison: served, cannot (and why), no data, or stale."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from routing.compare.option import Option
from routing.profile_search import ride_skeletons
from routing.query import Query
from routing.reconstruct import Ends
from routing.router import Router
from routing.service_span import outside_span


@dataclass(frozen=True, slots=True)
class Standing:
    """One provider's line. `alone` and `combined` are option ids, best rank first.

    `alone_reason` says why a provider that is served only together with others has no option of its own.
    """

    id: str
    name: str
    color: str
    status: str
    reason: str | None
    best: str | None
    alone_reason: str | None
    alone: tuple[str, ...]
    combined: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "id": self.id,
            "name": self.name,
            "color": self.color,
            "status": self.status,
            "reason": self.reason,
            "best": self.best,
            "alone_reason": self.alone_reason,
            "alone": list(self.alone),
            "combined": list(self.combined),
        }


def standings(
    router: Router, query: Query, ends: Ends, options: Sequence[Option], window_s: int | None = None
) -> list[Standing]:
    """All providers of the snapshot, by id: those that a query leaves out are not listed."""
    asked = query.providers
    providers = [p for p in router.network.providers if asked is None or p.id in asked]
    ridden = [(option.id, option.providers) for option in options]
    is_walked = any(not chosen for _, chosen in ridden)
    found = []
    for provider in sorted(providers, key=lambda provider: provider.id):
        own = [(option, len(chosen)) for option, chosen in ridden if provider.id in chosen]
        alone = tuple(option for option, n_providers in own if n_providers == 1)
        combined = tuple(option for option, n_providers in own if n_providers > 1)
        why = ("served", None) if alone else _why_not(router, query, ends, provider.id, window_s, is_walked=is_walked)
        status, reason = ("served", None) if combined else why
        best, alone_reason = (alone[0], None) if alone else (None, why[1])
        found.append(
            Standing(provider.id, provider.name, provider.color, status, reason, best, alone_reason, alone, combined)
        )
    return found


def _why_not(
    router: Router, query: Query, ends: Ends, provider: str, window_s: int | None, *, is_walked: bool
) -> tuple[str, str | None]:
    """(status, reason) of a provider that rides no option alone."""
    service = router.services.of(router.provider_index(provider))
    if not service.has_trips:
        return "no_data", "no_data"
    outside = outside_span(service.span_s, query.time)
    if outside:
        return ("stale" if outside == "after_service" else "cannot"), outside
    alone = frozenset({provider})
    timetable = router.timetable(query)
    if not router.pinned(query).allowed_of(query, alone, timetable).any():
        return "cannot", "not_running"
    if not (service.serves(ends.access.stops) and service.serves(ends.egress.stops)):
        return "cannot", "no_stop_in_reach"
    if window_s is None and not is_walked:  # only a walk beats a journey of one provider
        return "cannot", "no_connection"
    only = dataclasses.replace(query, providers=alone)
    if window_s is not None:
        is_linked = next(ride_skeletons(router, only, ends, window_s), None) is not None
    else:
        is_linked = router.can_connect(only, ends) and bool(router.skeletons(only, ends))
    return "cannot", "beaten_by_walking" if is_linked else "no_connection"
