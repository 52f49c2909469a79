import io
import json
import pickle
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xgboost as xgb

from container.contract import model_files
from container.contract.errors import InputError
from tests.container.support.convert_command import MODELS
from tests.container.support.datasets import dataset, fit
from tests.container.support.world import simple_rows

SIGNATURE = {
    "task": "binary",
    "objective": "binary:logistic",
    "features": [{"name": "f0"}],
    "hyperparameters": {"num_round": "1"},
    "metrics": ["auc"],
    "evaluation_metrics": ["auc"],
}


@pytest.fixture(scope="module")
def model() -> bytes:
    return fit({"num_round": "1"}, train=dataset(simple_rows()))[0].dump()


def test_one_model_has_the_built_ins_name(tmp_path: Path) -> None:
    model_files.save(tmp_path, [b"model"], SIGNATURE)

    signature = model_files.verify(tmp_path, "model")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["signature.json", "xgboost-model"]
    assert model_files.names(signature) == ["xgboost-model"]
    assert {**signature, "sha256": 0} == {**SIGNATURE, "sha256": 0}


def test_several_models_are_numbered_and_listed_by_number(tmp_path: Path) -> None:
    contents = [f"model {i}".encode() for i in range(12)]
    model_files.save(tmp_path, contents, SIGNATURE, numbered=True)

    names = model_files.names(model_files.verify(tmp_path, "model"))

    assert names == [f"xgboost-model-{i}" for i in range(12)]
    assert [(tmp_path / name).read_bytes() for name in names] == contents


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README").touch()
    (tmp_path / "code").mkdir()
    model_files.save(tmp_path, [b"a", b"b"], SIGNATURE, numbered=True)
    (tmp_path / "xgboost-model.sagemaker-ignore").touch()
    model_files.verify(tmp_path, "model")

    model_files.remove(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["README", "code"]


@pytest.mark.parametrize("name", ["xgboost-model-0", "xgboost-model-1"])
def test_any_model_that_is_damaged_or_missing_is_named(tmp_path: Path, name: str) -> None:
    model_files.save(tmp_path, [b"a", b"b"], SIGNATURE, numbered=True)
    (tmp_path / name).write_bytes(b"c")
    with pytest.raises(InputError, match=f"model/{name}: damaged; its SHA-256 is"):
        model_files.verify(tmp_path, "model")

    (tmp_path / name).unlink()
    with pytest.raises(InputError, match=f"model/{name}: the file is missing"):
        model_files.verify(tmp_path, "model")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"sha256": "0" * 64}, "sha256 is missing or ill-typed"),
        ({"sha256": {}}, "sha256 must name models such as xgboost-model"),
        ({"sha256": {"../xgboost-model": "0"}}, "sha256 must name models"),
        ({"features": 3}, "features is missing or ill-typed"),
    ],
)
def test_a_signature_that_lacks_something_is_refused(
    tmp_path: Path, change: dict[str, object], complaint: str
) -> None:
    model_files.save(tmp_path, [b"a"], SIGNATURE)
    document = json.loads((tmp_path / "signature.json").read_bytes())
    (tmp_path / "signature.json").write_text(json.dumps({**document, **change}))

    with pytest.raises(InputError, match=complaint):
        model_files.verify(tmp_path, "model")


def test_models_of_the_built_in_are_found_without_a_signature(tmp_path: Path, model: bytes) -> None:
    booster = xgb.Booster(model_file=bytearray(model))
    for name in ("xgboost-model-10", "xgboost-model-2", "xgboost-model"):
        (tmp_path / name).write_bytes(model)
    (tmp_path / "xgboost-model-3").write_bytes(bytes(booster.save_raw("json")))
    (tmp_path / "xgboost-model-0.sagemaker-ignore").write_bytes(b"half")
    (tmp_path / "README").write_bytes(b"no model")

    found = model_files.unsigned_models(tmp_path, "model")

    assert [path.name for path in found] == [
        "xgboost-model",
        "xgboost-model-2",
        "xgboost-model-3",
        "xgboost-model-10",
    ]


