"""`python -m tools.docs_site`: writes the configuration reference and builds the site."""

import sys
from pathlib import Path

from tools.docs_site import reference
from tools.docs_site.building import build
from tools.docs_site.errors import BrokenPage
from tools.docs_site.places import SITE


def main(arguments: list[str]) -> int:
    """Build the site into the given folder, or into `site/`."""
    target = Path(arguments[0]) if arguments else SITE
    reference.write()
    try:
        build(target)
    except BrokenPage as error:
        print(error, file=sys.stderr)
        return 2
    print(f"The site is in {target.name}/: open {target.name}/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
