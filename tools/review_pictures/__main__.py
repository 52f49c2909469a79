"""`python -m tools.review_pictures [CDK_OUT]`: draws the pictures of docs/reviews.md anew."""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.templates.synthesis import synthesised_once
from tools.review_pictures.drawing import draw
from tools.review_pictures.examples import EXAMPLES
from tools.review_pictures.outputs import PROJECT, outputs

PICTURES = PROJECT / "docs" / "reviews"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main(arguments: list[str]) -> int:
    """Draw every picture, from the given synthesis or from one of its own."""
    chromium = next(filter(None, map(shutil.which, _NAMES)), None)
    if chromium is None:
        print("chromium: is not installed; the pictures are drawn in it", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="kiban-pictures-") as folder, sync_playwright() as play:
        given = Path(arguments[0]).resolve() if arguments else None
        assembly = given or synthesised_once(Path(folder) / "cdk.out")
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for example in EXAMPLES:
            target = PICTURES / f"{example.name}.png"
            draw(browser, outputs(example, assembly), target)
            print(f"{target.relative_to(PROJECT)}: {target.stat().st_size:,} bytes")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
