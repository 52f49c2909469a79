import json
from pathlib import Path

from tests.cli.registry import listed_version
from tests.cli.terminal import kiban


def test_a_rejected_version_keeps_the_reason(folder: Path, version: int) -> None:
    words = ["reject", "churn", str(version), "--sandbox"]

    first = kiban(*words, "--reason", "biased", folder=folder)
    second = kiban(*words, "--json", folder=folder)

    assert (first.code, second.code) == (0, 0)
    assert "already rejected" in second.err
    said = {"model": "churn", "version": version, "status": "Rejected", "takes_over": None}
    assert json.loads(second.out) == said
    assert listed_version(folder, version)["comment"] == "biased"
