"""What a file may hold: only what is on the list, and only as data."""

import itertools
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.s3.models import FakeAcl, FakeGrant
from moto.s3.utils import _VersionedKeyStore

from sandbox.cloudformation.stack import Output
from sandbox.saving.decoder import Decoder
from sandbox.saving.encoder import Encoder
from sandbox.saving.refused import FileRefused, SaveRefused
from sandbox.state import context
from sandbox.state.stores import Place


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    before = context._Slot.context
    context.set_current(context.Context("http://127.0.0.1:1", "us-east-1", "1", tmp_path))
    yield tmp_path
    context.set_current(before)


def decoded(objects: list[Any], value: Any) -> Any:
    decoder = Decoder(objects, lambda text: text, lambda number: number)
    decoder.make({})
    return decoder.value(value)


def round_trip(value: Any) -> Any:
    encoder = Encoder()
    written = encoder.add(value, "here")
    return decoded(encoder.objects, written)


def test_values_of_every_kind_come_back(folder: Path) -> None:
    value = {
        "plain": [None, True, 1, 1.5, "text", b"\x00\xff"],
        ("a", 1): {1, 2},
        "times": [datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 2), date(2026, 1, 2)],
        "delta": timedelta(days=-1, microseconds=3),
        "place": Place("1", "us-east-1"),
        "frozen": frozenset({"a"}),
        "folder": folder.resolve() / "training-jobs" / "x",
        "queue": deque([1, 2], maxlen=2),
    }

    found = round_trip(value)

    assert found == value
    assert type(found["place"]) is Place
    assert found["queue"].maxlen == 2


def test_an_ordered_dict_keeps_its_order_and_a_default_its_factory() -> None:
    ordered = OrderedDict(b=1, a=2)
    lists: defaultdict[str, list[int]] = defaultdict(list)
    ordered.move_to_end("b")

    found, made = round_trip([ordered, lists])

    assert [*found] == ["a", "b"]
    assert made["new"] == []


def test_what_is_shared_stays_shared_and_what_is_circular_circular() -> None:
    grant = FakeGrant([], [])
    first, second = FakeAcl([grant]), FakeAcl([grant])
    grant.grantees.append(first)

    one, two = round_trip([first, second])

    assert one.grants[0] is two.grants[0]
    assert one.grants[0].grantees == [one]


def test_versions_of_an_object_are_not_taken_for_new_ones() -> None:
    store = _VersionedKeyStore()
    store["a"] = "one"
    store["a"] = "two"

    assert round_trip(store).getlist("a") == ["one", "two"]


def test_a_frozen_instance_comes_back_as_itself() -> None:
    output = Output("k", "v", None, "e")

    assert round_trip(output) == output


REFUSED: tuple[tuple[list[Any], Any, str], ...] = (
    ([["object", "subprocess.Popen", {}]], 1, "KeyError: 'subprocess.Popen'"),
    ([["object", "moto.s3.models.s3_backends", {}]], 1, "KeyError"),
    ([["object", "moto.s3.models.FakeAcl", {"evil": 1}]], 1, "FakeAcl has no evil"),
    ([["object", "moto.s3.models.FakeAcl", {"__class__": 1}]], 1, "FakeAcl has no __class__"),
    ([["object", "moto.s3.models.FakeAcl", {"grants": ["ref", 7]}]], 1, "no object 7"),
    ([["object", "moto.s3.models.FakeAcl", {"grants": ["ref", -1]}]], 1, "no object -1"),
    ([["object", "moto.s3.models.FakeAcl", {}, []]], 1, "is written otherwise"),
    ([["object", "sandbox.state.stores.Place", {}]], 1, "is written otherwise"),
    ([["object", "moto.ecr.models.RepoTagMutability", {}]], 1, "is not as it should be"),
    ([["object", "moto.s3.models.FakeAcl", []]], 1, "is not as it should be"),
    ([["bytearray", []]], 1, "KeyError: 'bytearray'"),
    ([["dict", [[["ref", 0], 1]]]], 1, "unhashable"),
    ([["dict", [[1, 2, 3]]]], 1, "too many values"),
    ([["set", [["ref", 0]]]], 1, "unhashable"),
    ([["list", [{"a": 1}]]], 1, "neither a value nor a word"),
    ([["list", [["call", "os.system"]]]], 1, "no value begins with 'call'"),
    ([["list", [[]]]], 1, "IndexError"),
    ([["deque", -1, []]], 1, "is not as it should be"),
    ([["list", [["buffer", 0], ["buffer", 0]]]], 1, "content 0 belongs to two"),
    ([["list", [["buffer", "0"]]]], 1, "no object '0'"),
    ([], ["row", "builtins.tuple", [1]], "KeyError"),
    ([], ["row", "sandbox.state.stores.Place", [1]], "Expected 2 arguments"),
    ([], ["row", "moto.s3.models.FakeAcl", [1]], "no attribute '_make'"),
    ([], ["member", "signal.Signals", "SIGKILL"], "KeyError: 'signal.Signals'"),
    ([], ["member", "moto.ecr.models.RepoTagMutability", "NONE"], "KeyError"),
    ([], ["path", "../../etc"], "a path that leaves the folder"),
    ([], ["path", "/etc"], "a path that leaves the folder"),
    ([], ["lock", "Thread"], "KeyError: 'Thread'"),
    ([], ["private key", "AAAA"], "is not as it should be"),
    ([], ["datetime", 5], "not a text"),
    ([], ["datetime", "never"], "Invalid isoformat"),
    ([], ["bytes", "?"], "is not as it should be"),
    ([], ["ref", True], "no object True"),
)


@pytest.mark.parametrize(("objects", "value", "message"), REFUSED)
def test_what_is_not_on_the_list_is_refused(objects: list[Any], value: Any, message: str) -> None:
    with pytest.raises(FileRefused, match=message):
        decoded(objects, value)


def test_a_backend_that_is_none_of_the_objects_is_refused() -> None:
    with pytest.raises(FileRefused, match="a backend is none of its objects"):
        Decoder([], str, str).make({7: object()})


def test_a_backend_of_another_class_is_refused() -> None:
    with pytest.raises(FileRefused, match=r"no moto\.s3\.models\.FakeAcl"):
        Decoder([["dict", []]], str, str).make({0: FakeAcl([])})


def test_what_is_too_deep_is_refused() -> None:
    value: Any = 1
    for _ in range(500):
        value = ["tuple", [value]]

    with pytest.raises(FileRefused, match="is not as it should be"):
        decoded([], value)


class Odd:
    """Not on the list."""


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": Odd()}, r"here\.a: a tests\..*\.Odd cannot be saved"),
        ({"a": print}, r"here\.a: a builtins\.builtin_function_or_method cannot be saved"),
        ([Path("/etc/passwd")], "is not in the subpath"),
        (defaultdict(Odd), "what it makes of a missing key cannot be saved"),
        (itertools.count(), r"a itertools\.count cannot be saved"),
        (type("Place", (tuple,), {})(), "cannot be saved"),
    ],
)
def test_what_cannot_come_back_is_not_written(value: Any, message: str) -> None:
    with pytest.raises(SaveRefused, match=message):
        Encoder().add(value, "here")
