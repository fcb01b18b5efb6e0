"""What a run costs: wall and processor time, memory. For figures that are shown; nothing is decided by them."""

import sys
import time
from pathlib import Path

MIB = 1 << 20


def seconds() -> float:
    """Read a steady clock."""
    return time.perf_counter()


def cpu_seconds() -> float:
    """Processor time of all threads of this process: what stays the same when others use the machine too."""
    return time.process_time()


def peak_bytes() -> int:
    """Peak resident memory of this process alone, 0 where the system does not say.

    On Linux getrusage would start from the parent's.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
