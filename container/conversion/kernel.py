"""Sandboxing by the Linux kernel: namespaces, Landlock and no_new_privs, irrevocably."""

import ctypes
import signal
import struct

_NEW_NETWORK = 0x40000000
_NEW_USER = 0x10000000
_PARENT_DEATH_SIGNAL = 1
_NO_NEW_PRIVILEGES = 38
# Landlock's system calls have one number on all processors.
_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_ASK_VERSION = 1
# Landlock's names of rights, by the version that brought them: all but reading files and folders.
_FILES = {1: 0x1FFF & ~0b1100, 2: 1 << 13, 3: 1 << 14}
_TCP = {4: 0b11}
# Signals to others, and sockets without a file.
_OTHERS = {6: 0b11}


def restrict_process() -> str:
    """Give up network, files and programs; return those that this kernel cannot close."""
    library = ctypes.CDLL(None)
    if not hasattr(library, "unshare"):
        return "the network, files and programs"
    library.prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    # As root, and else as root of a namespace of one's own.
    offline = not (library.unshare(_NEW_NETWORK) and library.unshare(_NEW_NETWORK | _NEW_USER))
    locked = _lock_files(library)
    return " and ".join(["the network"] * (not offline) + ["files and programs"] * (not locked))


def _lock_files(library: ctypes.CDLL) -> bool:
    version = library.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)
    if version < 1:
        return False
    rights = [
        sum(bits for since, bits in group.items() if since <= version)
        for group in (_FILES, _TCP, _OTHERS)
    ]
    # Older kernels take a longer structure as long as what they do not know is zero.
    ruleset = struct.pack("=3Q", *rights)
    handle = library.syscall(_CREATE_RULESET, ruleset, ctypes.c_size_t(len(ruleset)), 0)
    library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    # Without any rule, all these rights are denied.
    return bool(handle >= 0 and library.syscall(_RESTRICT_SELF, handle, 0) == 0)
