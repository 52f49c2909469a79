import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
import xgboost as xgb

from container.algorithm import create
from container.contract.errors import InputError
from container.conversion.convert import as_ubjson
from container.conversion.old_binary import document_of
from container.serving.invocation import invoke
from container.serving.messages import Request
from container.serving.model_loading import open_model
from container.serving.settings import Settings
from tests.container.support.convert_command import MODELS
from tests.container.support.world import simple_rows

EXPECTED = json.loads((MODELS / "expected.json").read_text())
ROWS = np.array(EXPECTED["rows"], dtype=np.float32)
TO_REPRESENTATION = 1e-6
BINARY = [path.name for path in MODELS.glob("*.model") if path.read_bytes()[:4] == b"binf"]


def field(value: float | None) -> bytes:
    return b"" if value is None else repr(value).encode()


def predictions(model: bytes) -> list[float] | list[list[float]]:
    algorithm = create({"num_round": "1"})
    algorithm.load(model)
    scores: list[float] = algorithm.predict(ROWS).tolist()
    return scores


@pytest.mark.parametrize("name", EXPECTED["predictions"])
def test_a_converted_model_predicts_what_its_own_release_predicted(name: str) -> None:
    model = as_ubjson((MODELS / name).read_bytes())

    expected = EXPECTED["predictions"][name]
    assert np.array(predictions(model)) == pytest.approx(np.array(expected), abs=TO_REPRESENTATION)


@pytest.mark.parametrize("name", BINARY)
def test_a_binary_model_needs_no_conversion(name: str) -> None:
    content = (MODELS / name).read_bytes()

    expected = EXPECTED["predictions"][name]
    assert np.array(predictions(content)) == pytest.approx(np.array(expected), abs=1e-6)
    loaded, converted = create({"num_round": "1"}), create({"num_round": "1"})
    loaded.load(content)
    converted.load(as_ubjson(content))
    assert loaded.signature() == converted.signature()
    assert loaded.dump() == converted.dump()


@pytest.mark.parametrize("name", BINARY)
def test_a_binary_model_without_signature_is_served(tmp_path: Path, name: str) -> None:
    shutil.copy(MODELS / name, tmp_path / "xgboost-model")
    rows = b"\n".join(b",".join(map(field, row)) for row in EXPECTED["rows"])
    request = Request(b"POST", b"/invocations", body=rows)

    body = invoke(open_model(tmp_path, "model"), request, Settings()).body

    found = [[float(number) for number in line.split(b",")] for line in body.splitlines()]
    expected = np.array(EXPECTED["predictions"][name]).reshape(len(found), -1)
    assert np.array(found) == pytest.approx(expected, abs=TO_REPRESENTATION)


def test_every_model_here_has_predictions_to_hold_it_to() -> None:
    files = {path.name for path in MODELS.iterdir() if path.suffix in (".pickle", ".model")}

    assert files == set(EXPECTED["predictions"])


@pytest.mark.parametrize(
    ("name", "rounds"),
    [
        ("0.72.1-early-stopped.pickle", 1),
        ("1.5.2-early-stopped-forest.pickle", 1),
        ("1.7.6-early-stopped.pickle", 1),
        ("0.82-python2.pickle", 2),
        ("1.2.1-multiclass.model", 1),
        ("1.5.2-early-stopped-softprob.model", 3),
    ],
)
def test_of_a_training_that_stopped_early_only_the_rounds_that_count_are_kept(
    name: str, rounds: int
) -> None:
    booster = xgb.Booster(model_file=bytearray(as_ubjson((MODELS / name).read_bytes())))

    assert booster.num_boosted_rounds() == rounds


def test_names_of_features_stay() -> None:
    model = as_ubjson((MODELS / "1.0.2-gblinear.pickle").read_bytes())

    assert xgb.Booster(model_file=bytearray(model)).feature_names == ["älter", "b", "c"]


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_pickle_of_todays_xgboost_becomes_the_model_it_holds(protocol: int) -> None:
    rows = simple_rows()
    booster = xgb.train({"max_depth": 2}, xgb.DMatrix(rows[:, 1:], rows[:, 0]), 2)
    # As some releases kept it: a number of numpy.
    booster.found = np.float64(0.25)

    assert as_ubjson(pickle.dumps(booster, protocol)) == bytes(booster.save_raw("ubj"))


@pytest.mark.parametrize("name", [path.name for path in MODELS.glob("*.model")])
def test_an_old_binary_model_is_refused_wherever_it_was_cut_off(name: str) -> None:
    content = (MODELS / name).read_bytes()

    for end in range(len(content)):
        with pytest.raises(InputError):
            document_of(content[:end], {})
