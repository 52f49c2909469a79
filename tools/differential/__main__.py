"""`python -m tools.differential`: the container beside the built-in; `--table` writes the page."""

import sys

from tools.differential.differences import table, write_table
from tools.differential.page import PAGE, absorbed, page

_USAGE = "differential: give nothing, --table or --absorb\n"


def main(arguments: list[str]) -> int:
    """Do what the one argument says; anything else is a usage error."""
    text = PAGE.read_text(encoding="utf-8")
    if arguments == ["--absorb"]:
        write_table(absorbed(text, table()))
    elif arguments != ["--table"]:
        sys.stderr.write(_USAGE)
        return 64
    PAGE.write_text(page(text, table()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
