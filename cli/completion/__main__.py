"""Entry point of `./kiban completion-words WORD...`, which a shell starts at each press of Tab."""

import contextlib
import sys

from cli.completion.candidates import find_candidates

if __name__ == "__main__":
    # A shell in which somebody types is no place for an error.
    with contextlib.suppress(OSError, ValueError):
        print("\n".join(find_candidates(sys.argv[1:])))
