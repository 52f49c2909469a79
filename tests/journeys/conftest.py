"""The templates a journey deploys, synthesised once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def dev_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`cdk.out` of dev, as `python app.py` writes it with the context of cdk.json."""
    out = tmp_path_factory.mktemp("cdk.out")
    context = json.loads((REPO / "cdk.json").read_text())["context"] | {"env": "dev"}
    subprocess.run(
        [sys.executable, "app.py"],
        cwd=REPO,
        check=True,
        env={**os.environ, "CDK_OUTDIR": str(out), "CDK_CONTEXT_JSON": json.dumps(context)},
    )
    return out
