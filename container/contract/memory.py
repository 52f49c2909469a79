"""Memory that this process may still allocate, by machine, cgroup and resource limits."""

import contextlib
import os
import resource
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")
_MEASURES = Path("/proc/meminfo")
_SELF = Path("/proc/self/statm")


def available_bytes() -> int:
    """Return the least of the memory left by the machine, by the cgroup and by limits."""
    return max(int(min(_free_of_machine(), _left_of_container(), _left_of_process())), 0)


def _free_of_machine() -> int:
    with contextlib.suppress(OSError):
        for line in _MEASURES.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _left_of_container() -> float:
    try:
        limit = (_CGROUP / "memory.max").read_text().strip()
        used = int((_CGROUP / "memory.current").read_text())
    except (OSError, ValueError):
        return float("inf")
    return int(limit) - used if limit.isdigit() else float("inf")


def _left_of_process() -> float:
    left = float("inf")
    # What `ulimit -v` and `ulimit -d` set; both count what is reserved, not only what is used.
    with contextlib.suppress(OSError, ValueError):
        pages = [int(field) for field in _SELF.read_text().split()]
        for kind, used in ((resource.RLIMIT_AS, pages[0]), (resource.RLIMIT_DATA, pages[5])):
            limit, _ = resource.getrlimit(kind)
            if limit != resource.RLIM_INFINITY:
                left = min(left, limit - used * os.sysconf("SC_PAGE_SIZE"))
    return left
