"""The browser of this machine, where there is one to show a page in."""

import os
import sys
import webbrowser
from pathlib import Path

# Without one of these, Linux has text browsers at most, which would take the terminal.
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


def open_page(path: Path) -> bool:
    """Show a file in the browser; return whether there was one."""
    if sys.platform.startswith("linux") and not any(map(os.environ.get, _DISPLAYS)):
        return False
    try:
        return webbrowser.open(path.resolve().as_uri())
    except (webbrowser.Error, OSError):
        return False
