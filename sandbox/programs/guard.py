"""Runs one program and ends with its parent, so that a killed sandbox leaves no orphans.

A script, not a module: it starts before every job, so it imports nothing that is slow. Its standard
input is a pipe whose other end only the sandbox holds; end of file there means the sandbox is gone,
however it died, on every system.
"""

import os
import signal
import sys
import threading

_OPT_ML = "--opt-ml="


def _die_with_the_sandbox() -> None:
    os.read(0, 1)
    os.killpg(0, signal.SIGKILL)


def _make_opt_ml(folder: str) -> str:
    """Return why the program has no /opt/ml of its own, "" when it has."""
    # It starts as a script alone; what lies beside it is not on its path.
    sys.path.append(os.path.dirname(os.path.abspath(__file__)))
    import own_opt_ml  # type: ignore[import-not-found]

    return str(own_opt_ml.make(folder))


def main(argv: list[str]) -> int:
    """Run `argv`; return its exit code, 128 + signal as containers do, 127 if it cannot start.

    A first word `--opt-ml=FOLDER` has the program find FOLDER at /opt/ml.
    """
    missing = ""
    if argv[0].startswith(_OPT_ML):
        missing = _make_opt_ml(argv[0].removeprefix(_OPT_ML))
        argv = argv[1:]
    code = _run(argv)
    if code and missing:
        print(
            f"sandbox: there is no /opt/ml here ({missing}); a job's files lie below "
            "SAGEMAKER_BASE_DIR",
            flush=True,
        )
    return code


def _run(argv: list[str]) -> int:
    # The whole group is signalled at once; this process only has to outlive the program.
    signal.signal(signal.SIGTERM, lambda *_: None)
    nothing = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
    try:
        child = os.posix_spawn(argv[0], argv, os.environ, file_actions=nothing)
    except OSError as error:
        print(f"sandbox: cannot start {os.path.basename(argv[0])}: {error.strerror}", flush=True)
        return 127
    threading.Thread(target=_die_with_the_sandbox, daemon=True).start()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    os._exit(main(sys.argv[1:]))
