"""`python -m tools.differential`: the container beside the built-in, case by case.

Without an argument it runs every case, prints what differs and what is wrong with the table, and
ends with 1 if anything is. `--table` writes the table on the container's page, `--absorb` first
reads back what was edited there by hand.
"""

import contextlib
import os
import sys
from collections import Counter
from collections.abc import Iterator

from tools.differential.differences import table, write_table
from tools.differential.page import PAGE, absorbed, page

_USAGE = "differential: give nothing, --table or --absorb\n"


def main(arguments: list[str]) -> int:
    """Do what the one argument says; anything else is a usage error."""
    if not arguments:
        return _compare()
    text = PAGE.read_text(encoding="utf-8")
    if arguments == ["--absorb"]:
        write_table(absorbed(text, table()))
    elif arguments != ["--table"]:
        sys.stderr.write(_USAGE)
        return 64
    PAGE.write_text(page(text, table()), encoding="utf-8")
    return 0


def _compare() -> int:
    # Imported late: the libraries take a second, and the table needs none of them.
    from tools.differential.comparison import results
    from tools.differential.judge import faults

    with _quiet():
        found = results()
        wrong = faults(found, table())
    for result in found:
        if result.differs:
            sys.stdout.write(f"{result}\n")
    counts = Counter(result.case.name.partition("/")[0] for result in found)
    sys.stdout.write(f"{len(found)} cases: {', '.join(f'{n} {s}' for s, n in counts.items())}; ")
    sys.stdout.write(f"{sum(bool(result.differs) for result in found)} differ\n")
    sys.stdout.writelines(f"wrong: {fault}\n" for fault in wrong)
    return 1 if wrong else 0


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Drop the container's log, which goes to the file of standard error itself."""
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
