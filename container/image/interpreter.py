"""The Python interpreter of the image, without installers, tests and graphical libraries."""

import shutil
import sys
import sysconfig
from pathlib import Path

from container.image import tree

VENV = "/opt/venv"
SITE = f"{VENV}/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
_STANDARD = Path(sysconfig.get_path("stdlib"))
_LEFT_OUT = shutil.ignore_patterns(
    *("__pycache__", "*.a", "site-packages", "dist-packages", "config-*"),
    # Compilers, installers and their bundled wheels.
    *("ensurepip", "lib2to3", "venv"),
    *("test", "tests", "idlelib", "turtle*", "tkinter", "pydoc_data"),
    # Terminals and databases, with the libraries behind them.
    *("curses", "sqlite3", "dbm", "readline.*", "_curses*", "_sqlite3.*", "_dbm.*", "_gdbm.*"),
    *("_tkinter.*", "nis.*", "ossaudiodev.*", "_test*", "_ctypes_test.*", "_xx*", "xx*"),
)


def make(root: Path) -> None:
    """Put the interpreter, its standard library and an environment for packages into `root`."""
    program = Path(sys.base_prefix, "bin", f"python{sysconfig.get_python_version()}")
    tree.copy(root, program)
    shutil.copytree(_STANDARD, tree.inside(root, _STANDARD), ignore=_LEFT_OUT)
    tree.put(
        root,
        f"{VENV}/pyvenv.cfg",
        f"home = {program.parent}\ninclude-system-site-packages = false\n",
    )
    link = tree.inside(root, f"{VENV}/bin/python3")
    link.parent.mkdir(parents=True)
    link.symlink_to(program)
    tree.inside(root, SITE).mkdir(parents=True)