CONVERT = "convert it: python -m container convert FILE OUT"


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_pickle_is_refused_with_the_command_that_converts_it(
    tmp_path: Path, model: bytes, protocol: int
) -> None:
    booster = xgb.Booster(model_file=bytearray(model))
    (tmp_path / "xgboost-model").write_bytes(pickle.dumps(booster, protocol))

    with pytest.raises(InputError) as caught:
        model_files.unsigned_models(tmp_path, "model")

    assert str(caught.value) == (
        f"model/xgboost-model: a pickle, which may run code when it is opened; {CONVERT}"
    )


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"\0\0\0?\4\0\0\0", f"if XGBoost 1.0 or older wrote it, {CONVERT}"),
        (b"", "not a model in UBJSON, JSON or XGBoost's binary format"),
        (b"{", "damaged"),
        (b'{"learner": ', "damaged"),
        (b'{"a":' * 100_000, "damaged"),
    ],
)
def test_what_xgboost_cannot_read_is_refused_in_one_line(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    (tmp_path / "xgboost-model").write_bytes(content)

    with pytest.raises(InputError) as caught:
        model_files.unsigned_models(tmp_path, "model")

    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_truncated_model_is_refused_before_xgboost_sees_it(tmp_path: Path, model: bytes) -> None:
    (tmp_path / "xgboost-model").write_bytes(model[: len(model) // 2])

    with pytest.raises(InputError, match="model/xgboost-model: damaged"):
        model_files.unsigned_models(tmp_path, "model")


def test_a_folder_without_any_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="model/xgboost-model: the file is missing"):
        model_files.unsigned_models(tmp_path, "model")


def packed(archive: Path, *members: tuple[str, bytes]) -> Path:
    with tarfile.open(archive, "w:gz") as stream:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            stream.addfile(member, io.BytesIO(content))
    return archive


def test_one_model_or_several_are_unpacked(tmp_path: Path) -> None:
    files = [("./signature.json", b"{}"), ("xgboost-model-0", b"a"), ("./xgboost-model-11", b"b")]
    folder = tmp_path / "model"
    folder.mkdir()

    model_files.unpack(packed(tmp_path / "model.tar.gz", *files), folder, "model.tar.gz")

    assert sorted(path.name for path in folder.iterdir()) == [
        "signature.json",
        "xgboost-model-0",
        "xgboost-model-11",
    ]


def a_link(stream: tarfile.TarFile) -> None:
    member = tarfile.TarInfo("xgboost-model")
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    stream.addfile(member)


def giants(stream: tarfile.TarFile) -> None:
    """Three members that claim to be large together, and bring nothing."""
    for number in range(3):
        member = tarfile.TarInfo(f"xgboost-model-{number}")
        member.size = 2 * 1024**3
        assert stream.fileobj is not None
        stream.fileobj.write(member.tobuf())


ATTACKS: list[tuple[Callable[[tarfile.TarFile], None], str]] = [
    (a_link, "holds 'xgboost-model'"),
    (lambda stream: stream.addfile(tarfile.TarInfo("../xgboost-model")), "holds '../xgboost"),
    (lambda stream: stream.addfile(tarfile.TarInfo("xgboost-model-x")), "holds 'xgboost-model-x'"),
    (lambda stream: stream.addfile(tarfile.TarInfo("model.pkl")), "holds 'model.pkl'"),
    (giants, "not a readable tar.gz|too large"),
]


@pytest.mark.parametrize(("attack", "complaint"), ATTACKS)
def test_an_archive_with_anything_else_is_refused(
    tmp_path: Path, attack: Callable[[tarfile.TarFile], None], complaint: str
) -> None:
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as stream:
        attack(stream)

    with pytest.raises(InputError, match=complaint):
        model_files.unpack(tmp_path / "model.tar.gz", tmp_path, "model.tar.gz")
    assert not (tmp_path.parent / "xgboost-model").exists()


@pytest.mark.parametrize("name", ["gblinear", "logitraw"])
def test_json_that_todays_xgboost_misreads_is_refused_with_the_command(
    tmp_path: Path, name: str
) -> None:
    written_by_1_2 = MODELS / f"1.2.1-{name}-json.model"
    (tmp_path / "xgboost-model").write_bytes(written_by_1_2.read_bytes())

    with pytest.raises(InputError, match=r"later ones misread; convert it: python -m container"):
        model_files.unsigned_models(tmp_path, "model")


@pytest.mark.parametrize("parameters", [{"booster": "gblinear"}, {"objective": "binary:logitraw"}])
def test_the_same_kinds_of_model_by_todays_xgboost_are_read(
    tmp_path: Path, parameters: dict[str, str]
) -> None:
    booster = xgb.train(parameters, xgb.DMatrix([[0.0], [1.0]], [0, 1]), 1)
    (tmp_path / "xgboost-model").write_bytes(bytes(booster.save_raw("json")))

    assert model_files.unsigned_models(tmp_path, "model")
