"""Another process that compiles some of the kernels meanwhile, where none are compiled yet."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from ingest.compiled import is_cached
from ingest.kernel_cache import SETTING, base_folder, cache_of_another
from routing.kernels.steady import after_steady_wait

LONGEST_S = 300
ELSEWHERE = "import sys; from routing.warm_up import warm_up_half; warm_up_half(*sys.argv[1:])"


@contextmanager
def half_compiled_elsewhere(folder: Path | None) -> Iterator[None]:
    """While the body compiles its half of the kernels, another process compiles the other, if the cache holds nothing.

    numba compiles one kernel at a time. What that process cannot do is compiled by whoever needs it. With one
    processor, and where nothing can be kept, it would be of no use.

    folder: the version of the snapshot that is served; without one, the other process compiles what needs none.
    """
    if is_cached(after_steady_wait) is not False or (os.cpu_count() or 1) < 2:
        yield
        return
    with ExitStack() as ends:
        other = None
        with suppress(OSError):  # then all is compiled here
            other = ends.enter_context(_other(folder, ends.enter_context(cache_of_another())))
        yield
        if other is not None:
            with suppress(subprocess.TimeoutExpired):
                other.wait(LONGEST_S)


@contextmanager
def _other(folder: Path | None, cache: Path) -> Iterator[subprocess.Popen[bytes]]:
    """It does not outlive the body."""
    other = subprocess.Popen(
        [sys.executable, "-c", ELSEWHERE, str(base_folder()), *([] if folder is None else [str(folder)])],
        env={**os.environ, SETTING: str(cache)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield other
    finally:
        other.kill()
        other.wait()
