"""`convert`: rewrites a model from a pickle or an outdated XGBoost format as UBJSON."""

import json
import stat
import sys
from pathlib import Path

from container.contract.atomic_files import write_atomically
from container.contract.errors import AlgorithmError, ExitCode, InputError
from container.contract.log import log_event
from container.contract.model_formats import check_readable, is_misread, is_pickle
from container.conversion.isolation import IsolationLimits, run_isolated
from container.conversion.unpickling import state_of_booster

_MAX_BYTES = 4 * 1024**3
# As a shell reports a program that SIGINT ended.
_INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    """Convert the first file to the second; return the exit code."""
    try:
        _convert(*map(Path, arguments))
    except InputError as error:
        sys.stderr.write(f"convert: {error}\n")
        return ExitCode.BAD_INPUT
    except AlgorithmError as error:
        sys.stderr.write(f"convert: {error}\n")
        return ExitCode.FAILED
    except KeyboardInterrupt:
        sys.stderr.write("convert: interrupted; nothing was written\n")
        return _INTERRUPTED
    return ExitCode.DONE


def _convert(source: Path, target: Path) -> None:
    content = _read(source)
    if content.startswith(b"{") and not _is_misread(content):
        check_readable(content, str(source))
        raise InputError(f"{source}: a model in UBJSON or JSON already; use it as it is")
    if target.exists() and target.samefile(source):
        raise InputError(f"{target}: the file to convert; name another file for the model")
    try:
        model = run_isolated(lambda: as_ubjson(content), IsolationLimits.for_file(len(content)))
        # The output of untrusted input is not trusted either.
        check_readable(model, "the model made of it")
    except InputError as error:
        raise InputError(f"{source}: {error}") from error
    except AlgorithmError as error:
        raise AlgorithmError(f"{source}: {error}") from error
    try:
        write_atomically(target, model)
    except OSError as error:
        reason = f"cannot be written ({error.strerror}); name a file in a folder that exists"
        raise InputError(f"{target}: {reason}") from error
    log_event("converted", {"from": str(source), "to": str(target), "bytes": len(model)})


def _read(source: Path) -> bytes:
    try:
        about = source.stat()
        # A pipe or a device may have no end.
        if not stat.S_ISREG(about.st_mode) or about.st_size > _MAX_BYTES:
            raise InputError(f"{source}: no file of at most {_MAX_BYTES} bytes; name a model")
        return source.read_bytes()
    except OSError as error:
        raise InputError(f"{source}: cannot be read ({error.strerror}); name a model") from error


def _is_misread(content: bytes) -> bool:
    try:
        return is_misread(json.loads(content))
    except (ValueError, RecursionError):
        return False


def as_ubjson(content: bytes) -> bytes:
    """Return the model in a pickle or in XGBoost's old binary format; raises InputError.

    Call it in isolation.
    """
    state = state_of_booster(content) if is_pickle(content) else {"handle": content}
    # Not above: numpy and XGBoost may start threads, and a process that has some cannot be forked.
    from container.algorithm import create
    from container.conversion.snapshot import model_in

    model, rounds = model_in(state)
    algorithm = create({"num_round": "1"})
    algorithm.load(model)
    if rounds is not None and rounds < algorithm.signature()["rounds"]:
        algorithm.keep_rounds(rounds)
    return algorithm.dump()
