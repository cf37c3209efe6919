"""Whether kernels are compiled, or run as the plain Python that they are written in: the answers are the same.

To compile them all takes a minute, and to read compiled ones takes seconds: who asks one thing of a small network is
told sooner without. It is settled for a process, and those that it starts, before the first kernel is imported.
"""

from __future__ import annotations

import os
import sys

SETTING = "TIMBANG_KERNELS"
COMPILED, PLAIN = "compiled", "plain"
DECORATORS = f"{__package__}.compiled"


def check_setting() -> None:
    """Raises ValueError for a word that means nothing, rather than taking it for one that does."""
    word = os.environ.get(SETTING) or COMPILED
    if word not in (COMPILED, PLAIN):
        raise ValueError(f"{SETTING} is {word!r}; it must be {PLAIN} or {COMPILED}")


def are_plain() -> bool:
    """Whether they run as plain Python. Raises ValueError as check_setting does."""
    check_setting()
    return are_slow_by_choice() or os.environ.get("NUMBA_DISABLE_JIT") == "1"


def are_slow_by_choice() -> bool:
    """Whether they do to save time, and not to be tested: what a kernel does sooner than a library is the library's."""
    return os.environ.get(SETTING) == PLAIN


def prefer_plain() -> None:
    """Let them, in a process that `runs_one_command`, unless somebody has said otherwise or a kernel was imported.

    Elsewhere more may be asked later, of kernels that would still be plain.
    """
    if _process.is_one_command and DECORATORS not in sys.modules and not os.environ.get(SETTING):
        os.environ[SETTING] = PLAIN


def runs_one_command() -> None:
    """Say that this process ends with the command that it runs."""
    _process.is_one_command = True


class _Process:
    """What is known of this one."""

    is_one_command = False


_process = _Process()
