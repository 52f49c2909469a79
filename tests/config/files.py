"""Environment files for tests, in a folder named `config` so that messages read as they will."""

import re
from pathlib import Path

import pytest

from config.loader import ConfigError, load_environment

VALID = """\
[platform]
region = "us-east-1"
[models.churn.training.hyperparameters]
objective = "binary:logistic"
num_round = 100
[models.churn.gate]
minimum = 0.8
"""

TRAINED = 'training.hyperparameters = { objective = "binary:logistic", num_round = 9 }\n'
"""What a model's own table needs beside a gate."""


def with_hyperparameters(lines: str) -> str:
    """VALID with more hyperparameters of its model."""
    return VALID.replace("num_round = 100", f"num_round = 100\n{lines}")


def write(folder: Path, name: str, text: str) -> Path:
    """Write `<folder>/config/<name>.toml`, and return the folder it is in."""
    home = folder if folder.name == "config" else folder / "config"
    home.mkdir(exist_ok=True)
    (home / f"{name}.toml").write_text(text, encoding="utf-8")
    return home


def refusal(folder: Path, text: str, name: str = "dev") -> str:
    """The message with which an environment file of this text is refused, without line numbers."""
    return re.sub(r" \(line \d+\)$", "", numbered_refusal(folder, text, name), flags=re.MULTILINE)


def numbered_refusal(folder: Path, text: str, name: str = "dev") -> str:
    """The message with which an environment file of this text is refused."""
    with pytest.raises(ConfigError) as caught:
        load_environment(name, write(folder, name, text))
    return str(caught.value)
