"""Entry point of `python -m cli`: signal handlers and safe streams before anything is imported."""

import io
import os
import sys

from cli.system.signal_handlers import install_signal_handlers


def _main() -> int:
    try:
        _make_streams_safe()
        install_signal_handlers()
        # Importing Typer takes a moment, in which Ctrl-C must not end in a traceback.
        from cli.program import main

        return main()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        if "--json" in sys.argv:
            print('{"error": {"exit_code": 130, "message": "interrupted"}}')
        return 130


def _make_streams_safe() -> None:
    """Replace closed streams by the null device, and characters that an encoding lacks by `?`."""
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # Closed with >&- for example: output to it is dropped.
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 open until the process ends
        elif isinstance(stream, io.TextIOWrapper) and name != "stdin":
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    sys.exit(_main())
