"""The program `convert` as a person runs it, and what must be left when it refuses."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.container.support.world import PACKAGE

MODELS = Path(__file__).parents[1] / "conversion/models"


def complaint(stderr: str) -> str:
    """What is left without the notice that this machine's kernel cuts off less than others."""
    lines = stderr.splitlines(keepends=True)
    return "".join(line for line in lines if '"event": "notice"' not in line)


@dataclass(frozen=True)
class Command:
    """`convert FILE OUT` in a folder of its own."""

    folder: Path

    @property
    def target(self) -> Path:
        return self.folder / "converted"

    def start(self, content: bytes) -> subprocess.Popen[str]:
        """Begin to convert these bytes."""
        source = self.folder / "legacy"
        source.write_bytes(content)
        return subprocess.Popen(
            [sys.executable, "-m", "container", "convert", source, self.target],
            cwd=PACKAGE.parent,
            stderr=subprocess.PIPE,
            text=True,
        )

    def refused(self, content: bytes) -> str:
        """Why these bytes are not converted: one line, and nothing else happened."""
        process = self.start(content)
        line = complaint(process.communicate(timeout=120)[1])
        assert process.returncode in (1, 2), line
        assert [path.name for path in self.folder.iterdir()] == ["legacy"]
        assert line.count("\n") == 1
        assert line.rstrip("\n").isprintable()
        return line.removeprefix(f"convert: {self.folder}/legacy: ").rstrip("\n")
