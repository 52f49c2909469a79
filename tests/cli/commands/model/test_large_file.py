"""A file that would not fit into memory is put in pieces, and an interruption leaves nothing."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.environments.environment import Environment
from tests.cli.terminal import PROJECT
from tests.cli.uploads import put_command, uploaded_keys

pytestmark = pytest.mark.acceptance

BLOCK = "".join(
    f"{number % 2},{number * 37 % 1_009 / 7:.6f},{('Tokyo', 'Osaka')[number % 3 == 0]},"
    f"{number * 61 % 887}.25,2026-01-{number % 28 + 1:02} 10:30,{number * 13 % 997}\n"
    for number in range(10_000)
)
"""Rows of half a megabyte, in no order."""

HEADER = "y,a,city,b,at,c\n"

# A process inherits the ru_maxrss of the one that started it; Linux has a peak that it does not.
MEASURED = """
import resource, sys
from pathlib import Path
from cli.program import main
code = main(sys.argv[1:])
if sys.platform == "linux":
    peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print("peak", peak // 1024)
sys.exit(code)
"""


def write_file(folder: Path, blocks: int) -> Path:
    """Write as many times ten thousand rows below a header."""
    path = folder / "large.csv"
    with path.open("w") as file:
        file.write(HEADER)
        for _ in range(blocks):
            file.write(BLOCK)
    return path


def start(path: Path, version: str, *, folder: Path, files: Path) -> subprocess.Popen[bytes]:
    """Start `data put` in a process of its own that keeps temporary files in `files`."""
    words = (*put_command(path, version), "--dates", "split")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    clean |= {"KIBAN_SANDBOX": str(folder), "PYTHONPATH": str(PROJECT), "TMPDIR": str(files)}
    return subprocess.Popen(
        [sys.executable, "-c", MEASURED, *words],
        cwd=PROJECT,
        env=clean,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_memory_holds_a_piece_of_the_file(dev: Environment, folder: Path, tmp_path: Path) -> None:
    # As lists of texts its rows would have 500 MB.
    path = write_file(tmp_path, 120)

    with start(path, "large", folder=folder, files=tmp_path) as child:
        out, err = child.communicate()

    assert child.returncode == 0, err
    assert int(out.rpartition(b"peak ")[2]) < 200
    bucket = dev.output("Storage", "DataBucketName")
    train = dev.aws("s3").head_object(Bucket=bucket, Key="churn/large/train/rows.csv")
    assert train["ContentLength"] > path.stat().st_size * 0.6


def test_an_interruption_while_standard_input_is_read_leaves_nothing(
    dev: Environment, folder: Path, tmp_path: Path
) -> None:
    with start(Path("-"), "cut-input", folder=folder, files=tmp_path) as child:
        assert child.stdin is not None
        # A pipe takes 64 KB: when all of this is written, the command has read most of it.
        child.stdin.write(BLOCK.encode() * 4)
        child.stdin.flush()
        child.send_signal(signal.SIGINT)
        # A signal that comes just before a read is looked at when the read returns.
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(b"0")
            child.stdin.flush()
        child.wait()
        assert child.stderr is not None
        assert child.stderr.read() == b"interrupted\n"

    assert child.returncode == 130
    assert uploaded_keys(dev, "cut-input") == []
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_of_an_upload_leaves_nothing(
    dev: Environment, folder: Path, tmp_path: Path
) -> None:
    path = write_file(tmp_path, 40)
    bucket = dev.output("Storage", "DataBucketName")

    with start(path, "cut-upload", folder=folder, files=tmp_path) as child:
        # When the first part has arrived, others are under way.
        while not dev.aws("s3").list_multipart_uploads(Bucket=bucket).get("Uploads"):
            assert child.poll() is None
            time.sleep(0.05)
        child.send_signal(signal.SIGINT)
        _, err = child.communicate()

    assert err == b"churn: interrupted; data version 'cut-upload' was not created\n"
    assert uploaded_keys(dev, "cut-upload") == []
    assert not dev.aws("s3").list_multipart_uploads(Bucket=bucket).get("Uploads")
    assert list(tmp_path.iterdir()) == [path]
