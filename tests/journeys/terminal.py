"""A person at a terminal, with credentials of an account in a sandbox that stands in for AWS."""

import json
import os
import pty
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.journeys.workplace import Workplace

_MOST_READ = 65_536
# Colours, and what moves the cursor.
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


@dataclass
class Terminal:
    """Types into a shell whose AWS is a sandbox, and answers what it is asked.

    `answers` are by the end of the question. The CDK command line and the commands of this project
    take the way they take on AWS: they are given an address and credentials, and no `--sandbox`.
    """

    place: Workplace
    account: str
    answers: Mapping[str, str] = field(default_factory=dict)
    _exports: list[str] = field(default_factory=list)

    def type(self, line: str) -> tuple[int, str]:
        """Run a line to its end; return its exit code and what was on the screen."""
        if line.startswith("export "):
            self._exports.append(line)
        screen, terminal = pty.openpty()
        with subprocess.Popen(
            ["sh", "-c", "\n".join([*self._exports, line])],
            cwd=self.place.folder,
            env=self._environment(),
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            start_new_session=True,
        ) as child:
            os.close(terminal)
            said = self._talk(screen)
        os.close(screen)
        return child.returncode, said

    def done(self, line: str) -> str:
        """Run a line that has to succeed; return what was on the screen."""
        code, said = self.type(line)
        assert code == 0, f"{line}\n{said}"
        return said

    def _talk(self, screen: int) -> str:
        said = b""
        while got := _read(screen):
            said += got
            for question, answer in self.answers.items():
                if said.endswith(question.encode()):
                    os.write(screen, f"{answer}\n".encode())
        return _CONTROL.sub("", said.decode(errors="replace"))

    def _environment(self) -> dict[str, str]:
        state = json.loads((self.place.folder / ".sandbox/state.json").read_text())
        kept = {key: text for key, text in os.environ.items() if not key.startswith("AWS_")}
        kept.pop("KIBAN_SANDBOX", None)
        return kept | {
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": state["secret"],
            "AWS_ENDPOINT_URL": state["url"],
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "COLUMNS": "160",
            "HOME": str(self.place.folder),
        }


def _read(screen: int) -> bytes:
    try:
        return os.read(screen, _MOST_READ)
    except OSError:
        # Linux says so when nobody has the other end open any more.
        return b""
