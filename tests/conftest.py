"""What every test run needs: checked kernels never come from a cache of unchecked ones, and files enough."""

from __future__ import annotations

import atexit
import os
import resource
import shutil
import tempfile

import anyio
from hypothesis import settings

# The kernels' cache does not know that NUMBA_BOUNDSCHECK changes them. This must be set before they are imported.
if os.environ.get("NUMBA_BOUNDSCHECK") == "1" and "TIMBANG_KERNEL_CACHE" not in os.environ:
    os.environ["TIMBANG_KERNEL_CACHE"] = tempfile.mkdtemp(prefix="timbang-kernels-")
    atexit.register(shutil.rmtree, os.environ["TIMBANG_KERNEL_CACHE"], ignore_errors=True)

# Snapshots that tests of one process share stay mapped, a descriptor an array: more than the 1,024 that are usual.
MOST_FILES = 16_384
_soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
if _soft != resource.RLIM_INFINITY and _soft < MOST_FILES:
    _most = MOST_FILES if _hard == resource.RLIM_INFINITY else min(MOST_FILES, _hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_most, _hard))

# The first example of many a test compiles a kernel: how long one example takes says nothing.
settings.register_profile("timbang", deadline=None)
settings.load_profile("timbang")
os.environ.pop("COLUMNS", None)  # pytest-xdist sets it for itself; our command line would take it for its own

# anyio imports its parts when they are first asked for, and pytest rewrites them then, for anyio is one of its plugins.
# It makes a syntax tree, as numba does where another thread compiles kernels: CPython 3.11 fails if both do at once.
_ = [getattr(anyio, part) for part in dir(anyio)]
