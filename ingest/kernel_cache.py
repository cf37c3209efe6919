"""Where compiled kernels are kept. Known without importing numba, which takes a second."""

from __future__ import annotations

import atexit
import glob
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

SETTING = "TIMBANG_KERNEL_CACHE"
LEFT_OVER_S = 3600


def base_folder() -> Path:
    """In which all cache folders are."""
    named = os.environ.get(SETTING)
    return Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "timbang"


def cache_folder(name: str, sources: Sequence[Path]) -> Path:
    """The folder for this very version of the kernels in `sources`, which may not be there."""
    digest = hashlib.sha256(version("numba").encode())
    for source in sources:
        digest.update(source.read_bytes())
    return base_folder() / f"{name}-{digest.hexdigest()[:16]}"


def writable_folder(name: str, sources: Sequence[Path]) -> Path | None:
    """The same, made if need be. Where nothing can be written there, one of a temporary base folder, which is that of
    this process and those that it starts from then on, and gone when it ends; None where there is none either."""
    made = _made_folder(name, sources)
    if made is None and _takes_temporary_base():
        made = _made_folder(name, sources)
    return made


def _made_folder(name: str, sources: Sequence[Path]) -> Path | None:
    try:
        folder = cache_folder(name, sources)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        return None


def _takes_temporary_base() -> bool:
    try:
        made = tempfile.mkdtemp(prefix="timbang-kernels-")
    except OSError:
        return False
    os.environ[SETTING] = made
    atexit.register(_remove, made, os.getpid())
    return True


def _remove(base: str, owner: int) -> None:
    if os.getpid() == owner:  # and not one that it was split into
        shutil.rmtree(base, ignore_errors=True)


@contextmanager
def cache_of_another() -> Iterator[Path]:
    """A base folder for another process, whose kernels are taken over at the end: those of which there is nothing yet.

    Two processes with one folder could write the same file for different kinds of arguments. What cannot be taken over
    is compiled by who needs it. Raises OSError where there can be no such folder.
    """
    base = base_folder()
    _remove_leftovers(base)
    with tempfile.TemporaryDirectory(prefix="compiling-", dir=base, ignore_cleanup_errors=True) as made:
        yield Path(made)
        with suppress(OSError):
            take_over(Path(made), base)


def _remove_leftovers(base: Path) -> None:
    """What processes have left here that were killed. Nobody compiles for so long."""
    for made in (*base.glob("compiling-*"), *base.glob("taking-*")):
        with suppress(OSError):
            if time.time() - made.stat().st_mtime > LEFT_OVER_S:
                shutil.rmtree(made, ignore_errors=True)


def take_over(other: Path, base: Path) -> None:
    """Copy from another base folder, where kernels may just be written, those of which there is nothing in `base`.

    What a kernel was compiled to is written before the index that tells of it. Raises OSError.
    """
    for index in sorted(other.glob("*-*/*/*.nbi")):
        into = base / index.relative_to(other).parent
        if (into / index.name).exists():
            continue
        into.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="taking-", dir=base) as made:
            read = Path(shutil.copy(index, made))
            for compiled in index.parent.glob(f"{glob.escape(index.stem)}.*.nbc"):
                Path(shutil.copy(compiled, made)).replace(into / compiled.name)
            read.replace(into / index.name)
