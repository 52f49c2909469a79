"""`convert`: makes UBJSON of a model that is a pickle, or that XGBoost reads no more."""

import sys
from pathlib import Path

from container.contract.errors import AlgorithmError, ExitCode, InputError
from container.contract.log import log_event
from container.contract.model_formats import is_pickle, refuse_unreadable
from container.contract.whole_files import write_whole
from container.conversion.isolation import in_isolation


def main(arguments: list[str]) -> int:
    """Read the first file, write the second; the answer is the exit code."""
    try:
        _convert(*map(Path, arguments))
    except InputError as error:
        sys.stderr.write(f"convert: {error}\n")
        return ExitCode.BAD_INPUT
    except AlgorithmError as error:
        sys.stderr.write(f"convert: {error}\n")
        return ExitCode.FAILED
    return ExitCode.DONE


def _convert(source: Path, target: Path) -> None:
    try:
        content = source.read_bytes()
    except OSError as error:
        raise InputError(f"{source}: cannot be read ({error.strerror}); name a model") from error
    if content.startswith(b"{"):
        refuse_unreadable(content, str(source))
        raise InputError(f"{source}: a model in UBJSON or JSON already; use it as it is")
    try:
        model = in_isolation(lambda: _as_ubjson(content))
    except InputError as error:
        raise InputError(f"{source}: {error}") from error
    try:
        write_whole(target, model)
    except OSError as error:
        raise InputError(f"{target}: cannot be written ({error.strerror})") from error
    log_event("converted", {"from": str(source), "to": str(target), "bytes": len(model)})


def _as_ubjson(content: bytes) -> bytes:
    # Not above: numpy starts threads when it is imported, and isolation comes before any.
    from container.algorithm import create
    from container.conversion.snapshot import document_in, rounds_that_count
    from container.conversion.unpickling import state_of_booster

    state = state_of_booster(content) if is_pickle(content) else {"handle": content}
    algorithm = create({"num_round": "1"})
    algorithm.load(document_in(state))
    rounds = rounds_that_count(state)
    if rounds is not None and rounds < algorithm.signature()["rounds"]:
        algorithm.keep_rounds(rounds)
    return algorithm.dump()
