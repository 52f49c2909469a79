"""How long the sandbox takes: to be ready, to deploy, and from data to an answer."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sandbox.cdk.in_process_deploy import deploy_assembly
from sandbox.server.server import Sandbox
from tests.journeys.rows import good_split
from tests.journeys.world import World, wait_for
from tools.bench.measurement import Figure, ratio, seconds_of
from tools.bench.synthesis import PLATFORM, REPO, synthesise_into


def measure(yardstick: float) -> list[Figure]:
    """Everything as a multiple of the one-bucket synthesis, whose seconds are `yardstick`."""
    with tempfile.TemporaryDirectory() as folder:
        ready = _seconds_until_ready(Path(folder))
    deployed, flowed = _deployment_and_training()
    with tempfile.TemporaryDirectory() as folder:
        demo = _demo(Path(folder))
        memory = Figure("sandbox after the demo", _memory(Path(folder)), "MiB", 500)
        _kiban(Path(folder), "down")
    return [
        memory,
        ratio("sandbox ready", ready, yardstick, 5),
        ratio("in-process deploy of dev", deployed, yardstick, 2.5),
        ratio("_READY to an answering endpoint", flowed, yardstick, 12),
        ratio("demo, CDK command line included", demo, yardstick, 75),
    ]


def _seconds_until_ready(folder: Path) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "sandbox", "serve", "--port", "0", "--folder", str(folder)]
    server = subprocess.Popen(command, cwd=REPO, stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: (folder / "state.json").exists() or None, "the sandbox to be ready")
        return time.perf_counter() - started
    finally:
        server.terminate()
        server.wait(timeout=30)


def _deployment_and_training() -> tuple[float, float]:
    """Seconds of both; staging approves by itself, so nothing here waits for a person."""
    with tempfile.TemporaryDirectory() as folder, Sandbox(Path(folder) / "sandbox") as sandbox:
        dev, staging = Path(folder) / "dev", Path(folder) / "staging"
        synthesise_into(dev, PLATFORM, {"env": "dev"})
        synthesise_into(staging, PLATFORM, {"env": "staging"})
        deployed = seconds_of(lambda: deploy_assembly(dev, sandbox.url))
        deploy_assembly(staging, sandbox.url)
        world = World(sandbox, stage="kiban-staging")
        world.put_data("warm-up", good_split())  # the image is built once, not per training
        world.became_live(world.trained("warm-up")["ModelPackageArn"])
        flowed = seconds_of(lambda: _flow(world))
    return deployed, flowed


def _flow(world: World) -> None:
    world.put_data("measured", good_split())
    world.became_live(world.trained("measured")["ModelPackageArn"])
    world.accuracy()


def _demo(folder: Path) -> float:
    return seconds_of(lambda: _kiban(folder, "demo", "--keep"))


def _kiban(folder: Path, *words: str) -> None:
    command = ["./kiban", *words]
    environment = {**os.environ, "KIBAN_SANDBOX": str(folder)}
    subprocess.run(command, cwd=REPO, check=True, stdout=subprocess.DEVNULL, env=environment)


def _memory(folder: Path) -> float:
    """Resident memory of the sandbox's own process, without its jobs and endpoints, in MiB."""
    pid = json.loads((folder / "state.json").read_text())["pid"]
    kibibytes = subprocess.check_output(["ps", "-o", "rss=", "-p", str(pid)], text=True)
    return int(kibibytes) / 1024
