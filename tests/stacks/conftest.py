"""The synthesis that all tests share, and a second one to compare it with."""

from pathlib import Path

import pytest

from tests.templates.assembly import Assembly
from tests.templates.synthesis import synthesised_once


@pytest.fixture(scope="session")
def syntheses(synthesis: Path) -> tuple[Path, Path]:
    """Two assemblies of the same sources, each from a process of its own."""
    return synthesis, synthesised_once(synthesis.with_name("second"))


@pytest.fixture(scope="session")
def assembly(synthesis: Path) -> Assembly:
    """What `cdk synth` writes for every shipped environment."""
    return Assembly(synthesis)
