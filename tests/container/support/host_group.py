"""Several hosts of one training: each a process with an /opt/ml and an address of its own."""

import re
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.container.support import forked
from tests.container.support.world import Rows, World

BINARY = {"num_round": "8", "objective": "binary:logistic", "max_depth": "3"}
# A busy machine lets a host wait long for another one that is well.
_USUAL_SECONDS = 60
# Where another host hangs or never comes, which nothing but the time can show.
SHORT_SECONDS = 4
# To receive on an address, only Linux needs nothing to be set up before.
_ADDRESS = "127.0.0.{}"


class Company:
    """Hosts `algo-1`, `algo-2` … below one folder; `run` starts them and waits for all."""

    def __init__(self, folder: Path, count: int, gpus: int = 0) -> None:
        self._gpus = gpus
        self.give_up_seconds = _USUAL_SECONDS
        self.names = [f"algo-{number}" for number in range(1, count + 1)]
        self.worlds = [World(folder / name) for name in self.names]
        self.processes: list[BaseProcess] = []

    def job(self, hyperparameters: Mapping[str, object], channels: Mapping[str, object]) -> None:
        """Describe the same job to all; `channels` as in inputdataconfig.json."""
        for name, world in zip(self.names, self.worlds, strict=True):
            world.job(hyperparameters)
            world.write_json("input/config/inputdataconfig.json", channels)
            self._describe(name, world)

    def sharded(self, name: str, rows: Rows) -> None:
        """Each host gets every so manieth row."""
        for number, world in enumerate(self.worlds):
            world.channel(name, rows[number :: len(self.worlds)])

    def replicated(self, name: str, rows: Rows) -> None:
        """Each host gets all rows."""
        for world in self.worlds:
            world.channel(name, rows)

    def start(self, *numbers: int) -> None:
        """Start some hosts, or all of them."""
        variables = {"HOSTS_PATIENCE_SECONDS": str(self.give_up_seconds)}
        for world in self._chosen(numbers):
            self.processes.append(forked.start(world, variables, self._gpus))

    def end(self) -> list[int]:
        """The exit codes of all that were started."""
        return [forked.end(World(Path()), process).returncode for process in self.processes]

    def run(self) -> list[int]:
        """Exit codes of a training from start to end."""
        self.start()
        return self.end()

    def kill(self, number: int, with_signal: signal.Signals) -> None:
        """Send a signal to one host."""
        forked.kill(self.processes[number], with_signal)

    def wait_for_rounds(self, count: int) -> None:
        """Until the first host has printed so many lines of metrics."""
        deadline = time.monotonic() + 120
        while len(self.lines()) < count:
            assert time.monotonic() < deadline, self.errors()
            time.sleep(0.002)

    def lines(self) -> list[str]:
        """The first host's lines of metrics."""
        return [line for line in self.worlds[0].output.splitlines() if "\t" in line]

    def last_values(self) -> dict[str, float]:
        """The metrics after the last round."""
        found = re.findall(r"\t(\S+):(\S+)", self.lines()[-1])
        return {name: float(value) for name, value in found}

    def failures(self) -> list[str]:
        """Why each host failed."""
        return [world.failure for world in self.worlds]

    def errors(self) -> list[str]:
        """What each host wrote to standard error."""
        return [world.written("stderr") for world in self.worlds]

    def _chosen(self, numbers: Sequence[int]) -> list[World]:
        return [self.worlds[number] for number in numbers] if numbers else self.worlds

    def _describe(self, name: str, world: World) -> None:
        addresses = {
            each: f"{_ADDRESS.format(number)}:{self._port}"
            for number, each in enumerate(self.names, start=1)
        }
        document = {"current_host": name, "hosts": self.names, "host_addresses": addresses}
        world.write_json("input/config/resourceconfig.json", document)

    @property
    def _port(self) -> int:
        if not hasattr(self, "_chosen_port"):
            with socket.create_server(("127.0.0.1", 0)) as listener:
                self._chosen_port: int = listener.getsockname()[1]
        return self._chosen_port


SHARDED = {"S3DistributionType": "ShardedByS3Key"}
REPLICATED = {"S3DistributionType": "FullyReplicated"}
