"""What a measurement was made on: machine, versions, feeds, commit."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

LIBRARIES = ("numba", "numpy", "polars", "networkx", "shapely", "pynigiri", "cafein", "ferrobus")
ROOT = Path(__file__).resolve().parents[1]


def describe_machine() -> dict[str, Any]:
    """CPU, cores, memory, kernel, Python, libraries, and how busy the machine is with other work."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "memory_gb": _memory_gb(),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "libraries": {name: _version(name) for name in LIBRARIES},
        "load_average_1m": round(os.getloadavg()[0], 2),
        "git": _git_state(),
    }


def describe_feeds(feeds: Mapping[str, Path]) -> dict[str, dict[str, str]]:
    """File name and SHA-256 of each feed."""
    return {
        feed: {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for feed, path in feeds.items()
        if path.is_file()
    }


def _cpu_model() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory_gb() -> float:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _git_state() -> str | None:
    """The commit, with `+` if files of the project differ from it; None outside a repository."""
    commit = _git("rev-parse", "HEAD")
    if commit is None:
        return None
    return f"{commit}+" if _git("status", "--porcelain", "--untracked-files=no") else commit


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
