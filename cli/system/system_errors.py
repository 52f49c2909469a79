"""Errors of the operating system in one line: where, what, and what to do about it."""

import errno
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from cli.system.project_paths import display_path, sandbox_folder

_SPACE = "free some space and try again"
_WRITABLE = "make it writable and try again"
_OTHER_FOLDER = "make it writable, or name another folder for the sandbox with KIBAN_SANDBOX"
_OTHER_CACHE = "name another folder for the CDK's library with JSII_RUNTIME_PACKAGE_CACHE_ROOT"
_OPEN_FILES = "close other programs, or raise the limit: ulimit -n 4096"
_ADVICE = {
    errno.ENOSPC: _SPACE,
    errno.EDQUOT: _SPACE,
    errno.EFBIG: "raise the limit of a file's size: ulimit -f unlimited",
    errno.EROFS: _WRITABLE,
    errno.EACCES: _WRITABLE,
    errno.EPERM: _WRITABLE,
    errno.ENOTDIR: "a file is where a folder has to be: move it away and try again",
    errno.EEXIST: "a file is where a folder has to be: move it away and try again",
    errno.EISDIR: "name a file instead of a folder",
    errno.EMFILE: _OPEN_FILES,
    errno.ENFILE: _OPEN_FILES,
    errno.ENOMEM: "close other programs and try again",
    errno.EAGAIN: "close other programs and try again; or raise the limit: ulimit -u",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ELOOP: "look where its links lead",
    errno.EIO: "the disk, or the way to it, is broken: see the system's log",
    errno.ENOLCK: "its file system has no locks: use another folder",
}
_NO_PROGRAM = "install it (make setup installs what belongs to a checkout) and try again"
_MISSING = (errno.ENOENT, errno.EACCES, errno.ENOEXEC)
# ENOSPC: no space left on device, write | EROFS: read-only file system, mkdir '/x'
_OF_NODE = re.compile(r"\b(?P<name>E[A-Z]{3,}): (?P<text>[a-z -]+), \w+(?: '(?P<path>[^']+)')?")
# OSError: [Errno 30] Read-only file system: '/x'
_OF_PYTHON = re.compile(r"\[Errno (?P<number>\d+)\] (?P<text>[^:]+?)(?:: '(?P<path>[^']+)'|$)")
# The CDK's library says of a folder that it may not write to that it does not exist.
_OF_JSII = re.compile(r"Cannot use the jsii package cache in (?P<path>.+?): ")
_OF_ENV = re.compile(
    r"\benv: (?:can't execute )?\W*(?P<program>[\w.-]+)\W*: No such file or directory"
)


def explain_system_error(error: Exception) -> str | None:
    """Return one line for an error of the operating system, None for any other error."""
    if isinstance(error, shutil.Error):
        return _explain_copy(error)
    if not isinstance(error, OSError) or error.errno is None:
        return None
    name = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    if error.errno in _MISSING and name and _is_of_start(error.__traceback__):
        return f"{_shown(name)}: cannot be started ({_lower(error.strerror)}); {_NO_PROGRAM}"
    if error.errno not in _ADVICE:
        return None
    return _line(error.errno, str(error.strerror), name)


def _explain_copy(error: shutil.Error) -> str | None:
    """Return the line of the first file that could not be copied, of what may be hundreds."""
    failed = error.args[0] if error.args else None
    if not isinstance(failed, list) or not failed:
        return None
    _, target, reason = failed[0]
    found = _OF_PYTHON.search(str(reason))
    if found is None or int(found["number"]) not in _ADVICE:
        return None
    return _line(int(found["number"]), found["text"], os.fsdecode(target))


def add_advice(message: str) -> str:
    """Return what another program said of an error of the system, with what to do about it."""
    for number, advice in _ADVICE.items():
        if os.strerror(number) in message:
            return f"{message.replace(os.strerror(number), os.strerror(number).lower())}; {advice}"
    return message


def find_system_error(lines: Iterable[str]) -> str | None:
    """Return one line for the first error of the system in what a program wrote, None without one.

    Node.js and Python name it in a form of their own, and the line is seldom the last one.
    """
    for line in lines:
        if missing := _OF_ENV.search(line):
            return f"{missing['program']}: not found; {_NO_PROGRAM}"
        if cache := _OF_JSII.search(line):
            where = _shown(cache["path"])
            return f"{where}: cannot be written; {_WRITABLE}, or {_OTHER_CACHE}"
        if found := _OF_NODE.search(line):
            number = getattr(errno, found["name"], 0)
        elif found := _OF_PYTHON.search(line):
            number = int(found["number"])
        else:
            continue
        if number in _ADVICE and number != errno.EEXIST:
            return _line(number, found["text"], found["path"] or "")
    return None


def _line(number: int, text: str, name: str) -> str:
    # A failed write to an open file has no file name.
    where = _shown(name) if name else "this machine"
    return f"{where}: {_lower(text)}; {_advice(number, name)}"


def _advice(number: int, name: str) -> str:
    is_sandbox = bool(name) and Path(name).absolute().is_relative_to(sandbox_folder())
    if is_sandbox and _ADVICE[number] == _WRITABLE:
        return _OTHER_FOLDER
    return _ADVICE[number]


def _shown(name: str) -> str:
    path = Path(name)
    return display_path(path) if path.is_absolute() else name


def _lower(text: str | None) -> str:
    return (text or "it failed").strip().lower()


def _is_of_start(trace: TracebackType | None) -> bool:
    """Return whether a child process could not be started: the name is then a program's."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and Path(trace.tb_frame.f_code.co_filename).name == "subprocess.py"
