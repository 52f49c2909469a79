"""Settings of glibc's heap: freed memory is returned to the operating system."""

import ctypes

# Parameters of glibc's mallopt(3).
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_LARGE_BYTES = 256 * 1024


def return_freed_memory_to_os() -> None:
    """Return freed blocks above a size to the operating system at once.

    By default glibc raises that size with each freed block, up to 32 MiB, and keeps the blocks.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _LARGE_BYTES)


def trim_heap() -> None:
    """Return free heap pages to the system: without this glibc keeps those of unloaded models."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
