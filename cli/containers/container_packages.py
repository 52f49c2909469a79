"""Virtual environment with a container's packages, as the sandbox's image build makes it."""

import os
from pathlib import Path

from cli.terminal import screen
from cli.terminal.errors import Failure
from sandbox.ecr import environments

_SYSTEM = ("/usr/local/bin", "/usr/bin", "/bin")


def search_path(folder: Path) -> str | None:
    """Return the PATH of the image without the folder's own programs; None: nothing to install.

    Raises Failure when the packages cannot be installed.
    """
    requirements = folder / "requirements.txt"
    if not requirements.is_file():
        return None
    try:
        with screen.spinner(f"installing {requirements} (once per content)"):
            environment = environments.ensure(requirements)
    except environments.EnvironmentFailed as error:
        raise Failure(str(error)) from None
    return os.pathsep.join([str(environment / "bin"), *_SYSTEM])
