import os
import pickle
import socket
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.container.support.convert_command import MODELS, Command

PICKLE = b"\x80\x04"
GENUINE = (MODELS / "0.72.1-early-stopped.pickle").read_bytes()


class Calls:
    """Pickles as a call that is made when it is opened."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self._call = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._call


def doubled(times: int) -> bytes:
    """A tuple of two of the tuple before, and so on: looking at all of it takes forever."""
    return b")" + b"".join(b"q\0h\0\x86" for _ in range(times))


ENDLESS = PICKLE + b"}" + doubled(100) + b"Ns."


@pytest.mark.parametrize(
    ("function", "arguments", "named"),
    [
        (os.system, ("touch {folder}/owned",), "posix.system"),
        (eval, ("open('{folder}/owned', 'w')",), "builtins.eval"),
        (exec, ("open('{folder}/owned', 'w')",), "builtins.exec"),
        (open, ("{folder}/owned", "w"), "io.open"),
        (os.mkdir, ("{folder}/owned",), "posix.mkdir"),
        (__import__, ("antigravity",), "builtins.__import__"),
        (pickle.loads, (b"N.",), "_pickle.loads"),
        (getattr, ("", "format"), "builtins.getattr"),
    ],
)
def test_a_call_is_refused_by_its_name_and_not_made(
    tmp_path: Path, function: Callable[..., object], arguments: tuple[object, ...], named: str
) -> None:
    filled = [each.format(folder=tmp_path) if isinstance(each, str) else each for each in arguments]

    line = Command(tmp_path).refused(pickle.dumps(Calls(function, *filled), 4))

    assert line == f"not a pickle of an XGBoost Booster: UnpicklingError: it names {named}"


def test_nobody_is_called(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        call = Calls(socket.create_connection, listener.getsockname())
        line = Command(tmp_path).refused(pickle.dumps(call, 4))
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()

    assert "it names socket.create_connection" in line


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"Pfile\n.", "it refers to something outside"),
        (b"NQ.", "it refers to something outside"),
        (b"(ios\nsystem\n.", "it names os.system"),
        (b"(cos\nsystem\nN\x6f.", "it names os.system"),
        (b"cxgboost.core\nBooster.__init__\n.", "it names xgboost.core.Booster.__init__"),
        (b"cnumpy\nsave\n.", "it names numpy.save"),
        (b"cxgboost.core\nBooster\n}b.", "TypeError"),
        (b"cos\x1b[31m\nsys\rtem\n.", "it names os [31m.sys tem"),
        (b"c" + b"o" * 100_000 + b"\nsystem\n.", "it names ooo"),
        (b"\x82\x01.", "unregistered extension code"),
        (b"N.", "it holds no model"),
        (b"cxgboost.core\nBooster\n)\x81.", "it holds no model"),
        (b"cxgboost.core\nBooster\n)\x81}X\6\0\0\0handleK\1sb.", "it holds no model"),
        (b"cxgboost.core\nBooster\n)\x81}X\6\0\0\0handleC\5{L\0\0\0sb.", "not a model of XGBoost"),
        (b"cxgboost.core\nBooster\n)\x81}X\6\0\0\0handleC\2{}sb.", "not a model of XGBoost"),
        (b"c__builtin__\nbytearray\nM\xff\xff\x85R.", "a byte string made of something else"),
        # A billion bytes that are not there; more places to remember than there is memory.
        (b"\x8e" + struct.pack("<Q", 2**40), "Error"),
        (b"Nr" + struct.pack("<I", 2**31 - 1), "MemoryError"),
        (b"\x8b" + struct.pack("<i", 2**31 - 1), "Error"),
        (b")" + b"\x85" * 3_000_000 + b".", "it holds no model"),
        (b"]q\0h\0a.", "it holds no model"),
        (doubled(10_000) + b".", "it holds no model"),
        (b"(" * 1_000_000, "EOFError"),
        (b"", "EOFError"),
    ],
)
def test_a_pickle_of_anything_else_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    assert reason in Command(tmp_path).refused(PICKLE + content)


def test_a_key_nested_too_deeply_ends_the_process_at_most(tmp_path: Path) -> None:
    assert Command(tmp_path).refused(PICKLE + b"})" + b"\x85" * 3_000_000 + b"Ns.")


@pytest.mark.parametrize("part", [0.01, 0.3, 0.9, 0.999])
def test_a_genuine_pickle_that_was_cut_off_is_refused(tmp_path: Path, part: float) -> None:
    restrict_process = GENUINE[: max(int(len(GENUINE) * part), 2)]

    assert "not a pickle of an XGBoost Booster" in Command(tmp_path).refused(restrict_process)


def test_a_model_that_was_cut_off_before_it_was_pickled_is_refused(tmp_path: Path) -> None:
    start = GENUINE.index(b"reg:linear") - 8 - 136
    content = PICKLE + b"cxgboost.core\nBooster\n)\x81}X\6\0\0\0handleB"
    content += struct.pack("<I", 300) + GENUINE[start : start + 300] + b"sb."

    assert "it ends too early" in Command(tmp_path).refused(content)
