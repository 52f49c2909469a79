"""The program `convert` as a person runs it, and what must be left when it refuses."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.container.support.world import PACKAGE
from tests.forking import ForkServer, Program

MODELS = Path(__file__).parents[1] / "conversion/models"
# Without numpy and XGBoost: what opens a file has neither before it is in isolation.
BARE = ForkServer("container.conversion.convert")


def convert(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The program from start to end, in a fork of an interpreter that has started."""
    words = ["container", "convert", *map(str, arguments)]
    return BARE.run(Program(words, dict(os.environ), str(PACKAGE.parent)))


def complaint(stderr: str) -> str:
    """What is left without the notice that this machine's kernel cuts off less than others."""
    lines = stderr.splitlines(keepends=True)
    return "".join(line for line in lines if '"event": "notice"' not in line)


@dataclass(frozen=True)
class Command:
    """`convert FILE OUT` in a folder of its own."""

    folder: Path

    @property
    def _source(self) -> Path:
        return self.folder / "legacy"

    @property
    def target(self) -> Path:
        return self.folder / "converted"

    def start(self, content: bytes) -> subprocess.Popen[str]:
        """Begin to convert these bytes."""
        self._source.write_bytes(content)
        return subprocess.Popen(
            [sys.executable, "-m", "container", "convert", self._source, self.target],
            cwd=PACKAGE.parent,
            stderr=subprocess.PIPE,
            text=True,
        )

    def refused(self, content: bytes) -> str:
        """Why these bytes are not converted: one line, and nothing else happened."""
        self._source.write_bytes(content)
        finished = convert(self._source, self.target)
        line = complaint(finished.stderr)
        assert finished.returncode in (1, 2), line
        assert [path.name for path in self.folder.iterdir()] == ["legacy"]
        assert line.count("\n") == 1
        assert line.rstrip("\n").isprintable()
        return line.removeprefix(f"convert: {self.folder}/legacy: ").rstrip("\n")
