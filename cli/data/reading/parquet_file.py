"""Parquet as CSV, by pyarrow in the environment of the container's packages.

pyarrow has 150 MB, and setup installs it there: the command line needs none of its own.
"""

import subprocess
from pathlib import Path
from typing import BinaryIO

from cli.system.child_processes import process_group
from cli.system.project_paths import PROJECT
from cli.terminal.errors import Failure, WrongInput
from sandbox.ecr import environments

_PROGRAM = Path(__file__).with_name("parquet_to_csv.py")


def convert_to_csv(path: Path, name: str, target: BinaryIO) -> None:
    """Write the rows of a Parquet file as CSV with a header; raises WrongInput with a reason."""
    try:
        folder = environments.ensure(*environments.required_by(PROJECT / "container"))
    except environments.EnvironmentFailed as error:
        raise Failure(
            f"{name}: Parquet is read by the container's packages, which are missing: {error}"
        ) from None
    command = [str(folder / "bin" / "python"), "-I", str(_PROGRAM), str(path)]
    with process_group(
        lambda: subprocess.Popen(
            command, stdout=target, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
    ) as child:
        assert child.stderr is not None
        reason = child.stderr.read().strip()
        code = child.wait()
    if code == 2:
        raise WrongInput(f"{name}: {reason}")
    if code:
        last = reason.splitlines()[-1] if reason else f"exit code {code}"
        raise Failure(f"{name}: cannot be read as Parquet: {last}; export it as CSV")
    target.seek(0)
