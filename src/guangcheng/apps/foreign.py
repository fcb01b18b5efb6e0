"""Keep standard output ours: what C libraries print there goes to standard error."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_OUT, _ERR = 1, 2


@contextmanager
def foreign_output_to_stderr() -> Iterator[None]:
    """Send file descriptor 1 to standard error for a while (HiGHS 1.16 greets on it, whatever its options say)."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    try:
        kept = os.dup(_OUT)
    except OSError:  # no standard output at all: nothing to keep clean
        yield
        return
    try:
        os.dup2(_ERR, _OUT)
        yield
    finally:
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).fflush(None)
        os.dup2(kept, _OUT)
        os.close(kept)
