"""What the Dockerfile says, instruction by instruction."""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from tests.container.support.world import PACKAGE


@dataclass(frozen=True)
class Dockerfile:
    """Its instructions in order, continued lines joined and comments gone."""

    instructions: tuple[tuple[str, str], ...]

    @property
    def stages(self) -> list["Dockerfile"]:
        """Each with its FROM first; what comes before the first belongs to none."""
        starts = [at for at, (word, _) in enumerate(self.instructions) if word == "FROM"]
        ends = [*starts[1:], len(self.instructions)]
        return [Dockerfile(self.instructions[a:b]) for a, b in zip(starts, ends, strict=True)]

    def all(self, word: str) -> list[str]:
        return [rest for found, rest in self.instructions if found == word]

    def pairs(self, word: str) -> dict[str, str]:
        """What ENV, LABEL and ARG set."""
        texts = shlex.split(" ".join(self.all(word)))
        return {name: value for name, _, value in (text.partition("=") for text in texts)}

    @property
    def entrypoint(self) -> list[str]:
        words: list[str] = json.loads(self.all("ENTRYPOINT")[-1])
        return words


def read(path: Path = PACKAGE / "Dockerfile") -> Dockerfile:
    text = re.sub(r"^#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    split = (line.partition(" ") for line in lines if line)
    return Dockerfile(tuple((word, " ".join(rest.split())) for word, _, rest in split))
