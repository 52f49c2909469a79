import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import xgboost as xgb

from container.contract import model_files
from container.contract.errors import InputError
from tests.container.conversion.test_unpickling import ENDLESS
from tests.container.support.convert_command import MODELS, Command, complaint, convert
from tests.container.support.world import PACKAGE

LEGACY = (MODELS / "1.7.6-early-stopped.pickle").read_bytes()
# JSON that today's XGBoost reads as another model.
MISREAD = [(MODELS / f"1.2.1-{name}-json.model").read_bytes() for name in ("gblinear", "logitraw")]
_TIMEOUT_SECONDS = 120.0


def child_of(process: subprocess.Popen[str]) -> int:
    """The process that opens the file, as soon as it is in isolation."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        for child in children.read_text().split():
            if os.readlink(f"/proc/{child}/fd/2") == os.devnull:
                return int(child)
        time.sleep(0.01)
    raise AssertionError("no process opens the file")


def is_gone(process: int) -> bool:
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize(
    ("content", "rounds"),
    [(LEGACY, 1), (MISREAD[0], 1), (MISREAD[1], 2)],
    ids=["pickle", "lines", "raw"],
)
def test_what_serving_refuses_is_converted_by_the_command_it_names(
    tmp_path: Path, content: bytes, rounds: int
) -> None:
    model = tmp_path / "xgboost-model"
    model.write_bytes(content)
    with pytest.raises(InputError) as refused:
        model_files.unsigned_models(tmp_path, "model")
    command = str(refused.value).rsplit("convert it: python ", 1)[1]
    named = command.replace("FILE", str(model)).replace("OUT", str(tmp_path / "new"))

    finished = subprocess.run(
        [sys.executable, *named.split()], cwd=PACKAGE.parent, stderr=subprocess.PIPE, text=True
    )

    assert finished.returncode == 0, finished.stderr
    assert complaint(finished.stderr).count("\n") == 1
    assert '"event": "converted"' in finished.stderr
    (tmp_path / "new").replace(model)
    assert model_files.unsigned_models(tmp_path, "model") == [model]
    assert xgb.Booster(model_file=bytearray(model.read_bytes())).num_boosted_rounds() == rounds


@pytest.mark.parametrize("name", ["1.5.2-early-stopped-forest.pickle", "1.7.6-dart.model"])
def test_twice_the_same_model_is_the_same_bytes(tmp_path: Path, name: str) -> None:
    for target in ("one", "two"):
        assert convert(MODELS / name, tmp_path / target).returncode == 0

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("kind", ["ubj", "json"])
def test_a_model_that_needs_no_conversion_is_left_alone(tmp_path: Path, kind: str) -> None:
    booster = xgb.train({}, xgb.DMatrix(np.eye(3), [0, 1, 2]), 1)

    line = Command(tmp_path).refused(bytes(booster.save_raw(kind)))

    assert line == "a model in UBJSON or JSON already; use it as it is"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a model in XGBoost's old binary format"),
        (b"binf", "not a model in XGBoost's old binary format"),
        (b"a text that is no model at all. " * 20, "not a model in XGBoost's old binary format"),
        (b"{L", "damaged (it ends too early); provide the file once more"),
    ],
)
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    assert Command(tmp_path).refused(content).startswith(reason)


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("missing", "new", "{folder}/missing: cannot be read (No such file or directory)"),
        (".", "new", "{folder}: no file of at most 4294967296 bytes; name a model"),
        ("pipe", "new", "{folder}/pipe: no file of at most 4294967296 bytes; name a model"),
        ("large", "new", "{folder}/large: no file of at most 4294967296 bytes; name a model"),
        ("legacy", "no/new", "{folder}/no/new: cannot be written (No such file or directory)"),
        ("legacy", ".", "{folder}: cannot be written (Is a directory)"),
        ("legacy", "link", "{folder}/link: the file to convert; name another file"),
    ],
)
def test_a_file_that_cannot_be_read_or_written_is_named(
    tmp_path: Path, source: str, target: str, reason: str
) -> None:
    (tmp_path / "legacy").write_bytes(LEGACY)
    (tmp_path / "link").symlink_to("legacy")
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "large").open("wb") as large:
        large.truncate(2**32 + 1)

    finished = convert(tmp_path / source, tmp_path / target)

    assert finished.returncode == 1
    line = complaint(finished.stderr)
    assert line.startswith("convert: " + reason.format(folder=tmp_path))
    assert line.count("\n") == 1
    assert {path.name for path in tmp_path.iterdir()} == {"legacy", "link", "pipe", "large"}


@pytest.mark.parametrize("arguments", [[], ["one"], ["one", "two", "three"]])
def test_other_than_two_files_are_a_usage_error(arguments: list[str]) -> None:
    finished = convert(*arguments)

    assert finished.returncode == 64
    assert "train, serve, evaluate, convert FILE OUT; got convert" in finished.stderr
    assert finished.stderr.count("\n") == 1


def test_a_process_that_was_killed_is_told_of_in_one_line(tmp_path: Path) -> None:
    process = Command(tmp_path).start(ENDLESS)
    os.kill(child_of(process), signal.SIGKILL)

    line = complaint(process.communicate(timeout=_TIMEOUT_SECONDS)[1])

    assert process.returncode == 2
    assert line == (
        f"convert: {tmp_path}/legacy: the process that opened it died (code -9); "
        "the file is damaged or hostile\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["legacy"]


def test_an_interruption_leaves_nothing(tmp_path: Path) -> None:
    process = Command(tmp_path).start(ENDLESS)
    child = child_of(process)
    process.send_signal(signal.SIGINT)

    line = complaint(process.communicate(timeout=_TIMEOUT_SECONDS)[1])

    assert process.returncode == 130
    assert line == "convert: interrupted; nothing was written\n"
    assert is_gone(child)
    assert [path.name for path in tmp_path.iterdir()] == ["legacy"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_nobody_goes_on_after_the_program_was_killed(tmp_path: Path) -> None:
    process = Command(tmp_path).start(ENDLESS)
    child = child_of(process)
    process.kill()
    process.communicate(timeout=_TIMEOUT_SECONDS)

    assert is_gone(child)
    assert [path.name for path in tmp_path.iterdir()] == ["legacy"]
