"""Shorter scheduler time slice for this thread (Linux 6.12 and later)."""

import ctypes
import os
import platform

# The shortest that Linux grants; a quick request would wait for the usual slice of 3 ms.
_SLICE_NANOSECONDS = 100_000
_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}


class _Attributes(ctypes.Structure):
    """`struct sched_attr` of sched_setattr(2)."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("policy", ctypes.c_uint32),
        ("flags", ctypes.c_uint64),
        ("nice", ctypes.c_int32),
        ("priority", ctypes.c_uint32),
        ("runtime", ctypes.c_uint64),
        ("deadline", ctypes.c_uint64),
        ("period", ctypes.c_uint64),
    )


def request_short_time_slice() -> bool:
    """Request the shortest slice for this thread and its children; return whether it was granted.

    Linux supports it since 6.12; elsewhere nothing changes, and nothing else depends on it.
    https://docs.kernel.org/scheduler/sched-eevdf.html
    """
    number = _SCHED_SETATTR.get(platform.machine())
    if number is None or os.uname().sysname != "Linux":
        return False
    attributes = _Attributes(
        size=ctypes.sizeof(_Attributes),
        policy=os.SCHED_OTHER,
        nice=os.getpriority(os.PRIO_PROCESS, 0),
        runtime=_SLICE_NANOSECONDS,
    )
    return bool(ctypes.CDLL(None).syscall(number, 0, ctypes.byref(attributes), 0) == 0)
