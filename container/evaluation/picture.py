"""Pictures for the report, where the library that draws them is installed."""

import importlib.util
import os
import tempfile
import traceback
from dataclasses import dataclass

from container.evaluation.comparison import Comparison

NOT_INSTALLED = (
    "Pictures are left out because matplotlib is not installed. To have them, install "
    "requirements-pictures.txt into the image, as the Dockerfile does."
)


@dataclass(frozen=True)
class Picture:
    """`alt` says in numbers what a reader would see; `name` is that of the file."""

    name: str
    title: str
    alt: str
    png: bytes


def draw(comparison: Comparison) -> list[Picture] | str:
    """All pictures that the task has, or why there are none: they must not keep a model out."""
    if importlib.util.find_spec("matplotlib") is None:
        return NOT_INSTALLED
    # matplotlib keeps a list of fonts, and the home folder may be read-only.
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("MPLCONFIGDIR", folder)
        try:
            from container.evaluation.pictures import album

            return album.draw(comparison)
        except Exception as error:
            traceback.print_exc()
            return f"Pictures are left out because drawing failed: {type(error).__name__}: {error}"
        finally:
            if os.environ["MPLCONFIGDIR"] == folder:
                del os.environ["MPLCONFIGDIR"]
