"""Keeps what large requests took from staying with a server that may not need it again."""

import ctypes

# glibc's names for what it may be told.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_LARGE_BYTES = 256 * 1024


def return_freed_memory_to_os() -> None:
    """Have all memory above a size go back as soon as it is freed.

    glibc raises that size with each block that is freed, up to 32 MiB, and then keeps them.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _LARGE_BYTES)


def trim_heap() -> None:
    """Give back what is free: without this glibc keeps the pages of models that are gone."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
