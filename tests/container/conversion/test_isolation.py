import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.container.support.convert_command import BARE
from tests.container.support.world import PACKAGE
from tests.forking import Program

SCRIPT = """
import sys
from container.contract.errors import AlgorithmError, InputError
from container.conversion.isolation import IsolationLimits, run_isolated

def work():
    import ctypes, os, signal, time
    native = ctypes.CDLL(None)
    folder, port = sys.argv[1:]
    {code}
    return b"done"

try:
    print(run_isolated(work, IsolationLimits(cpu_seconds=1, memory_bytes=2**29)).decode())
except (AlgorithmError, InputError) as error:
    print(type(error).__name__, error)
"""
WHAT_THE_KERNEL_LEAVES_OPEN = (
    "from container.conversion.kernel import restrict_process; print(restrict_process())"
)


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    root = str(PACKAGE.parent)
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(code)
        script.flush()
        words = [script.name, *map(str, arguments)]
        finished = BARE.run(Program(words, {**os.environ, "PYTHONPATH": root}, root))
    assert finished.returncode == 0, finished.stderr
    return finished


def isolated(code: str, folder: Path | None = None, port: int = 0) -> str:
    """What comes of work of these lines."""
    return run(SCRIPT.format(code=code), folder, port).stdout.rstrip("\n")


@pytest.fixture(scope="session")
def open_in_kernel() -> str:
    return run(WHAT_THE_KERNEL_LEAVES_OPEN).stdout.rstrip("\n")


def unchanged(folder: Path) -> bool:
    """Whether the one file that was there still is, and no other."""
    return {path.name: path.read_text() for path in folder.iterdir()} == {"kept": "content"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kept").write_text("content")
    return tmp_path


def test_work_hands_back_bytes_of_any_number() -> None:
    assert isolated("return b'x' * 1_000_000") == "x" * 1_000_000


def test_what_work_refuses_is_refused_outside() -> None:
    assert isolated("raise InputError('no model')") == "InputError no model"


@pytest.mark.parametrize(
    "code",
    [
        "open(folder + '/new', 'w')",
        "open(folder + '/kept', 'w')",
        "open(folder + '/kept', 'a').write('more')",
        "open(folder + '/kept', 'r+').write('more')",
        "os.open(folder + '/new', os.O_CREAT)",
        "os.truncate(folder + '/kept', 0)",
        "os.remove(folder + '/kept')",
        "os.rename(folder + '/kept', folder + '/new')",
        "os.mkdir(folder + '/new')",
        "os.symlink('kept', folder + '/new')",
        "os.mkfifo(folder + '/new')",
        "import tempfile; tempfile.mkstemp(dir=folder)",
        "os.system('touch ' + folder + '/new')",
        "import subprocess; subprocess.run(['touch', folder + '/new'])",
        "os.posix_spawn('/bin/touch', ['touch', folder + '/new'], os.environ)",
        "os.execv('/bin/touch', ['touch', folder + '/new'])",
        "os.fork()",
    ],
)
def test_it_writes_no_file_and_starts_no_program(
    folder: Path, code: str, open_in_kernel: str
) -> None:
    if "mkfifo" in code and open_in_kernel:
        pytest.skip(f"Python tells nobody of it, and this kernel leaves open {open_in_kernel}")

    assert isolated(code, folder).startswith("InputError damaged (PermissionError")
    assert unchanged(folder)


@pytest.mark.parametrize(
    "code",
    [
        "native.open(f'{folder}/new'.encode(), os.O_CREAT | os.O_WRONLY, 0o600)",
        "native.open(f'{folder}/kept'.encode(), os.O_TRUNC | os.O_WRONLY)",
        "native.truncate(f'{folder}/kept'.encode(), ctypes.c_long(0))",
        "native.unlink(f'{folder}/kept'.encode())",
        "native.mkdir(f'{folder}/new'.encode(), 0o700)",
        "native.rename(f'{folder}/kept'.encode(), f'{folder}/new'.encode())",
        "native.system(f'touch {folder}/new'.encode())",
    ],
)
def test_native_code_writes_no_file_either(folder: Path, code: str, open_in_kernel: str) -> None:
    if "files" in open_in_kernel:
        pytest.skip(f"this kernel leaves open {open_in_kernel}")

    assert isolated(code, folder) == "done"
    assert unchanged(folder)


@pytest.mark.parametrize("family", ["AF_INET", "AF_UNIX"])
def test_it_opens_no_socket(family: str) -> None:
    code = f"import socket; socket.socket(socket.{family})"

    assert isolated(code) == "InputError damaged (PermissionError: socket.__new__ in isolation)"


def test_where_the_kernel_keeps_something_open_it_is_said_and_python_still_refuses() -> None:
    old_kernel = (
        "from container.conversion import kernel; kernel.restrict_process = lambda: 'the network'"
    )
    code = "import socket; socket.socket()"

    finished = run(old_kernel + SCRIPT.format(code=code), "", 0)

    assert "socket.__new__ in isolation" in finished.stdout
    assert "this kernel does not cut a process off from the network" in finished.stderr


def test_native_code_reaches_nobody(open_in_kernel: str) -> None:
    if "network" in open_in_kernel:
        pytest.skip(f"this kernel leaves open {open_in_kernel}")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        address = f"bytes([2, 0, {port >> 8}, {port & 255}, 127, 0, 0, 1]) + bytes(8)"
        code = f"return str(native.connect(native.socket(2, 1, 0), {address}, 16)).encode()"
        assert isolated(code) == "-1"
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_it_sees_no_file_that_was_open_before(folder: Path) -> None:
    with (folder / "kept").open("r+") as kept:
        os.set_inheritable(kept.fileno(), True)
        code = f"os.write({kept.fileno()}, b'more')"
        finished = subprocess.run(
            [sys.executable, "-c", SCRIPT.format(code=code), folder, "0"],
            cwd=PACKAGE.parent,
            capture_output=True,
            text=True,
            close_fds=False,
            timeout=120,
        )

    assert finished.stdout.startswith("InputError damaged (OSError")
    assert unchanged(folder)


def test_it_keeps_nothing_open_but_its_own_end_of_the_pipe() -> None:
    # Beside the three standard ones, all /dev/null, and the one that reads this list.
    assert isolated("return str(len(os.listdir('/proc/self/fd'))).encode()") == "5"


def test_it_writes_to_nobodys_terminal() -> None:
    assert isolated("print('x', flush=True); os.write(2, b'y')") == "done"


def test_it_gets_no_more_memory_than_its_limit() -> None:
    assert isolated("return bytes(2**30)") == "InputError damaged (MemoryError: )"


def test_it_gets_no_more_time_than_its_limit() -> None:
    assert isolated("while True: pass") == (
        "AlgorithmError opening it takes more than 1 s; the file is damaged or hostile"
    )


@pytest.mark.parametrize(
    "code",
    ["os._exit(0)", "os.abort()", "native.raise_(9)", "ctypes.string_at(0)", "sys.exit()"],
)
def test_a_process_that_dies_is_told_of_in_one_line(code: str) -> None:
    line = isolated(code.replace("native.raise_(9)", "native['raise'](9)"))

    assert line.startswith("AlgorithmError the process that opened it died (code ")
    assert "\n" not in line


def test_what_it_says_is_one_printable_line_of_bounded_length() -> None:
    line = isolated("raise InputError('a\\nb\\x1b[31m' + 'x' * 100_000)")

    assert line.startswith("InputError a b [31mxxx")
    assert len(line) < 400
