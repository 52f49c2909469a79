"""How much CPU a review takes, as a multiple of one synthesis by the CDK command line."""

import resource
import statistics
import subprocess
import tempfile
from collections.abc import Sequence

from tools.bench.measurement import Figure
from tools.bench.synthesis import REPO

# A review ends with 3 when a person has to look.
_GOOD = (0, 1, 3)


def measure(rounds: int) -> list[Figure]:
    """Medians of interleaved rounds, user and system time of all processes; nothing is cached."""
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "synth": [
                "cdk",
                "synth",
                "**",
                "--quiet",
                "--no-color",
                "--output",
                f"{folder}/cdk.out",
            ],
            "base": ["./kiban", "review", "--base", "HEAD", "--uncommitted", "--output", folder],
            "check": ["./kiban", "review", "--check"],
        }
        samples: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                samples[name].append(_cpu_seconds_of(command))
    seconds = {name: statistics.median(values) for name, values in samples.items()}
    return [
        _ratio("review --base, two syntheses", seconds["base"], seconds["synth"], 2.2),
        _ratio("review --check", seconds["check"], seconds["synth"], 1.3),
    ]


def _ratio(name: str, seconds: float, synthesis: float, limit: float) -> Figure:
    measured = f"{seconds:.2f} s of {synthesis:.2f} s CPU"
    return Figure(name, seconds / synthesis, "x one synthesis", limit, measured)


def _cpu_seconds_of(command: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, cwd=REPO, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert done.returncode in _GOOD, done.stderr.decode(errors="replace")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
