"""Environment variables and paths of a program of an image; no other AWS can be reached."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.iam import role_sessions
from sandbox.state import context

if TYPE_CHECKING:
    from sandbox.ecr import images
    from sandbox.state.stores import Document, Place


def child_environment(
    image: images.Image, folder: Path, place: Place, role_arn: str | None, isolated: bool
) -> Document:
    """Return the environment of a program of `image`: nothing of the sandbox's own but an address.

    Without network isolation the program can call the sandbox's AWS, with the rights of its role.
    """
    environment = {
        "PATH": image.path,
        "HOME": str(folder),
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        "PYTHONPATH": str(image.folder),  # /opt/program in the image
        "PYTHONUNBUFFERED": "1",
        "SAGEMAKER_BASE_DIR": str(folder),
        "AWS_REGION": place.region,
        "AWS_DEFAULT_REGION": place.region,
    }
    if not isolated:
        environment["AWS_ENDPOINT_URL"] = context.current().url
        environment |= role_sessions.variables_of(role_arn)
    return environment
