"""`python -m cli`: makes the streams safe to print to, and catches Ctrl-C from the first moment."""

import io
import os
import sys

from cli.system.signal_handlers import heed_all


def _main() -> int:
    try:
        _mend_streams()
        heed_all()
        # Importing all commands takes a moment, in which Ctrl-C must not end in a traceback.
        from cli.program import main

        return main()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _mend_streams() -> None:
    """Let nothing fail for a stream that is closed, or that has no such letter as ✓."""
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # Closed with >&- for example: what would be said there is said to nobody.
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 as long as we live
        elif isinstance(stream, io.TextIOWrapper) and name != "stdin":
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    sys.exit(_main())
