import json

import numpy as np
import pytest
import xgboost as xgb

from container.contract.ubjson import members
from tests.container.support.datasets import dataset, fit
from tests.container.support.world import simple_rows

JOBS = [
    {"objective": "binary:logistic"},
    {"objective": "multi:softprob", "num_class": "2", "num_parallel_tree": "2"},
    {"objective": "reg:squarederror", "booster": "gblinear"},
]


@pytest.mark.filterwarnings("ignore:.*`booster=gblinear` is deprecated")
@pytest.mark.parametrize("job", JOBS, ids=lambda job: job["objective"])
def test_the_members_of_a_model_are_found_where_they_are(job: dict[str, str]) -> None:
    content = fit(job, train=dataset(simple_rows()))[0].dump()

    found = members(content)

    assert list(found) == ["learner", "version"]
    assert found["version"].stop + 1 == len(content)
    inside = members(content[found["learner"]])
    assert {"gradient_booster", "objective", "attributes"} < set(inside)


def test_a_model_cut_off_anywhere_is_not_whole() -> None:
    content = fit({"num_round": "1", "max_depth": "1"}, train=dataset(simple_rows()))[0].dump()

    for length in range(len(content)):
        with pytest.raises(ValueError, match="it "):
            members(content[:length])


def test_what_follows_a_whole_document_does_not_matter() -> None:
    content = fit({"num_round": "1"}, train=dataset(simple_rows()))[0].dump()

    assert members(content + b"\nmore") == members(content)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"{}", []),
        (b"{i\x01aZi\x01bTU\x01cF}", ["a", "b", "c"]),
        (b"{i\x01a[i\x01Si\x02xyd\0\0\0\0]}", ["a"]),
        (b"{i\x01a[#i\x02I\0\1D\0\0\0\0\0\0\0\0}", ["a"]),
        (b"{i\x01a[$l#i\x02\0\0\0\0\0\0\0\0}", ["a"]),
        (b"{i\x01a{i\x01b{}}}", ["a"]),
    ],
)
def test_every_kind_of_value_is_walked_over(content: bytes, found: list[str]) -> None:
    assert list(members(content)) == found


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b"{x",
        b"{i\x01a?}",
        b"{i\xffa}",
        b"{i\x01a[#i\xff]}",
        b"{i\x01a[$S#i\x01]}",
        b"{i\x01a[$d#L\x7f\xff\xff\xff\xff\xff\xff\xff}",
        b"{L\x7f\xff\xff\xff\xff\xff\xff\xffa}",
        b"{i\x01a" + b"[" * 100_000,
        b"{i\x01a" * 100_000,
    ],
)
def test_anything_else_is_refused_without_a_crash(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"it |byte "):
        members(content)


def test_random_bytes_never_raise_anything_else() -> None:
    content = bytearray(fit({"num_round": "1"}, train=dataset(simple_rows()))[0].dump())
    generator = np.random.default_rng(1)
    for _ in range(300):
        changed = content.copy()
        for place in generator.integers(0, len(content), 3):
            changed[place] = generator.integers(0, 256)
        try:
            members(bytes(changed))
        except ValueError as error:
            assert str(error)


def test_a_snapshot_of_xgboost_holds_the_model() -> None:
    booster = xgb.Booster(model_file=bytearray(fit({}, train=dataset(simple_rows()))[0].dump()))
    snapshot = bytes(booster.__getstate__()["handle"])

    found = members(snapshot)

    assert set(found) == {"Config", "Model"}
    again = xgb.Booster(model_file=bytearray(snapshot[found["Model"]]))
    assert again.save_raw("ubj") == booster.save_raw("ubj")
    assert json.loads(again.save_config())
