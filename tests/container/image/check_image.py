"""The whole image without Docker: `make image`, not part of `make test`, for it takes minutes."""

import json
import os
import stat
import subprocess
from importlib import metadata
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

import conformance
from container.bench.image_size import FOR_PARQUET, not_for_serving, owned_by, sizes_mb
from container.image import packages, tree
from tests.container.image.test_lock import files_of, versions, wanted
from tests.container.support import image_files
from tests.container.support.image_files import Image
from tests.container.support.servers import serving
from tests.container.support.world import PACKAGE, Rows, World, simple_rows, write_csv

WHOLE_MB = 450
SERVING_MB = 250


@pytest.fixture(scope="session")
def image() -> Image:
    return image_files.make()


@pytest.fixture
def job(image: Image, tmp_path: Path) -> World:
    """A training that works, run in the image."""
    world = World(tmp_path)
    world.channel("train", simple_rows())
    world.job({"num_round": "5", "objective": "binary:logistic"})
    run(image, world, "train")
    return world


def run(image: Image, world: World, program: str) -> None:
    done = subprocess.run(
        [image.programs / "bin" / program],
        env=world.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_it_is_small_and_less_of_it_is_needed_by_serving(
    image: Image, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, serving_needs = sizes_mb(image.root)
    parquet = sum(map(tree.size_bytes, owned_by(image.site, FOR_PARQUET))) / 1e6

    with capsys.disabled():
        print(f"\nwhole {whole:.0f} MB; needed by serving {serving_needs:.0f} MB,")
        print(f"with requests in Parquet {serving_needs + parquet:.0f} MB")
    assert whole <= WHOLE_MB
    assert serving_needs <= SERVING_MB


def test_serving_needs_nothing_of_the_rest(image: Image, job: World) -> None:
    rest = {str(path) for path in owned_by(image.site, not_for_serving())}

    with serving(job, program=[image.programs / "bin/serve"]) as server:
        assert server.predict(b"1,2,3").status == 200
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
        loaded = "".join(
            Path(f"/proc/{pid}/maps").read_text()
            for pid in [server.process.pid, *children.read_text().split()]
        )

    assert "xgboost" in loaded
    assert [path for path in rest if f"{path}/" in loaded] == []


def test_nothing_in_it_can_be_run_but_python_and_the_three_programs(image: Image) -> None:
    found = {
        path.name
        for path in image.root.rglob("*")
        if path.is_file() and path.stat().st_mode & stat.S_IXUSR and ".so" not in path.name
    }

    assert found == {"python3.12", "python3", "train", "serve", "evaluate"}


def test_no_link_leads_out_of_it(image: Image) -> None:
    links = [path for path in image.root.rglob("*") if path.is_symlink()]

    assert links
    for link in links:
        assert tree.inside(image.root, os.readlink(link)).exists(), link


def test_every_library_in_it_loads(image: Image, tmp_path: Path) -> None:
    everything = (
        "import ctypes, os, pathlib\n"
        "paths = [path for path in pathlib.Path('/').glob('opt/venv/**/*.so*')]\n"
        "for path in paths: ctypes.CDLL(str(path), os.RTLD_NOW)\n"
        "print(len(paths), flush=True)\n"
        # Two hundred libraries in one process do not agree on who leaves first.
        "os._exit(0)"
    )
    words = image.inside(["python3", "-c", everything])
    environment = {**os.environ, "SAGEMAKER_BASE_DIR": str(tmp_path)}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100


def test_every_module_in_it_is_compiled(image: Image) -> None:
    modules = [path for path in image.root.rglob("*.py") if path.stat().st_size]
    bare = [
        path
        for path in modules
        if not list(path.parent.glob(f"__pycache__/{path.stem}.cpython-*.pyc"))
    ]

    assert len(modules) > 1000
    assert bare == []


def test_made_again_it_is_the_same_to_the_byte(image: Image, tmp_path: Path) -> None:
    image_files.step(image_files.image_python(), "system", tmp_path / "again")

    here = image_files.listed(image.root)
    assert {
        path: seen
        for path, seen in image_files.listed(tmp_path / "again").items()
        # Others have been filled since.
        if path not in {"opt", "opt/ml"} and seen != here.get(path)
    } == {}


def test_its_bill_is_valid_and_names_what_is_there(image: Image) -> None:
    text = (image.root / "opt/sbom.cdx.json").read_text(encoding="utf-8")
    named = {part["name"]: part for part in json.loads(text)["components"]}
    there = {packages.normal(one.name) for one in metadata.distributions(path=[str(image.site)])}

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert there == set(wanted(files_of(PACKAGE))) == set(versions(packages.LOCK))
    assert there | {"python"} <= set(named)
    assert all(named[name]["hashes"] for name in there)
    assert str(image.root) not in text


def test_an_evaluation_in_it_draws(image: Image, job: World) -> None:
    rows: Rows = simple_rows(80, seed=2)
    write_csv(job.base / "processing/test/part.csv", rows)
    job.pack(job.base / "model", "model")

    run(image, job, "evaluate")

    assert job.result("evaluation")["metrics"]
    assert list((job.base / "processing/evaluation/pictures").glob("*.png"))


def test_it_keeps_the_whole_contract(image: Image) -> None:
    report = conformance.run(image.programs, search_path="/usr/bin:/bin")

    assert {result.check.name: result.seen for result in report.of("failed")} == {}
    assert {result.check.name for result in report.of("skipped")} <= {
        "serves-without-network",
        "trains-without-network",
    }
