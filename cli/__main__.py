"""`python -m cli`: catches the Ctrl-C of a person who presses it before anything is imported."""

import sys


def _main() -> int:
    try:
        # Importing all commands takes a moment, in which Ctrl-C must not end in a traceback.
        from cli.program import main

        return main()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(_main())
