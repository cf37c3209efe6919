"""What is made once and kept as long as there is room: what was not used for longest goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, Generic, TypeVar
from weakref import WeakMethod

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Method = TypeVar("Method", bound=Callable[..., Any])


def kept_calls(most: int, method: Method) -> Method:
    """`method` of an object that is to hold this itself, with the last `most` results kept.

    The object does not keep itself alive by it: a live network must be gone when the next has taken its place.
    """
    found = WeakMethod(method)

    def call(*words: Hashable) -> Any:
        whole = found()
        assert whole is not None, "who calls holds the object"
        return whole(*words)

    return lru_cache(most)(call)  # type: ignore[return-value] # it takes what the method takes


class Kept(Generic[Key, Value]):
    """At most `most` values by key, none of them None. Safe to share between threads: two that miss make it twice."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._last: tuple[Key, Value] | None = None
        """What was asked for last, the newest of the values: it is looked at without the lock."""
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._values)

    def values(self) -> list[Value]:
        """All of them, the one that was not used for longest first."""
        with self._lock:
            return list(self._values.values())

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of `key`, made by `make` where it is not kept. What `make` raises is raised, and nothing kept."""
        last = self._last
        if last is not None and last[0] == key:
            return last[1]
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
                self._last = key, found
                return found
        made = make()
        with self._lock:
            self._values[key] = made
            self._values.move_to_end(key)
            self._last = key, made
            if len(self._values) > self._most:
                self._values.popitem(last=False)
        return made


class Recent(Generic[Key, Value]):
    """The last `size` results of something costly, made once even if several threads ask: the others wait for it."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of `key`, made by `make` where it is not kept."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
                if len(self._kept) > self._size:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]
