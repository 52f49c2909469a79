"""How long synthesis takes, as a multiple of a one-bucket app in the same run."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.bench.measurement import Figure, interleaved_medians, processor_seconds_of, ratio

REPO = Path(__file__).parents[2]

# As an app of anybody's is run: by the Node.js on PATH, without what speeds up this project's.
ONE_BUCKET = f"JSII_NODE=node {shlex.join([sys.executable, 'tools/bench/one_bucket_app.py'])}"
PLATFORM = json.loads((REPO / "cdk.json").read_text())["app"]


def synthesise_into(out: Path, command: str, context: dict[str, object], home: Path = REPO) -> None:
    """Run the command of a CDK app with the context of cdk.json, as the CDK command line does."""
    flags = json.loads((REPO / "cdk.json").read_text())["context"]
    subprocess.run(
        command,
        shell=True,
        cwd=home,
        check=True,
        stdout=subprocess.DEVNULL,
        env={
            **os.environ,
            "CDK_OUTDIR": str(out),
            "CDK_CONTEXT_JSON": json.dumps(flags | context),
            "PYTHONPATH": str(home),
        },
    )


def synthesise(command: str, context: dict[str, object]) -> None:
    """Synthesise into a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as out:
        synthesise_into(Path(out), command, context)


def measure(rounds: int) -> list[Figure]:
    """Ratios to the one-bucket app, medians of interleaved rounds."""
    medians = interleaved_medians(
        {
            "one bucket": lambda: synthesise(ONE_BUCKET, {}),
            "dev": lambda: synthesise(PLATFORM, {"env": "dev"}),
            "all": lambda: synthesise(PLATFORM, {}),
        },
        rounds,
    )
    bucket = medians["one bucket"]
    return [
        Figure("one-bucket app with built-in validation", bucket, "s"),
        ratio("synth of dev, four packs", medians["dev"], bucket, 1.8),
        ratio("synth of all environments", medians["all"], bucket, 2.5),
    ]


def measure_comparison(rounds: int) -> list[Figure]:
    """Processor time of a comparison of two environments, as a multiple of one whole synthesis."""
    with tempfile.TemporaryDirectory() as out:
        medians = interleaved_medians(
            {
                "synth": lambda: _run("node_modules/.bin/cdk", "synth", "**", "--output", out),
                "compare": lambda: _run("./kiban", "env", "compare", "dev", "prod"),
            },
            rounds,
            processor_seconds_of,
        )
    value = medians["compare"] / medians["synth"]
    measured = f"{medians['compare']:.2f} s of a processor"
    return [Figure("env compare dev prod", value, "x cdk synth", 1.5, measured)]


def _run(*command: str) -> None:
    subprocess.run(command, cwd=REPO, check=True, stdout=subprocess.DEVNULL)
