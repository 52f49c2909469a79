"""List of what is in the sandbox, kept in its folder: nothing else tells after a crash.

Stacks by name, endpoints by name, and the numbers of buckets and objects; what the CDK's bootstrap
made is not in it.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from moto.cloudformation.models import cloudformation_backends
from moto.s3.models import s3_backends

from sandbox.cdk import bootstrap
from sandbox.sagemaker.endpoints import ENDPOINTS

FILE = "inventory.json"
_INTERVAL_SECONDS = 2.0
_BOOTSTRAP_BUCKET = "cdk-"


@contextlib.contextmanager
def kept(folder: Path) -> Iterator[None]:
    """Write the list whenever it has changed, and remove it at the end: it was an orderly one."""
    until = threading.Event()
    writer = threading.Thread(target=_keep, args=(folder, until), daemon=True)
    writer.start()
    try:
        yield
    finally:
        until.set()
        writer.join()
        (folder / FILE).unlink(missing_ok=True)


def collect() -> dict[str, Any]:
    """Return what is in the sandbox now."""
    stacks = [
        stack.name
        for backend in _backends(cloudformation_backends)
        for stack in list(backend.stacks.values())
        if stack.name != bootstrap.STACK_NAME and stack.status != "DELETE_COMPLETE"
    ]
    buckets = [
        bucket
        for backend in _backends(s3_backends)
        for name, bucket in list(backend.buckets.items())
        if not name.startswith(_BOOTSTRAP_BUCKET)
    ]
    return {
        "stacks": sorted(stacks),
        "endpoints": sorted(endpoint.name for endpoint in ENDPOINTS.all()),
        "buckets": len(buckets),
        "objects": sum(len(bucket.keys) for bucket in buckets),
    }


def _backends(services: Any) -> list[Any]:
    # Requests may be adding accounts and regions meanwhile.
    return [one for account in list(services.values()) for one in list(account.values())]


def _keep(folder: Path, until: threading.Event) -> None:
    written = ""
    while not until.wait(_INTERVAL_SECONDS):
        found = json.dumps(collect())
        if found != written:
            unfinished = folder / f"{FILE}.new"
            unfinished.write_text(found, encoding="utf-8")
            unfinished.replace(folder / FILE)
            written = found
