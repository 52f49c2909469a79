"""Model artifacts for the throw-away image of the runtime tests."""

from __future__ import annotations

import io
import json
import tarfile
from typing import Any

from tests.sandbox.runtime.cloud import Cloud


def tar_of_model(cloud: Cloud, name: str, **model: Any) -> str:
    """Put a model's tar.gz into the bucket and return its address."""
    content = json.dumps(model).encode()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        entry = tarfile.TarInfo("model.json")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return cloud.put(f"{name}/model.tar.gz", buffer.getvalue())
