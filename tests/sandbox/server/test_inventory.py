"""The list of what is in a sandbox follows what is made, and ends with it in order."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.server import inventory
from sandbox.server.server import Sandbox

STACK = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def written(folder: Path, wanted: dict[str, Any]) -> bool:
    """Whether the list becomes `wanted`."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        file = folder / inventory.FILE
        if file.exists() and json.loads(file.read_text()) == wanted:
            return True
        time.sleep(0.01)
    return False


def test_it_follows_what_is_made_and_is_removed_at_the_end(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inventory, "_INTERVAL_SECONDS", 0.01)
    nothing = {"stacks": [], "endpoints": [], "buckets": 0, "objects": 0}
    formation = sandbox.client("cloudformation")

    with inventory.kept(tmp_path):
        assert written(tmp_path, nothing)
        sandbox.client("s3").create_bucket(Bucket="own")
        sandbox.client("s3").put_object(Bucket="own", Key="key", Body=b"")
        formation.create_stack(StackName="own", TemplateBody=json.dumps(STACK))
        assert written(tmp_path, {**nothing, "stacks": ["own"], "buckets": 1, "objects": 1})
        formation.delete_stack(StackName="own")
        assert written(tmp_path, {**nothing, "buckets": 1, "objects": 1})

    assert not (tmp_path / inventory.FILE).exists()
