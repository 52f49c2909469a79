"""The state file in a sandbox's folder."""

import json
from pathlib import Path
from typing import Any


def state_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "state.json").read_text())
    return found


def write_state(folder: Path, pid: int, url: str = "http://127.0.0.1:9") -> None:
    state = {"pid": pid, "port": 9, "url": url, "region": "us-east-1", "account": "123456789012"}
    state |= {"secret": "of-a-test"}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "state.json").write_text(json.dumps(state))
