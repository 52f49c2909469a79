"""/opt/ml of one program alone: a mount namespace in which it is the folder of a job.

Part of the guard's process, which has one thread until the program has started. Nothing of it is
seen outside of that process, and it ends with it: https://man7.org/linux/man-pages/man7/mount_namespaces.7.html
"""

import ctypes
import os

_NEW_MOUNTS, _NEW_USERS = 0x00020000, 0x10000000
_BIND, _RECURSIVE, _PRIVATE = 0x1000, 0x4000, 0x40000
_DETACH = 2
_OPT = "/opt"


def make(folder: str) -> str:
    """Make `folder` this process's /opt/ml; return why not where the system does not let it."""
    try:
        _unshare()
        _mount("none", "/", "", _RECURSIVE | _PRIVATE)
        _cover_opt(folder)
    except (OSError, AttributeError) as error:
        # macOS has no such function.
        return getattr(error, "strerror", None) or "not on this system"
    return ""


def _unshare() -> None:
    # Before there is a namespace of users, its numbers are those of the system.
    user, group = os.geteuid(), os.getegid()
    try:
        _call("unshare", ctypes.c_int(_NEW_MOUNTS))
    except PermissionError:
        _call("unshare", ctypes.c_int(_NEW_MOUNTS | _NEW_USERS))
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{user} {user} 1"),
            ("gid_map", f"{group} {group} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)


def _cover_opt(folder: str) -> None:
    """Put an empty folder over /opt, in it again what /opt has, and `folder` as ml."""
    covered = os.open(_OPT, os.O_PATH | os.O_DIRECTORY)
    names = set(os.listdir(_OPT)) - {"ml"}
    _mount("tmpfs", _OPT, "tmpfs", 0, "mode=755,size=1m")
    try:
        for name in sorted(names):
            _bind(f"/proc/self/fd/{covered}/{name}", f"{_OPT}/{name}")
        os.mkdir(f"{_OPT}/ml")
        _mount(folder, f"{_OPT}/ml", "", _BIND | _RECURSIVE)
    except OSError:
        _call("umount2", _OPT.encode(), ctypes.c_int(_DETACH))
        raise
    finally:
        os.close(covered)


def _bind(source: str, target: str) -> None:
    if os.path.islink(source):
        os.symlink(os.readlink(source), target)
    elif os.path.isdir(source):
        os.mkdir(target)
        _mount(source, target, "", _BIND | _RECURSIVE)
    else:
        os.close(os.open(target, os.O_CREAT))
        _mount(source, target, "", _BIND)


def _mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    texts = (source.encode(), target.encode(), kind.encode() or None)
    _call("mount", *texts, ctypes.c_ulong(flags), options.encode() or None)


def _call(name: str, *arguments: object) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
